package dev.sallyport.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Secret;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ProgramRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path dir;

    private GatewayLab lab;

    @BeforeEach
    void start() throws IOException {
        lab = GatewayLab.sealed(dir);
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
    }

    @Test
    void aSessionIsRecordedSealedAndStored() throws IOException {
        ProgramRun run = lab.client().run("echo what-is-shown; exit 3");

        assertThat(run.exit()).isEqualTo(3);
        Await.until(
                "the recording",
                LIMIT,
                () -> lab.control.told(Report.RecordingStored.class).size() == 1);
        var stored = lab.control.told(Report.RecordingStored.class).getFirst();
        assertThat(stored.state()).isEqualTo("complete");
        byte[] bytes = Files.readAllBytes(dir.resolve("store").resolve(stored.location()));
        assertThat(bytes).hasSize((int) stored.bytes());
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("what-is-shown");
        assertThat(lab.played(stored.location())).contains("what-is-shown");
        assertThat(lab.ending(stored.location())).isInstanceOf(Ending.Complete.class);
        assertThat(lab.control.told(Report.Text.class))
                .extracting(Report.Text::text)
                .containsExactly("what-is-shown");
    }

    @Test
    void aKnownSecretIsInNothingThatIsKept() throws IOException {
        lab.control.secrets = List.of(Secret.of("hunter2-hunter2"));

        ProgramRun run = lab.client().run("echo hunter2-hunter2; echo before-hunter2-hunter2-after");

        assertThat(run.stdout()).contains("hunter2-hunter2");
        Await.until(
                "the recording",
                LIMIT,
                () -> lab.control.told(Report.RecordingStored.class).size() == 1);
        String played = lab.played(
                lab.control.told(Report.RecordingStored.class).getFirst().location());
        assertThat(played).contains("before-[redacted]-after").doesNotContain("hunter2");
        assertThat(lab.control.reports.toString()).doesNotContain("hunter2");
    }

    @Test
    void aFormOfSecretThatCannotBeReadStartsNoSession() {
        var terms = Terms.of();
        lab.control.terms = new dev.sallyport.spi.gateway.SessionTerms(
                terms.recording(),
                false,
                false,
                terms.abilities(),
                terms.idle(),
                terms.longest(),
                terms.grace(),
                terms.environment(),
                terms.rules(),
                List.of(".*"));

        ProgramRun run = lab.client().run("echo in");

        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("This session must be recorded and cannot be");
    }
}
