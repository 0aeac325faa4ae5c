package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** SE5: a server that is killed with sessions in its own gateway leaves none open and no recording without its end. */
@NullMarked
class ServerKilledTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    static Path temporary;

    @Test
    void itsSessionsAreEndedWhenItStartsAgainAndTheirRecordingsSayThatTheyAreCutShort() {
        Path dir = temporary.resolve("demo");
        String grant;
        ChildProcess open;
        // the demo's hosts live on when its server is killed; the next start makes its own
        List<ProcessHandle> orphans;
        try (Installation first = Installation.start(dir)) {
            User dev = first.signIn("dev");
            grant = first.granted(dev, first.signIn("lead"), "ops", "web-1");
            Path config = first.sshConfig(dev, temporary.resolve("home"));
            open = ChildProcess.of(List.of(
                            "ssh",
                            "-F",
                            config.toString(),
                            "-o",
                            "BatchMode=yes",
                            "web-1.sallyport",
                            "echo before-the-end; exec sleep 600"))
                    .start();
            open.awaitLine("before-the-end", SOON);

            orphans = ProcessHandle.of(first.process().pid())
                    .orElseThrow()
                    .descendants()
                    .toList();
            first.process().kill();
            open.awaitExit(SOON);
        }

        try (Installation second = Installation.start(dir)) {
            User dev = second.signIn("dev");
            Await.until(
                    "the recording",
                    SOON,
                    () -> session(dev)
                            .path("recording")
                            .path("state")
                            .asString()
                            .equals("cut short"));

            JsonNode session = session(dev);
            assertThat(session.path("grant").asString()).isEqualTo(grant);
            assertThat(session.path("state").asString()).isEqualTo("closed");
            assertThat(session.path("end_reason").asString()).isEqualTo("gateway-stopped");
            // shown only if its chain and its hash hold
            Outcome played =
                    dev.sallyport("play", session.path("id").asString(), "--text", "--reason", "what was lost");
            assertThat(played.output()).contains("before-the-end").contains("the recording is cut short here");
            assertThat(second.granted(dev, second.signIn("lead"), "ops", "web-1"))
                    .isNotEqualTo(grant);
            assertThat(dev.sallyport("ssh", "web-1", "--", "echo again").output())
                    .isEqualTo("again\n");
        } finally {
            orphans.forEach(ProcessHandle::destroy);
        }
    }

    private static JsonNode session(User who) {
        return who.sallyport("sessions", "-o", "json").json().path("items").path(0);
    }
}
