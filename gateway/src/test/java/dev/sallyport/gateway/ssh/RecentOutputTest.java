package dev.sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentOutputTest {
    private static final int MOST = 1_000;

    private final RecentOutput recent = new RecentOutput();

    @Test
    void allOfALittleIsKept() {
        assertThat(picture()).isEmpty();
        add("$ ls\r\n");
        add("a b c\r\n$ ");

        assertThat(picture()).isEqualTo("$ ls\r\na b c\r\n$ ");
        assertThat(picture()).as("asked again").isEqualTo("$ ls\r\na b c\r\n$ ");
    }

    @Test
    void ofMuchTheLastLinesAreKept() {
        for (int i = 0; i < 500; i++) {
            add("line " + i + "\r\n");
        }

        assertThat(picture())
                .startsWith("line ")
                .endsWith("line 498\r\nline 499\r\n")
                .doesNotContain("line 300\r");
        assertThat(picture().length()).isBetween(MOST - 12, MOST);
    }

    @Test
    void whatComesAtOnceAndIsTooMuchIsCutToo() {
        add("first\n" + "x".repeat(10) + "\n" + "y".repeat(MOST - 5));

        assertThat(picture()).isEqualTo("y".repeat(MOST - 5));
    }

    @Test
    void whatHasNoLinesIsCutAnywhere() {
        add("z".repeat(3 * MOST));

        assertThat(picture()).isEqualTo("z".repeat(MOST));
    }

    /** Against all that was shown, kept whole. */
    @Test
    void itIsAlwaysTheEndOfWhatWasShown() {
        var random = new Random(7);
        var all = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            String piece = "%d\n".formatted(i).repeat(random.nextInt(60));
            add(piece);
            all.append(piece);
            assertThat(all.toString()).endsWith(picture());
            assertThat(picture().length()).isGreaterThanOrEqualTo(Math.min(all.length(), MOST - 6));
        }
    }

    private void add(String text) {
        recent.add(text.getBytes(StandardCharsets.UTF_8), MOST);
    }

    private String picture() {
        return new String(recent.picture().toArray(), StandardCharsets.UTF_8);
    }
}
