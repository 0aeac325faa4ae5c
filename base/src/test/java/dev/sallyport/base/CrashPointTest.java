package dev.sallyport.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CrashPointTest {
    @Test
    void nothingHappensUnlessItIsArmed() {
        CrashPoint.reached("lease.issued");

        assertThat(CrashPoint.armed(null)).isNull();
        assertThat(CrashPoint.armed("")).isNull();
    }

    @Test
    void itIsDueOnceAtTheNthTimeUnderItsOwnName() {
        var armed = CrashPoint.armed("lease.issued:2");

        assertThat(armed).isNotNull();
        assertThat(armed.isDue("lease.closed")).isFalse();
        assertThat(armed.isDue("lease.issued")).isFalse();
        assertThat(armed.isDue("lease.issued")).isTrue();
        assertThat(armed.isDue("lease.issued")).isFalse();
    }

    @Test
    void aMalformedPointIsRefused() {
        for (String value : new String[] {"lease issued", "x:0", "x:", ":1", "x:-1"}) {
            assertThatThrownBy(() -> CrashPoint.armed(value))
                    .as(value)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: NAME or NAME:NTH");
        }
    }
}
