package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlainTextTest {
    private final PlainText plain = new PlainText();

    @Test
    void wholeLinesAreGivenOutWithoutWhatControlsTheTerminal() {
        assertThat(add("\u001b[1;31mpermission ")).isNull();
        assertThat(add("denied\u001b[0m\r\n\u001b]0;title\u0007next")).isEqualTo("permission denied\nnext");
        assertThat(add("caf\u00e9 \u65e5\u672c\r\n".repeat(40)))
                .startsWith("caf\u00e9 \u65e5\u672c")
                .endsWith("\u672c");
    }

    /** Lines that programs draw with, in the old way, and what they ring and pad with. */
    @Test
    void whatATerminalIsDrawnWithIsText() {
        String box = "\u000elqqqqqqqqqqqqqqqk\u000f\b\u0007 total 42\r\n";

        assertThat(add(box.repeat(20))).contains("total 42");
        assertThat(add("total \u0000\u0000 43 and a line that is long enough to be looked at more closely\r\n"))
                .contains("43");
    }

    @Test
    void whatIsNoTextIsNotTakenForIt() {
        byte[] random = new byte[8_192];
        new Random(3).nextBytes(random);

        assertThat(add("$ cat archive.gz")).isNull();
        assertThat(plain.add(random)).as("what stood before it").contains("$ cat archive.gz");
        assertThat(plain.add(random)).isEmpty();
        assertThat(plain.rest()).isEmpty();
        assertThat(add("$ echo text again\r\n")).isEqualTo("$ echo text again");
    }

    @Test
    void ofOneChannelNotMoreThanTheMostIsGivenOut() {
        String lines = ("x".repeat(1_023) + "\n").repeat(1_024);
        long given = 0;
        for (int i = 0; i < 8; i++) {
            String text = add(lines);
            given += text == null ? 0 : text.length();
        }

        assertThat(given).isBetween(PlainText.TOTAL_MAX - 2L * lines.length(), (long) PlainText.TOTAL_MAX);
    }

    private @Nullable String add(String text) {
        return plain.add(text.getBytes(StandardCharsets.UTF_8)).orElse(null);
    }
}
