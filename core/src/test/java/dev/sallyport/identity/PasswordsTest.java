package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private static final Secret PASSWORD = Secret.of("correct horse battery");
    private final Passwords passwords = new Passwords(1024);

    @Test
    void acceptsThePasswordAndNoOther() {
        String stored = passwords.hash(PASSWORD);

        assertThat(stored).startsWith("$argon2id$v=19$m=1024,t=2,p=1$");
        assertThat(passwords.verify(PASSWORD, Optional.of(stored))).isTrue();
        assertThat(passwords.verify(Secret.of("correct horse batterz"), Optional.of(stored)))
                .isFalse();
    }

    @Test
    void acceptsNothingWhereNoPasswordIsStored() {
        assertThat(passwords.verify(Secret.of("nobody has this password"), Optional.empty()))
                .isFalse();
    }

    @Test
    void readsAHashMadeWithOtherParameters() {
        String stored = new Passwords(2048).hash(PASSWORD);

        assertThat(passwords.verify(PASSWORD, Optional.of(stored))).isTrue();
    }

    @Test
    void refusesTooShortAndTooLongWithoutRepeatingThem() {
        assertThat(Passwords.check(Secret.of("x".repeat(12)))).isNotNull();
        assertThatThrownBy(() -> Passwords.check(Secret.of("elevenchars")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("11 characters")
                .message()
                .doesNotContain("elevenchars");
        assertThatThrownBy(() -> Passwords.check(Secret.of("é".repeat(129))))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("258 bytes");
    }

    @Test
    void delaysGrowAndAreBounded() {
        assertThat(LoginThrottle.delay(-1)).isZero();
        assertThat(LoginThrottle.delay(0)).hasSeconds(1);
        assertThat(LoginThrottle.delay(3)).hasSeconds(8);
        assertThat(LoginThrottle.delay(1000)).isEqualTo(LoginThrottle.LONGEST_DELAY);
    }

    @Test
    void oneIpv6CustomerIsOneNetwork() {
        assertThat(LoginThrottle.network("2001:db8:1:2:aaaa::1")).isEqualTo(LoginThrottle.network("2001:db8:1:2::9"));
        assertThat(LoginThrottle.network("2001:db8:1:3::1")).isNotEqualTo(LoginThrottle.network("2001:db8:1:2::1"));
        assertThat(LoginThrottle.network("192.0.2.7")).isEqualTo("192.0.2.7");
    }
}
