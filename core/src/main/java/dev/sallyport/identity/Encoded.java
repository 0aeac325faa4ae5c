package dev.sallyport.identity;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.database.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Bytes as WebAuthn writes them down: base 64 for URLs, without padding, of bounded length. */
final class Encoded {
    private Encoded() {}

    static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws dev.sallyport.base.Refusal {@code input.invalid-value} */
    static byte[] bytes(String field, String text, int most) {
        try {
            byte[] bytes = text.length() > most * 2
                    ? new byte[0]
                    : Base64.getUrlDecoder().decode(text);
            if (bytes.length > 0 && bytes.length <= most) {
                return bytes;
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw InputRefusal.INVALID_VALUE.because(
                field + ": " + text.length() + " characters (expected: 1 to " + most + " bytes in base 64 for URLs)");
    }

    /** The challenge that a browser says it was given; nothing where there is none that could be ours. */
    static Optional<String> challenge(byte[] clientData) {
        try {
            Map<String, Object> said = Json.object(new String(clientData, StandardCharsets.UTF_8));
            return said != null && said.get("challenge") instanceof String text ? Optional.of(text) : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }
}
