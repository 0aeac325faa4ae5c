package dev.sallyport.policy.code;

import dev.sallyport.formats.document.Node;
import dev.sallyport.formats.document.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One document as somebody wrote it, in its stored form.
 *
 * @param text the whole file it stands in
 */
record Written(PolicyKind kind, String name, Map<String, Object> spec, Node source, String text) {
    static Written of(PolicyDocument document) {
        return new Written(document.kind(), document.name(), document.spec(), document.source(), document.text());
    }

    Place place(String path) {
        return source.place(path);
    }

    /** The place of a character of the text at this path, whatever the style in which the text is written. */
    Place place(String path, String value, int at) {
        return Excerpt.place(text, source.place(path), value, at);
    }

    Part part() {
        return new Part(spec, "spec");
    }

    /** A map of the stored form, and the path to it. */
    record Part(Map<String, Object> tree, String path) {
        boolean has(String key) {
            return tree.containsKey(key);
        }

        String below(String key) {
            return path + "." + key;
        }

        Optional<String> text(String key) {
            return Optional.ofNullable(tree.get(key)).map(String::valueOf);
        }

        boolean flag(String key, boolean unsaid) {
            return tree.get(key) instanceof Boolean flag ? flag : unsaid;
        }

        int number(String key, int unsaid) {
            return tree.get(key) instanceof Integer number ? number : unsaid;
        }

        List<String> texts(String key) {
            return tree.get(key) instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        }

        Map<String, String> pairs(String key) {
            var pairs = new java.util.TreeMap<String, String>();
            if (tree.get(key) instanceof Map<?, ?> map) {
                map.forEach((name, value) -> pairs.put(String.valueOf(name), String.valueOf(value)));
            }
            return pairs;
        }

        Part at(String key) {
            return new Part(map(tree.get(key)), below(key));
        }

        List<Part> parts(String key) {
            return tree.get(key) instanceof List<?> list
                    ? java.util.stream.IntStream.range(0, list.size())
                            .mapToObj(i -> new Part(map(list.get(i)), below(key) + "." + i))
                            .toList()
                    : List.of();
        }

        @SuppressWarnings("unchecked") // the shape check makes maps with string keys
        private static Map<String, Object> map(@org.jspecify.annotations.Nullable Object value) {
            return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
        }
    }
}
