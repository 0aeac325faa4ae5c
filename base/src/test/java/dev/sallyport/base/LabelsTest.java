package dev.sallyport.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
    private static final Labels PRODUCTION =
            new Labels(Map.of("env", "prod", "team", "data", "app.kubernetes.io/name", "x"));

    @Test
    void aSelectorMatchesWhenEveryLabelOfItIsThere() {
        assertThat(PRODUCTION.matches(new Labels(Map.of("env", "prod")))).isTrue();
        assertThat(PRODUCTION.matches(new Labels(Map.of("env", "prod", "team", "data"))))
                .isTrue();
        assertThat(PRODUCTION.matches(Labels.NONE)).isTrue();
    }

    @Test
    void aSelectorWithAnotherOrAnUnknownLabelDoesNotMatch() {
        assertThat(PRODUCTION.matches(new Labels(Map.of("env", "test")))).isFalse();
        assertThat(PRODUCTION.matches(new Labels(Map.of("env", "prod", "region", "eu"))))
                .isFalse();
        assertThat(PRODUCTION.matches(new Labels(Map.of("env", "Prod")))).isFalse();
        assertThat(Labels.NONE.matches(PRODUCTION)).isFalse();
    }

    @Test
    void anEmptyValueMatchesOnlyAnEmptyValue() {
        var flagged = new Labels(Map.of("critical", ""));

        assertThat(flagged.matches(new Labels(Map.of("critical", "")))).isTrue();
        assertThat(PRODUCTION.matches(flagged)).isFalse();
    }

    @Test
    void isWrittenInAStableOrder() {
        assertThat(PRODUCTION).hasToString("app.kubernetes.io/name=x,env=prod,team=data");
        assertThat(Labels.NONE).hasToString("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Env", "-env", ".env", "e nv", "env=", "env,", "é", "env\n"})
    void keysThatAreNoLabelAreRefused(String key) {
        assertThatThrownBy(() -> new Labels(Map.of(key, "x")))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("input.invalid-name"))
                .hasMessageStartingWith("labels: " + Text.quoted(key));
    }

    @Test
    void keysAndValuesUpToTheirLimitsArePermittedAndBeyondRefused() {
        assertThat(new Labels(Map.of("k".repeat(63), "v".repeat(128))).values()).hasSize(1);

        assertThatThrownBy(() -> new Labels(Map.of("k".repeat(64), "v"))).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> new Labels(Map.of("k", "v".repeat(129))))
                .isInstanceOf(Refusal.class)
                .hasMessage("labels.k: 129 characters (expected: 0 to 128)");
    }

    @Test
    void valuesWithTerminalEscapesAreRefused() {
        assertThatThrownBy(() -> new Labels(Map.of("env", "prod\u001b[31m")))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("U+001B");
    }

    @Test
    void sixtyFourLabelsArePermittedAndOneMoreIsRefused() {
        assertThat(new Labels(numbered(Labels.MAX)).values()).hasSize(64);
        assertThatThrownBy(() -> new Labels(numbered(Labels.MAX + 1)))
                .isInstanceOf(Refusal.class)
                .hasMessage("labels: 65 of them (expected: at most 64)");
    }

    @Test
    void laterChangesOfTheMapDoNotReachTheLabels() {
        var map = new HashMap<>(Map.of("env", "prod"));
        var labels = new Labels(map);

        map.put("env", "test");

        assertThat(labels).hasToString("env=prod");
        assertThatThrownBy(() -> labels.values().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
    }

    private static Map<String, String> numbered(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "k" + i, String::valueOf));
    }
}
