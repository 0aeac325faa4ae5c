package dev.sallyport.base;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Labels of a target, such as {@code env=prod}: at most {@value #MAX}, in a stable order. */
public record Labels(Map<String, String> values) {
    public static final int MAX = 64;
    public static final Labels NONE = new Labels(Map.of());

    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,62}");
    private static final int VALUE_MAX = 128;

    public Labels {
        if (values.size() > MAX) {
            throw InputRefusal.INVALID_VALUE.because(
                    "labels: " + values.size() + " of them (expected: at most " + MAX + ")");
        }
        values.forEach((key, value) -> {
            if (!KEY.matcher(key).matches()) {
                throw InputRefusal.INVALID_NAME.because("labels: " + Text.quoted(key)
                        + " (expected: a key of 1 to 63 lower-case letters, digits, '.', '_', '/' or '-')");
            }
            Text.line("labels." + key, value, 0, VALUE_MAX);
        });
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** Whether every label of the selector stands here with the same value; the empty selector matches everything. */
    public boolean matches(Labels selector) {
        return selector.values.entrySet().stream()
                .allMatch(wanted -> wanted.getValue().equals(values.get(wanted.getKey())));
    }

    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
    }
}
