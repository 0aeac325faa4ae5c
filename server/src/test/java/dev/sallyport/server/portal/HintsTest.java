package dev.sallyport.server.portal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a refusal names a command, the page that does the same is known. */
class HintsTest {
    @ParameterizedTest
    @CsvSource({
        "sallyport totp enroll, /me",
        "sallyport eligible shows what you may ask for, /ask",
        "a first way in is a link: sallyport people reset-password sam, /people/sam",
        "ask an administrator for one (sallyport people enrolment-code), /people",
        "sallyport unquarantine sam first, /people/sam",
        "sallyport incidents list shows them, /incidents"
    })
    void aCommandLeadsToItsPage(String hint, String path) {
        assertThat(Hints.page(hint))
                .hasValueSatisfying(page -> assertThat(page)
                        .isInstanceOfSatisfying(
                                Cell.Link.class, link -> assertThat(link.path()).isEqualTo(path)));
    }

    @Test
    void whatIsNoCommandLeadsNowhere() {
        assertThat(Hints.page("ask for a shorter time")).isEmpty();
        assertThat(Hints.page("sallyport doctor says why")).isEmpty();
        assertThat(Hints.isCommand("sallyport deny ID --comment …")).isTrue();
        assertThat(Hints.isCommand("sallyport eligible shows what you may ask for"))
                .isFalse();
        assertThat(Hints.isCommand("go back")).isFalse();
    }
}
