package dev.sallyport.server.portal;

import dev.sallyport.base.InputRefusal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A call of the API.
 *
 * @param path below {@code /api/v1}, already percent-encoded
 * @param query without the parameters that are empty
 * @param body what becomes JSON, with the field names of the API; a text is YAML; nothing for calls without a body
 * @param whole whether all pages of a list are wanted, as one
 */
record ApiCall(
        String method,
        String path,
        Map<String, String> query,
        Optional<Object> body,
        Map<String, String> headers,
        boolean whole) {
    static final String PREFIX = "/api/v1";

    ApiCall {
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    ApiCall(String method, String path, Map<String, String> query, Optional<Object> body, Map<String, String> headers) {
        this(method, path, query, body, headers, false);
    }

    static ApiCall get(String path, String... segments) {
        return new ApiCall("GET", filled(path, segments), Map.of(), Optional.empty(), Map.of());
    }

    static ApiCall post(String path, Map<String, Object> body, String... segments) {
        return new ApiCall("POST", filled(path, segments), Map.of(), Optional.of(body), Map.of());
    }

    /** A call without a body. */
    static ApiCall bare(String method, String path, String... segments) {
        return new ApiCall(method, filled(path, segments), Map.of(), Optional.empty(), Map.of());
    }

    /** The same call with a body. */
    ApiCall sending(Map<String, Object> content) {
        return new ApiCall(method, path, query, Optional.of(content), headers, whole);
    }

    /** The same call for all pages of a list, if that is so. */
    ApiCall whole(boolean all) {
        return new ApiCall(method, path, query, body, headers, all);
    }

    /** A call whose body is a document as people write it. */
    static ApiCall yaml(String method, String path, String text, String... segments) {
        return new ApiCall(
                method,
                filled(path, segments),
                Map.of(),
                Optional.of(text),
                Map.of("Content-Type", "application/yaml"));
    }

    /** The same call with a query parameter; an empty value leaves it out. */
    ApiCall with(String name, String value) {
        if (value.isEmpty()) {
            return this;
        }
        var more = new LinkedHashMap<>(query);
        more.put(name, value);
        return new ApiCall(method, path, more, body, headers, whole);
    }

    ApiCall header(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ApiCall(method, path, query, body, more, whole);
    }

    /** The path and query as they stand in a URL. */
    String address() {
        if (query.isEmpty()) {
            return PREFIX + path;
        }
        return PREFIX + path + "?"
                + query.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
                        .collect(Collectors.joining("&"));
    }

    /** As it stands in a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Puts the values, percent-encoded, where the path has {@code {}}. */
    private static String filled(String path, String... segments) {
        String filled = path;
        for (String segment : segments) {
            if (segment.isEmpty()) {
                throw InputRefusal.INVALID_VALUE.because(
                        "a name or an id is missing in " + path + " (expected: the one that the page names)");
            }
            String encoded = URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
            filled = filled.replaceFirst("\\{}", java.util.regex.Matcher.quoteReplacement(encoded));
        }
        return filled;
    }
}
