package dev.sallyport.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "30m, PT30M",
        "1h30m, PT1H30M",
        "1d2h3m4s, PT26H3M4S",
        "90s, PT90S",
        "1H30M, PT1H30M",
        "PT1H30M, PT1H30M",
        "pt45s, PT45S",
        "P1D, PT24H",
        "PT0.5S, PT0.5S",
        "999999999s, PT999999999S",
    })
    void bothWaysOfWritingAreRead(String written, Duration meant) {
        assertThat(Durations.parse("for", written)).isEqualTo(meant);
    }

    @Test
    void noneAtAllIsReadWhereItMayBe() {
        assertThat(Durations.parseOrNone("grace", "0")).isZero();
        assertThat(Durations.parseOrNone("grace", "0s")).isZero();
        assertThat(Durations.parseOrNone("grace", "30s")).isEqualTo(Duration.ofSeconds(30));
        assertThatThrownBy(() -> Durations.parseOrNone("grace", "PT-1S"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("expected: not less than 0");
        assertThatThrownBy(() -> Durations.parse("for", "0s")).isInstanceOf(Refusal.class);
    }

    @Test
    void whiteSpaceAroundADurationDoesNotMatter() {
        assertThat(Durations.parse("for", " 15m\n")).isEqualTo(Duration.ofMinutes(15));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "h",
                "1x",
                "30 m",
                "1h 30m",
                "30m1h",
                "-5m",
                "-PT1H",
                "1.5h",
                "P",
                "PT",
                "P1Y",
                "P1M",
                "PT1H30",
                "1000000h",
                "٣h",
                "PT99999999999999999999H",
                "P9223372036854775807D",
                "1h1h",
                "0x10s",
                "1d2h3m4s5d2h3m4s5d2h3m4s5d2h3m4s5d2h3m4s5d",
            })
    void anythingElseIsRefusedWithTheValueAndAnExample(String written) {
        assertThatThrownBy(() -> Durations.parse("for", written))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo("input.invalid-duration");
                    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.INVALID);
                })
                .hasMessageStartingWith("for: " + Text.quoted(written.strip()))
                .hasMessageContaining("expected: a duration such as 30m, 1h30m or PT1H");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "0h0m", "PT0S", "PT-5M", "P-1D"})
    void nothingAndLessThanNothingAreRefused(String written) {
        assertThatThrownBy(() -> Durations.parse("for", written))
                .isInstanceOf(Refusal.class)
                .hasMessage("for: \"" + written + "\" (expected: longer than 0)");
    }

    @Test
    void terminalEscapesAreNotRepeatedInARefusal() {
        assertThatThrownBy(() -> Durations.parse("for", "1h\u001b[2J"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("1h\uFFFD[2J")
                .hasMessageNotContaining("\u001b");
    }

    @Test
    void aDurationUpToItsLimitIsPermitted() {
        Duration limit = Duration.ofHours(8);

        assertThat(Durations.within("for", limit, limit)).isEqualTo(limit);
        assertThat(Durations.within("for", Duration.ofNanos(1), limit)).isEqualTo(Duration.ofNanos(1));
    }

    @Test
    void aDurationBeyondItsLimitIsRefusedWithTheLimitAsHint() {
        Duration limit = Duration.ofHours(8);

        assertThatThrownBy(() -> Durations.within("for", limit.plusNanos(1), limit))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo("input.invalid-duration");
                    assertThat(refusal.sentence()).isEqualTo("for: PT8H0.000000001S (expected: <= PT8H)");
                    assertThat(refusal.hint()).isEqualTo("ask for at most 8h");
                });
    }

    @Test
    void zeroAndNegativeDurationsAreNeverWithinALimit() {
        assertThatThrownBy(() -> Durations.within("for", Duration.ZERO, Duration.ofHours(8)))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Durations.within("for", Duration.ofSeconds(-1), Duration.ofHours(8)))
                .isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT45S, 45s",
        "PT1H30M, 1h30m",
        "PT26H3M4S, 1d2h3m4s",
        "PT-90S, -1m30s",
        "PT0.9S, 0s",
        "PT1.9S, 1s",
    })
    void isShownAsPeopleWriteIt(Duration duration, String shown) {
        assertThat(Durations.shown(duration)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 59, 60, 3_599, 3_661, 86_400, 90_061})
    void whatIsShownReadsAsTheSameDuration(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);

        assertThat(Durations.parse("for", Durations.shown(duration))).isEqualTo(duration);
        assertThat(Durations.parse("for", duration.toString())).isEqualTo(duration);
    }
}
