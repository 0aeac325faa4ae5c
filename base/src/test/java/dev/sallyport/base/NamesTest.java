package dev.sallyport.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "7", "web-1", "db.prod_eu", "0--._-0"})
    void lowerCaseLettersDigitsAndInnerMarksAreAName(String name) {
        assertThat(Names.check("target", name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-web",
                "web-",
                ".web",
                "web.",
                "_web",
                "Web",
                "web 1",
                "web/1",
                "web\n",
                "wéb",
                "wеb",
                "web\u0000",
                "web*",
                "../web",
                "web;id"
            })
    void everythingElseIsRefusedWithFieldAndValue(String name) {
        assertThatThrownBy(() -> Names.check("target", name))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("input.invalid-name"))
                .hasMessageStartingWith("target: " + Text.quoted(name) + " (expected: 1 to 63 lower-case letters");
    }

    @Test
    void theLongestNameIsPermittedAndOneCharacterMoreIsRefused() {
        String longest = "a".repeat(Names.MAX);

        assertThat(Names.check("target", longest)).isEqualTo(longest);
        assertThatThrownBy(() -> Names.check("target", longest + "a")).isInstanceOf(Refusal.class);
    }
}
