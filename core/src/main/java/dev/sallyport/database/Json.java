package dev.sallyport.database;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Columns of JSON as plain trees of maps, lists, strings, numbers and booleans. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private Json() {}

    public static String text(@Nullable Object tree) {
        return MAPPER.writeValueAsString(tree);
    }

    public static Map<String, Object> object(String text) {
        return MAPPER.readValue(text, OBJECT);
    }

    /** An object that somebody else wrote; an empty one where the text is none. */
    public static Map<String, Object> foreign(String text) {
        try {
            return object(text);
        } catch (JacksonException _) {
            return Map.of();
        }
    }
}
