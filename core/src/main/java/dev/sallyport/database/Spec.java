package dev.sallyport.database;

import dev.sallyport.base.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads a stored document, whose form was checked when it was stored: what is missing takes the default, what has the
 * wrong type is a fault.
 */
public record Spec(Map<String, Object> tree) {
    private static final Spec EMPTY = new Spec(Map.of());

    public static Spec of(String json) {
        return new Spec(Json.object(json));
    }

    @SuppressWarnings("unchecked") // a JSON object has string keys
    public Spec at(String key) {
        return tree.get(key) instanceof Map<?, ?> map ? new Spec((Map<String, Object>) map) : EMPTY;
    }

    public boolean has(String key) {
        return tree.get(key) != null;
    }

    public Optional<String> text(String key) {
        return Optional.ofNullable(tree.get(key)).map(Object::toString);
    }

    public String text(String key, String otherwise) {
        return text(key).orElse(otherwise);
    }

    public int number(String key, int otherwise) {
        return tree.get(key) instanceof Number number ? number.intValue() : otherwise;
    }

    public boolean flag(String key) {
        return Boolean.TRUE.equals(tree.get(key));
    }

    public Duration duration(String key, Duration otherwise) {
        return text(key).map(value -> Durations.parse(key, value)).orElse(otherwise);
    }

    public List<String> texts(String key) {
        return tree.get(key) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** A list of maps. */
    @SuppressWarnings("unchecked") // a JSON object has string keys
    public List<Spec> all(String key) {
        return tree.get(key) instanceof List<?> list
                ? list.stream()
                        .filter(Map.class::isInstance)
                        .map(map -> new Spec((Map<String, Object>) map))
                        .toList()
                : List.of();
    }

    public Map<String, String> pairs(String key) {
        var pairs = new TreeMap<String, String>();
        at(key).tree.forEach((name, value) -> pairs.put(name, String.valueOf(value)));
        return pairs;
    }
}
