package dev.sallyport.policy.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dsallyport.golden=write} to write the page anew. */
class ReferencePageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "policy.md");

    @Test
    void thePageSaysWhatTheCodeDoes() throws IOException {
        if ("write".equals(System.getProperty("sallyport.golden"))) {
            java.nio.file.Files.writeString(PAGE, ReferencePage.text());
        }

        assertThat(java.nio.file.Files.readString(PAGE)).isEqualTo(ReferencePage.text());
    }

    @Test
    void everyExampleOfAFunctionIsACondition() {
        assertThat(Functions.ALL)
                .allSatisfy(function -> assertThat(Files.errors(
                                Files.policy("- name: r\n  effect: deny\n  when: |\n    " + function.example())))
                        .as(function.name())
                        .isEmpty());
    }
}
