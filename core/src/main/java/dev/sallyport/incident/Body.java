package dev.sallyport.incident;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Json;
import dev.sallyport.database.Spec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A message's JSON, of which nothing is sure. */
final class Body {
    private static final int ID_MAX = 200;

    private Body() {}

    static Spec read(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return Optional.ofNullable(Json.object(text)).map(Spec::new).orElseThrow(Body::malformed);
        } catch (CharacterCodingException | tools.jackson.core.JacksonException | StackOverflowError _) {
            throw malformed();
        }
    }

    private static Refusal malformed() {
        return IncidentRefusal.INVALID.because("the body is not an object of JSON in UTF-8");
    }

    /** An id or a word that must be there. */
    static String word(Spec spec, String key, String path) {
        return spec.text(key)
                .filter(word -> !word.isBlank() && word.length() <= ID_MAX)
                .filter(word -> word.codePoints().noneMatch(Text::isUnprintable))
                .orElseThrow(() ->
                        IncidentRefusal.INVALID.because(path + ": missing (expected: 1 to " + ID_MAX + " characters)"));
    }

    /** What people there called it: shortened, and made printable. */
    static String title(Optional<String> said) {
        String title = Text.printable(said.orElse("")).strip();
        int end = title.offsetByCodePoints(0, Math.min(Opening.TITLE_MAX, title.codePointCount(0, title.length())));
        return title.isEmpty() ? "untitled" : title.substring(0, end);
    }
}
