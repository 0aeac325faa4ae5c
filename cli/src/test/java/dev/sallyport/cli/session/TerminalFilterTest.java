package dev.sallyport.cli.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a recorded program sent may draw, and must not do anything else to the terminal of who looks at it. */
class TerminalFilterTest {
    private static String filtered(String text) {
        return new TerminalFilter().filter(text);
    }

    @Test
    void whatDrawsPasses() {
        for (String drawn : List.of(
                "plain äöü 漢字 🙂\r\n\ttab\b",
                "\u001b[1;31mred\u001b[0m",
                "\u001b[2J\u001b[H\u001b[10;20H",
                "\u001b[?25l\u001b[?1049h\u001b[?1049l",
                "\u001b7\u001b8\u001bM",
                "\u001b(0lqk\u001b(B",
                "\u001b[3;10r\u001b[38:5:1m")) {
            assertThat(filtered(drawn)).isEqualTo(drawn);
        }
    }

    @Test
    void whatReprogramsTheTerminalDoesNot() {
        for (String evil : List.of(
                "\u001b]52;c;ZXZpbA==\u0007", // the clipboard
                "\u001b]0;title\u001b\\", // the title
                "\u001b]8;;http://x\u0007", // a link
                "\u001bP$q\"p\u001b\\", // DCS
                "\u001b_apc\u001b\\",
                "\u001b^pm\u001b\\",
                "\u001bXsos\u001b\\",
                "\u009d0;title\u009c",
                "\u0005", // ENQ
                "\u001b[c",
                "\u001b[>c",
                "\u001b[6n",
                "\u001b[5n",
                "\u001b[21t",
                "\u001b[?1000h",
                "\u001b[?2004h",
                "\u001b[?1049;1000h",
                "\u001b[>4;2m",
                "\u001b[1$r",
                "\u001b[?6$p",
                "\u001bc",
                "\u001bZ",
                "\u001b[!p",
                "\u009b6n",
                "\u0090q\u009c",
                "\u001b(%",
                "\u007f")) {
            assertThat(filtered("a" + evil + "b")).as(evil.substring(1)).isEqualTo("ab");
        }
    }

    @Test
    void piecesMakeNoDifference() {
        String text = "a\u001b]52;c;ZXZpbA==\u0007b\u001b[31mc\u001b[6nd\u001b]0;x\u001b\\e";
        var filter = new TerminalFilter();
        var pieces = new StringBuilder();

        text.chars().forEach(c -> pieces.append(filter.filter(String.valueOf((char) c))));

        assertThat(pieces.toString()).isEqualTo("ab\u001b[31mcde");
    }

    @Test
    void aStringThatNeverEndsHidesTheRestAndASequenceThatIsTooLongIsDropped() {
        assertThat(filtered("a\u001b]0;never ends")).isEqualTo("a");
        assertThat(filtered("\u001b[" + "1;".repeat(100) + "m")).doesNotContain("\u001b");
    }

    @Test
    void whateverComesOnlyDrawingComesOut() {
        var random = new Random(7);
        char[] alphabet = "\u001b[]P_^Xc0123;?>$!mhnlJtr\u0007\u009b\u009d\u0005a(\\".toCharArray();
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (int i = 0; i < 24; i++) {
                text.append(alphabet[random.nextInt(alphabet.length)]);
            }

            String out = filtered(text.toString());

            assertThat(out)
                    .doesNotContain(
                            "\u001b]", "\u001bP", "\u001b_", "\u001b^", "\u001bX", "\u001bc", "\u0005", "\u009b",
                            "\u009d");
            assertThat(out).doesNotContainPattern("\u001b\\[[0-9;?>$!]*[cnt]");
        }
    }
}
