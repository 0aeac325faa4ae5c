package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Secret;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RedactionTest {
    private final Redaction redaction = new Redaction(
            List.of(Secret.of("hunter2-hunter3"), Secret.of("hunter2"), Secret.of("s3cr3t-äöü")),
            List.of(TokenPattern.of("AKIA[A-Z0-9]{16}"), TokenPattern.of("sph_[A-Za-z0-9_-]{20,200}")));

    @Test
    void aSecretIsReplacedHoweverItIsSplit() {
        String text = "a hunter2-hunter3 b hunter2 c s3cr3t-äöü d AKIAABCDEFGH12345678x sph_abcdefghijklmnopqrstuv;";
        byte[] bytes = text.getBytes(UTF_8);
        var random = new Random(3);

        for (int round = 0; round < 500; round++) {
            var stream = redaction.stream();
            var out = new ByteArrayOutputStream();
            for (int at = 0; at < bytes.length; ) {
                int to = Math.min(bytes.length, at + 1 + random.nextInt(12));
                out.writeBytes(stream.pass(Arrays.copyOfRange(bytes, at, to)));
                at = to;
            }
            out.writeBytes(stream.flush());
            assertThat(out.toString(UTF_8))
                    .isEqualTo("a [redacted] b [redacted] c [redacted] d [redacted]x [redacted];");
        }
    }

    @Test
    void onlyWhatMayBecomeASecretIsHeldBack() {
        var stream = redaction.stream();

        assertThat(new String(stream.pass("plain text hunt".getBytes(UTF_8)), UTF_8))
                .isEqualTo("plain text ");
        assertThat(stream.heldBack()).isEqualTo(4);
        assertThat(new String(stream.pass("ing".getBytes(UTF_8)), UTF_8)).isEqualTo("hunting");
    }

    @Test
    void whatWasHeldBackIsPassedOnUnchangedIfNothingFollows() {
        var stream = redaction.stream();

        stream.pass("hunter".getBytes(UTF_8));

        assertThat(new String(stream.flush(), UTF_8)).isEqualTo("hunter");
    }

    @Test
    void theShortestBeginningIsFoundAtEveryPlace() {
        var short3 = new Redaction(List.of(), List.of(TokenPattern.of("aab[0-9]{4}")));

        for (int before = 0; before < 12; before++) {
            for (String filling : List.of(".", "a", "b")) {
                String text = filling.repeat(before) + "aab1234" + filling.repeat(before);
                var stream = short3.stream();
                var out = new ByteArrayOutputStream();
                out.writeBytes(stream.pass(text.getBytes(UTF_8)));
                out.writeBytes(stream.flush());

                assertThat(out.toString(UTF_8))
                        .isEqualTo(filling.repeat(before) + "[redacted]" + filling.repeat(before));
            }
        }
    }

    @Test
    void anyBytesWithoutASecretPassUnchanged() {
        var random = new Random(5);
        var bytes = new byte[100_000];
        random.nextBytes(bytes);
        var stream = redaction.stream();
        var out = new ByteArrayOutputStream();

        for (int at = 0; at < bytes.length; at += 1000) {
            out.writeBytes(stream.pass(Arrays.copyOfRange(bytes, at, at + 1000)));
        }
        out.writeBytes(stream.flush());

        assertThat(out.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void aSecretInTheMiddleOfBulkIsFoundWhereverAReadEnds() {
        var random = new Random(11);
        var bulk = new byte[40_000];
        byte[] secret = "hunter2".getBytes(UTF_8);

        for (int round = 0; round < 200; round++) {
            random.nextBytes(bulk);
            int place = random.nextInt(bulk.length - secret.length);
            System.arraycopy(secret, 0, bulk, place, secret.length);
            int end = place - 3 + random.nextInt(secret.length + 6);
            int bound = Math.clamp(end, 0, bulk.length);
            var stream = redaction.stream();
            var out = new ByteArrayOutputStream();
            out.writeBytes(stream.pass(bulk, 0, bound));
            out.writeBytes(stream.pass(bulk, bound, bulk.length - bound));
            out.writeBytes(stream.flush());

            var expected = new ByteArrayOutputStream();
            expected.write(bulk, 0, place);
            expected.writeBytes(Redaction.REPLACEMENT);
            expected.write(bulk, place + secret.length, bulk.length - place - secret.length);
            assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
        }
    }

    @Test
    void secretsTooShortAndPatternsTooWideAreRefused() {
        assertThatThrownBy(() -> new Redaction(List.of(Secret.of("abc")), List.of()))
                .hasMessage("secret: 3 bytes (expected: 6 to 4096)");
        for (String bad : List.of("[a-z]{20}", "ab[a-z]{20}", "abc.*", "abc[a-z]{5000}", "abc[z-a]{2}", "abc[a]{0}")) {
            assertThatThrownBy(() -> TokenPattern.of(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
