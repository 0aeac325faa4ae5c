package dev.sallyport.gateway.ssh;

import static dev.sallyport.gateway.ssh.GatewayLab.ME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.RequestId;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Asked;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.testkit.ProgramRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignInTest {
    @TempDir
    private Path dir;

    private GatewayLab lab;
    private final List<Evidence> shown = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        lab = GatewayLab.in(dir);
        Files.delete(dir.resolve("user-cert.pub"));
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
    }

    @Test
    void theCodeOfTheLinkLetsThePersonIn() {
        lab.control.otherwise = byLink();

        ProgramRun run = ssh("1234", "echo in");

        assertThat(run.stdout()).as(run.stderr()).contains("in");
        assertThat(run.stderr()).contains("https://portal/link/abc");
        assertThat(answers()).contains("Code: ");
    }

    @Test
    void theKeyThatWasProvedGoesWithTheLink() {
        lab.control.otherwise = byLink();

        ssh("1234", "true");

        assertThat(shown.getLast().handshake()).isPresent();
        assertThat(shown.getLast().link()).contains(new Evidence.LinkAnswer("abc", "1234"));
    }

    @Test
    void aWrongCodeDoesNotLetAnybodyIn() {
        lab.control.otherwise = byLink();

        ProgramRun run = ssh("9999", "echo in");

        assertThat(run.stdout()).doesNotContain("in\n");
        assertThat(run.exit()).isEqualTo(255);
        assertThat(shown.stream().filter(evidence -> evidence.link().isPresent()))
                .hasSizeLessThanOrEqualTo(9);
    }

    @Test
    void batchModeIsToldWhatToDo() {
        lab.control.otherwise = byLink();

        ProgramRun run = lab.client().run("true");

        assertThat(run.exit()).isEqualTo(255);
        assertThat(run.stderr()).contains("sign in with \"sallyport login\"");
    }

    @Test
    void whoMayAskAsksInTheTerminalAndGoesOn() throws IOException {
        var granted = new CopyOnWriteArrayList<String>();
        lab.control.otherwise = _ -> granted.isEmpty()
                ? new Answer.MayAsk(
                        "dev",
                        List.of(new Answer.Offer("operator", ME, Duration.ofHours(1), true, "one approval\u001b[2J")))
                : lab.control.permit(new Destination("web-1", Optional.of(ME), "", ""));
        lab.control.answerToAsking = new Asked(RequestId.next(), Asked.State.WAITING, "waits for one approval");
        Thread.ofVirtual().start(() -> {
            while (lab.control.asked.size() < 5) {
                Thread.onSpinWait();
            }
            granted.add("yes");
        });

        ProgramRun run = ssh("1", "echo in");

        assertThat(run.stdout()).as(run.stderr()).contains("in");
        assertThat(run.stderr()).contains("waits for one approval").doesNotContain("\u001b[2J");
    }

    private java.util.function.Function<Evidence, Answer> byLink() {
        return evidence -> {
            shown.add(evidence);
            return evidence.link()
                            .filter(answer -> answer.code().equals("1234"))
                            .isPresent()
                    ? lab.control.permit(new Destination("web-1", Optional.of(ME), "", ""))
                    : new Answer.SignIn(
                            "abc", "https://portal/link/abc", Instant.now().plus(Duration.ofMinutes(2)));
        };
    }

    /** ssh with an SSH_ASKPASS that always answers the same, as there is no terminal here. */
    private ProgramRun ssh(String answer, String command) {
        try {
            Path askpass = Files.writeString(
                    dir.resolve("askpass"),
                    "#!/bin/sh\necho \"$1\" >> " + dir
                            + "/prompts\ncase \"$1\" in *'how long'*) echo 30m;; *Reason*) echo because;; *) echo "
                            + answer + ";; esac\n");
            Files.setPosixFilePermissions(askpass, PosixFilePermissions.fromString("rwx------"));
            return ProgramRun.of(
                    Duration.ofSeconds(60),
                    List.of(
                            "env",
                            "SSH_ASKPASS=" + askpass,
                            "SSH_ASKPASS_REQUIRE=force",
                            "ssh",
                            "-F",
                            "none",
                            "-o",
                            "IdentityAgent=none",
                            "-o",
                            "IdentitiesOnly=yes",
                            "-o",
                            "UserKnownHostsFile=" + lab.trusted,
                            "-i",
                            lab.userKey.toString(),
                            "-p",
                            "" + lab.gateway.port(),
                            ME + "%web-1@127.0.0.1",
                            command));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What was shown to whom typed. */
    private String answers() {
        try {
            return Files.readString(dir.resolve("prompts"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
