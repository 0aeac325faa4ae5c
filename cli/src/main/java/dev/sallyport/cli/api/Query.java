package dev.sallyport.cli.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Names and values of a query or form, in order; a value that is null is left out. */
public final class Query {
    private final Map<String, String> values = new LinkedHashMap<>();

    private Query() {}

    public static Query of() {
        return new Query();
    }

    public Query with(String name, @Nullable String value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    /** {@code a=1&b=2}. */
    public String encoded() {
        return values.entrySet().stream()
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    /** The path with this query behind it. */
    public String after(String path) {
        return values.isEmpty() ? path : path + "?" + encoded();
    }

    /** A name as one segment of a path. */
    public static String segment(String name) {
        return encode(name).replace("+", "%20");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
