package dev.sallyport.server;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One level of the configuration file: hands out values by key and in the end refuses the keys nobody asked for. */
final class Settings {
    private final String prefix;
    private final Map<String, Object> left;

    private Settings(String prefix, Map<String, Object> values) {
        this.prefix = prefix;
        this.left = new LinkedHashMap<>(values);
    }

    static Settings of(String prefix, Object tree) {
        if (!(tree instanceof Map<?, ?> map)) {
            throw wrong(prefix.isEmpty() ? "configuration" : prefix, tree, "keys with values below it");
        }
        var values = new LinkedHashMap<String, Object>();
        map.forEach((key, value) -> values.put(String.valueOf(key), value));
        return new Settings(prefix, values);
    }

    /** The level below the key; an empty one when it is missing. */
    Settings at(String key) {
        Object tree = left.remove(key);
        return of(name(key), tree == null ? Map.of() : tree);
    }

    Optional<String> text(String key) {
        Object value = left.remove(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof String) && !(value instanceof Number)) {
            throw wrong(name(key), value, "text");
        }
        return Optional.of(value.toString());
    }

    String required(String key, String example) {
        return text(key)
                .orElseThrow(() -> new IllegalArgumentException(
                        name(key) + ": missing (expected: a value such as " + example + ")"));
    }

    Optional<Path> path(String key) {
        return text(key).map(Path::of).map(Path::toAbsolutePath);
    }

    /** Names with texts, all of them. */
    Map<String, String> pairs(String key) {
        Settings inner = at(key);
        var pairs = new LinkedHashMap<String, String>();
        List.copyOf(inner.left.keySet()).forEach(name -> inner.text(name).ifPresent(value -> pairs.put(name, value)));
        return pairs;
    }

    /** A list of texts; empty when it is missing. */
    List<String> texts(String key) {
        Object value = left.remove(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String::valueOf).toList();
        }
        throw wrong(name(key), value, "a list of texts");
    }

    int number(String key, int otherwise) {
        Object value = left.remove(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Integer number) {
            return number;
        }
        throw wrong(name(key), value, "a whole number");
    }

    boolean flag(String key, boolean otherwise) {
        Object value = left.remove(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name(key), value, "true or false");
    }

    /** @throws IllegalArgumentException naming the first key that means nothing here */
    void end(String... allowed) {
        for (Map.Entry<String, Object> entry : left.entrySet()) {
            throw new IllegalArgumentException(
                    name(entry.getKey()) + ": unknown key (allowed here: " + String.join(", ", allowed) + ")");
        }
    }

    private String name(String key) {
        return prefix.isEmpty() ? key : prefix + "." + key;
    }

    private static IllegalArgumentException wrong(String key, Object value, String expected) {
        return new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
    }
}
