package dev.sallyport.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.SourceFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes come in: an answer or a refusal goes out. */
class ReaderFuzzTest {
    private static final int ROUNDS = Integer.getInteger("sallyport.fuzz", 4_000);
    private static final String[] SCRAPS = {
        "---\n", "...", "\t", "&a ", "*a", "!!str ", "? ", ": ", "- ", "|\n", ">-\n", "\"", "'", "\\u0000", "\\ud800",
                "{", "}",
        "[", "]", ",", "#", "%YAML 1.1\n", "@", "`", "null", "~", "1e9", "0x", "\u2028", "\uFFFE", "\uD83D", "<<: ",
                "\r", "\u0085"
    };

    @Test
    void mutatedDocumentsGiveErrorsOrARefusal() {
        long seed = Long.getLong("sallyport.seed", 20_261_122L);
        var random = new Random(seed);
        int sound = 0;
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String text = mutated(random);
            try {
                var errors = new Errors();
                new DocumentReader(errors).read(List.of(new SourceFile("f", text)));
                sound += errors.isEmpty() ? 1 : 0;
            } catch (Refusal _) {
                refused++;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ", round " + i + ": " + text, e);
            }
        }
        assertThat(sound).isBetween(1, ROUNDS - 1);
        assertThat(refused).isBetween(0, ROUNDS - 1);
    }

    @Test
    void mutatedBytesGiveErrorsOrARefusal() {
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < ROUNDS / 10; i++) {
            byte[] bytes = ApplyTest.DEMO.getBytes(StandardCharsets.UTF_8);
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                new DocumentReader(new Errors()).read(List.of(SourceFile.utf8("f", bytes)));
            } catch (Refusal _) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    private static String mutated(Random random) {
        var text = new StringBuilder(ApplyTest.DEMO);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(12)));
                case 2 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
                default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
            }
        }
        return text.toString();
    }
}
