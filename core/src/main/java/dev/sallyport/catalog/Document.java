package dev.sallyport.catalog;

import dev.sallyport.formats.document.Node;
import dev.sallyport.formats.document.Place;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One object as somebody wrote it, in its stored form.
 *
 * @param labels of a target; empty for all other kinds
 * @param source where its parts stand
 * @param text the file they stand in
 */
record Document(
        Kind kind, String name, Map<String, Object> labels, Map<String, Object> spec, Node source, String text) {
    /** What a person sees: the parts that can be changed, by the names that documents use. */
    Map<String, Object> shown() {
        return shown(labels, spec);
    }

    static Map<String, Object> shown(Map<String, Object> labels, Map<String, Object> spec) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("metadata", Map.of("labels", labels));
        shown.put("spec", spec);
        return shown;
    }

    String title() {
        return kind.word() + " " + name;
    }

    Place place(String path) {
        return source.place(path);
    }
}
