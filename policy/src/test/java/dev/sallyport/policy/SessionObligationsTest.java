package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.policy.SessionObligations.CommandRule;
import dev.sallyport.policy.SessionObligations.Recording;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Of several rules that allow, the strictest of each obligation holds. */
@NullMarked
class SessionObligationsTest {
    private static final CommandRule ONE = new CommandRule("rm", true, "no");
    private static final CommandRule OTHER = new CommandRule("dd", false, "");

    private static SessionObligations loose() {
        return new SessionObligations(
                Recording.OFF,
                false,
                true,
                true,
                true,
                Duration.ofHours(1),
                Duration.ofHours(8),
                Duration.ofMinutes(1),
                List.of("LANG", "EDITOR"),
                List.of(ONE),
                List.of("a"));
    }

    private static SessionObligations strict() {
        return new SessionObligations(
                Recording.BEST_EFFORT,
                true,
                false,
                false,
                false,
                Duration.ofMinutes(5),
                Duration.ofHours(9),
                Duration.ZERO,
                List.of("LANG"),
                List.of(ONE, OTHER),
                List.of("b"));
    }

    @Test
    void theStricterOfEachHolds() {
        SessionObligations both = loose().strictest(strict());

        assertThat(both)
                .isEqualTo(new SessionObligations(
                        Recording.BEST_EFFORT,
                        true,
                        false,
                        false,
                        false,
                        Duration.ofMinutes(5),
                        Duration.ofHours(8),
                        Duration.ZERO,
                        List.of("LANG"),
                        List.of(ONE, OTHER),
                        List.of("a", "b")));
        assertThat(strict().strictest(loose()).recording()).isEqualTo(both.recording());
    }

    @Test
    void nothingIsLoosenedByItself() {
        assertThat(loose().strictest(loose())).isEqualTo(loose());
        assertThat(SessionObligations.DEFAULT.strictest(loose()).recording()).isEqualTo(Recording.STRICT);
        assertThat(loose().withoutGrace().grace()).isZero();
    }

    @Test
    void timesThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> new SessionObligations(
                        Recording.STRICT,
                        false,
                        false,
                        true,
                        false,
                        Duration.ZERO,
                        Duration.ofHours(1),
                        Duration.ZERO,
                        List.of(),
                        List.of(),
                        List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
