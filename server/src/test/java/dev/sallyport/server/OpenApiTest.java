package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dsallyport.golden=write} to write the document anew. */
class OpenApiTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "reference", "openapi.json");

    @Test
    void theDocumentSaysWhatTheServerAnswers() throws IOException {
        try (var world = new ApiWorld()) {
            ApiWorld.Reply served = world.nobody().get("/openapi.json");
            if ("write".equals(System.getProperty("sallyport.golden"))) {
                Files.writeString(DOCUMENT, served.body());
            }

            assertThat(served.status()).as(served.body()).isEqualTo(200);
            assertThat(served.body()).isEqualTo(Files.readString(DOCUMENT));
            assertThat(served.body()).doesNotContain("\"summary\" : \"\"", "\"x-needs\" : \"nobody\"", "\"500\" :");
        }
    }
}
