package dev.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnrolmentTest {
    @Test
    void enrolmentWantsWhatItNeedsAndNothingElse() {
        assertThatThrownBy(() -> Enrolment.parse(List.of("--token-file", "t", "--server", "https://s")))
                .hasMessageContaining("--dir: missing");
        assertThatThrownBy(() -> Enrolment.parse(List.of("--tokn", "t"))).hasMessageContaining("--tokn");
        assertThatThrownBy(() -> Enrolment.parse(List.of("--dir", "a", "--dir", "b")))
                .hasMessageContaining("once");
        assertThat(Enrolment.parse(List.of("--token-file", "t", "--server", "https://s", "--dir", "d")))
                .isNotNull();
    }

    @Test
    void plainHttpIsNoServerToShowATokenTo() {
        var enrolment = Enrolment.parse(List.of("--token-file", "t", "--server", "http://s", "--dir", "d"));

        assertThatThrownBy(enrolment::run).hasMessageContaining("expected: https://HOST");
    }
}
