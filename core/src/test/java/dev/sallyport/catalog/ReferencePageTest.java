package dev.sallyport.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dsallyport.golden=write} to write the page anew. */
class ReferencePageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "documents.md");

    @Test
    void thePageSaysWhatTheCodeDoes() throws IOException {
        if ("write".equals(System.getProperty("sallyport.golden"))) {
            Files.createDirectories(PAGE.resolve("..").normalize());
            Files.writeString(PAGE, ReferencePage.text());
        }

        assertThat(Files.readString(PAGE)).isEqualTo(ReferencePage.text());
    }
}
