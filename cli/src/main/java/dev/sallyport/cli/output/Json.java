package dev.sallyport.cli.output;

import dev.sallyport.base.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as a tree, read with Jackson's streaming parser alone: an object mapper costs more start-up time than everything
 * else a verb does. What is written holds no character that a terminal would obey.
 */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Maps, lists, texts, whole numbers and flags as a tree. */
    public static JsonNode tree(@Nullable Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (value) {
            case null -> nodes.nullNode();
            case Map<?, ?> map -> {
                ObjectNode object = nodes.objectNode();
                map.forEach((key, held) -> object.set(String.valueOf(key), tree(held)));
                yield object;
            }
            case Iterable<?> items -> {
                var array = nodes.arrayNode();
                items.forEach(item -> array.add(tree(item)));
                yield array;
            }
            case Boolean flag -> nodes.booleanNode(flag);
            case Integer number -> nodes.numberNode(number);
            case Long number -> nodes.numberNode(number);
            default -> nodes.stringNode(String.valueOf(value));
        };
    }

    /** The value read, or the missing node when the text is empty or no JSON. */
    public static JsonNode read(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return parser.nextToken() == null ? MissingNode.getInstance() : value(parser);
        } catch (JacksonException _) {
            return MissingNode.getInstance();
        }
    }

    /** The text at the path; empty when there is none. */
    public static String text(JsonNode node, String... path) {
        JsonNode found = at(node, path);
        if (found.isMissingNode() || found.isNull()) {
            return "";
        }
        return found.isValueNode() ? found.asString() : compact(found);
    }

    public static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String name : path) {
            found = found.path(name);
        }
        return found;
    }

    /** The texts of an array, joined; empty when there is no array. */
    public static String joined(JsonNode array, String separator) {
        return texts(array).stream().collect(Collectors.joining(separator));
    }

    public static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        for (JsonNode item : array) {
            texts.add(text(item));
        }
        return texts;
    }

    /** Sets the value; null is written as such, which the API reads as "not given". */
    public static ObjectNode put(ObjectNode node, String name, @Nullable String value) {
        node.put(name, value);
        return node;
    }

    public static String pretty(JsonNode node) {
        var out = new StringBuilder();
        write(out, node, 0, true);
        return out.toString();
    }

    public static String compact(JsonNode node) {
        var out = new StringBuilder();
        write(out, node, 0, false);
        return out.toString();
    }

    private static JsonNode value(JsonParser parser) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                ObjectNode object = nodes.objectNode();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.set(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                var array = nodes.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_STRING -> nodes.stringNode(parser.getString());
            case VALUE_NUMBER_INT -> nodes.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDecimalValue());
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            case VALUE_NULL -> nodes.nullNode();
            default -> MissingNode.getInstance();
        };
    }

    private static void write(StringBuilder out, JsonNode node, int depth, boolean pretty) {
        if (node.isObject()) {
            var first = true;
            out.append('{');
            for (var entry : node.properties()) {
                separate(out, first, depth + 1, pretty);
                quote(out, entry.getKey());
                out.append(pretty ? ": " : ":");
                write(out, entry.getValue(), depth + 1, pretty);
                first = false;
            }
            close(out, first, depth, pretty, '}');
        } else if (node.isArray()) {
            var first = true;
            out.append('[');
            for (JsonNode item : node) {
                separate(out, first, depth + 1, pretty);
                write(out, item, depth + 1, pretty);
                first = false;
            }
            close(out, first, depth, pretty, ']');
        } else if (node.isString()) {
            quote(out, node.asString());
        } else {
            out.append(node.isNull() || node.isMissingNode() ? "null" : node.asString());
        }
    }

    private static void separate(StringBuilder out, boolean first, int depth, boolean pretty) {
        if (!first) {
            out.append(',');
        }
        if (pretty) {
            out.append('\n').repeat("  ", depth);
        }
    }

    private static void close(StringBuilder out, boolean empty, int depth, boolean pretty, char end) {
        if (pretty && !empty) {
            out.append('\n').repeat("  ", depth);
        }
        out.append(end);
    }

    /** A JSON string; unprintable characters are escaped, so it is also safe on a terminal. */
    static void quote(StringBuilder out, String text) {
        out.append('"');
        text.codePoints().forEach(point -> {
            switch (point) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Text.isUnprintable(point)) {
                        out.append("\\u%04x".formatted(point));
                    } else {
                        out.appendCodePoint(point);
                    }
                }
            }
        });
        out.append('"');
    }
}
