package dev.sallyport.server.portal;

import dev.sallyport.base.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What the API answered, as pages read it: missing values are empty, text is safe to print.
 *
 * @param etag the version of it, where the API gives one
 */
public record Doc(JsonNode json, Optional<String> etag) {
    public Doc(JsonNode json) {
        this(json, Optional.empty());
    }

    /** The value below, by names with dots between them. */
    public Doc at(String path) {
        JsonNode node = json;
        for (String name : path.split("\\.")) {
            node = node.path(name);
        }
        return new Doc(node);
    }

    public boolean has(String path) {
        JsonNode node = at(path).json;
        return !node.isMissingNode() && !node.isNull();
    }

    public String text(String path) {
        return at(path).text();
    }

    public String text() {
        return json.isMissingNode() || json.isNull() ? "" : Text.printable(json.asString());
    }

    public boolean is(String path) {
        return at(path).json.asBoolean(false);
    }

    public long number(String path) {
        return at(path).json.asLong(0);
    }

    public Optional<Instant> time(String path) {
        return has(path) ? Optional.of(Instant.parse(at(path).json.asString())) : Optional.empty();
    }

    public Optional<Duration> duration(String path) {
        return has(path) ? Optional.of(Duration.parse(at(path).json.asString())) : Optional.empty();
    }

    public List<Doc> list(String path) {
        return at(path).json.values().stream().map(Doc::new).toList();
    }

    public List<String> texts(String path) {
        return list(path).stream().map(Doc::text).toList();
    }

    /** A text for each value of a list. */
    List<String> texts(String path, Function<Doc, String> text) {
        return list(path).stream().map(text).toList();
    }

    /** The items of a page of a list. */
    public List<Doc> items() {
        return list("items");
    }
}
