package dev.sallyport.policy.code;

import dev.sallyport.formats.document.Node;
import dev.sallyport.formats.document.Place;
import java.util.List;
import java.util.Map;

/**
 * A document whose shape is known to be right.
 *
 * @param source where its parts stand
 * @param text the whole file it stands in; empty for what stands in none
 */
public record PolicyDocument(PolicyKind kind, String name, Map<String, Object> spec, Node source, String text) {
    /** One that is stored and stands in no file: errors name the document instead. */
    public static PolicyDocument stored(PolicyKind kind, String name, Map<String, Object> spec) {
        return new PolicyDocument(
                kind, name, spec, new Node.Fields(new Place(kind.word() + " " + name, 1, 1), List.of()), "");
    }
}
