package dev.sallyport.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SecretTest {
    private static final Secret SECRET = Secret.of("hunter2");

    record Login(String user, Secret password) {}

    @Test
    void leavesThroughRevealOnly() {
        assertThat(SECRET.reveal()).isEqualTo("hunter2");
        assertThat(SECRET).hasToString("[secret]");
        assertThat(new Login("dev", SECRET)).hasToString("Login[user=dev, password=[secret]]");
        assertThat(List.of(SECRET)).hasToString("[[secret]]");
    }

    @Test
    void equalValuesAreEqual() {
        assertThat(SECRET).isEqualTo(Secret.of("hunter2"));
        assertThat(Secret.of("pässword")).isEqualTo(Secret.of("pässword"));
    }

    @Test
    void otherValuesAndOtherTypesAreNotEqual() {
        assertThat(SECRET).isNotEqualTo(Secret.of("hunter3"));
        assertThat(SECRET).isNotEqualTo(Secret.of("hunter22"));
        assertThat(SECRET).isNotEqualTo(Secret.of(""));
        assertThat(SECRET.equals((Object) "hunter2")).isFalse();
    }

    @Test
    void theHashSaysNothingAboutTheValue() {
        assertThat(SECRET.hashCode()).isEqualTo(Secret.of("something else").hashCode());
    }

    @Test
    void knowsWhetherItIsEmpty() {
        assertThat(Secret.of("").isEmpty()).isTrue();
        assertThat(Secret.of(" ").isEmpty()).isFalse();
    }
}
