package dev.sallyport.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {
    @Test
    void carriesKindCodeAndSentence() {
        Refusal refusal = InputRefusal.INVALID_NAME.because("name: \"X\" (expected: lower case)");

        assertThat(refusal.kind()).isEqualTo(Refusal.Kind.INVALID);
        assertThat(refusal.code()).isEqualTo("input.invalid-name");
        assertThat(refusal.sentence()).isEqualTo("name: \"X\" (expected: lower case)");
        assertThat(refusal.hint()).isNull();
    }

    @Test
    void carriesAHintWhenThereIsSomethingToDo() {
        Refusal refusal = InputRefusal.INVALID_VALUE.because("port: 0", "choose one above 1023");

        assertThat(refusal.hint()).isEqualTo("choose one above 1023");
        assertThat(refusal).hasMessage("port: 0");
    }

    @Test
    void isAnAnswerAndNotAFaultSoItHasNoTrace() {
        Refusal refusal = InputRefusal.INVALID_ID.because("id: \"x\"");

        refusal.addSuppressed(new IllegalStateException("not kept"));

        assertThat(refusal.getStackTrace()).isEmpty();
        assertThat(refusal.getSuppressed()).isEmpty();
        assertThat(refusal).hasNoCause();
    }

    @ParameterizedTest
    @EnumSource(InputRefusal.class)
    void codesOfInputAreDottedLowerCase(InputRefusal refusal) {
        assertThat(refusal.code()).matches("input\\.[a-z]+(-[a-z]+)*");
        assertThat(refusal.kind()).isEqualTo(Refusal.Kind.INVALID);
    }
}
