package dev.sallyport.server.page;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.database.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** What the script of a page says of a passkey: a small object in a hidden field, with the field names of the API. */
public final class PasskeyAnswer {
    /** The field of a form. */
    public static final String FIELD = "passkey";

    private static final int LONGEST = 100_000;

    private PasskeyAnswer() {}

    /** @throws dev.sallyport.base.Refusal {@code input.invalid-value} */
    public static Map<String, Object> of(String text) {
        if (text.length() <= LONGEST) {
            try {
                Map<String, Object> said = Json.object(text);
                if (said != null) {
                    return said;
                }
            } catch (JacksonException _) {
                // told below
            }
        }
        throw InputRefusal.INVALID_VALUE.because("passkey: " + text.length()
                + " characters (expected: what the script of the page puts there, as JSON)");
    }

    /** The text of a member; empty where there is none, which no check takes for anything. */
    public static String text(Map<String, Object> said, String member) {
        @Nullable Object value = said.get(member);
        return value instanceof String text ? text : "";
    }
}
