package dev.sallyport.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
    @Test
    void aLineOfTextComesBackWithoutTheSpaceAroundIt() {
        assertThat(Text.line("reason", "  migration of λ-data 🚚 \n", 1, 40)).isEqualTo("migration of λ-data 🚚");
    }

    @Test
    void lengthIsCountedInCharactersNotInSurrogates() {
        assertThat(Text.line("reason", "🚚🚚🚚", 3, 3)).isEqualTo("🚚🚚🚚");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "ab", "abcdef"})
    void textOutsideItsLimitsIsRefusedWithTheLimits(String text) {
        assertThatThrownBy(() -> Text.line("reason", text, 3, 5))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("input.invalid-text"))
                .hasMessage("reason: " + text.strip().length() + " characters (expected: 3 to 5)");
    }

    @Test
    void aTextOfOneMegabyteIsRefusedWithoutBeingRepeated() {
        assertThatThrownBy(() -> Text.line("reason", "x".repeat(1 << 20), 1, 500))
                .isInstanceOf(Refusal.class)
                .hasMessage("reason: 1048576 characters (expected: 1 to 500)");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A,
                0x202E, 0x2066, 0x2069, 0xD800, 0xDFFF
            })
    void controlCharactersInsideTextAreRefusedByNumber(int point) {
        String text = "a" + Character.toString(point) + "b";

        assertThatThrownBy(() -> Text.line("reason", text, 1, 100))
                .isInstanceOf(Refusal.class)
                .hasMessage("reason: holds the control character U+%04X (expected: one line of plain text)", point);
        assertThat(Text.isUnprintable(point)).isTrue();
        assertThat(Text.printable(text)).isEqualTo("a\uFFFDb");
    }

    @ParameterizedTest
    @ValueSource(ints = {' ', '~', 0xA0, 0xE9, 0x200D, 0x2027, 0x202F, 0x2065, 0x206A, 0xE000, 0x1F69A})
    void ordinaryCharactersAreKept(int point) {
        String text = "a" + Character.toString(point) + "b";

        assertThat(Text.line("reason", text, 1, 100)).isEqualTo(text);
        assertThat(Text.printable(text)).isEqualTo(text);
    }

    @Test
    void aQuotedValueIsShortenedAndSafeForATerminal() {
        assertThat(Text.quoted("web-1")).isEqualTo("\"web-1\"");
        assertThat(Text.quoted("\u001b]0;x\u0007")).isEqualTo("\"\uFFFD]0;x\uFFFD\"");
        assertThat(Text.quoted("x".repeat(Text.QUOTED_MAX))).isEqualTo('"' + "x".repeat(80) + '"');
        assertThat(Text.quoted("x".repeat(Text.QUOTED_MAX + 1))).isEqualTo('"' + "x".repeat(80) + "…\"");
    }
}
