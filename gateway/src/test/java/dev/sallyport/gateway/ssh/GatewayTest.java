package dev.sallyport.gateway.ssh;

import static dev.sallyport.gateway.ssh.GatewayLab.ME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.ProgramRun;
import dev.sallyport.testkit.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayTest {
    @TempDir
    private Path dir;

    private GatewayLab lab;

    @BeforeEach
    void start() throws IOException {
        lab = GatewayLab.in(dir);
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
    }

    @Test
    void aCommandRunsWithItsInputOutputErrorsAndExitStatus() {
        ProgramRun run = lab.client().run("cat; echo oops >&2; exit 7", "hello");

        assertThat(run).isEqualTo(new ProgramRun(7, "hello", "oops\n"));
    }

    @Test
    void aPercentSignSeparatesLoginAndTargetToo() {
        assertThat(lab.clientAs(ME + "%web-1").run("echo in").succeeded().stdout())
                .isEqualTo("in\n");
    }

    @Test
    void theTargetAloneGoesToTheFirstLogin() {
        assertThat(lab.clientAs("web-1").run("id -un").succeeded().stdout()).isEqualTo(ME + "\n");
    }

    @Test
    void aTargetThatIsNotThereIsRefusedWithASentence() {
        ProgramRun run = lab.clientAs(ME + "@nowhere").run("true");

        assertThat(run.exit()).isEqualTo(255);
        assertThat(run.stderr()).contains("There is no target nowhere for you.");
    }

    @Test
    void aCertificateOfAnotherAuthorityIsRefused() {
        Path forger = SshKeys.generate(dir.resolve("forger"));
        SshKeys.certify(forger, lab.userKey, "dev", "dev");

        ProgramRun run = lab.client().run("true");

        assertThat(run.exit()).isEqualTo(255);
        assertThat(run.stderr()).contains("Nobody is known by this.", "Permission denied");
        assertThat(lab.control.opened).isEmpty();
    }

    @Test
    void anExpiredCertificateIsNotEvenSentOn() {
        SshKeys.certify(lab.accessCa, lab.userKey, "dev", "dev", "-V", "20200101:20200102");

        ProgramRun run = lab.client().option("IdentitiesOnly=yes").run("true");

        assertThat(run.exit()).isEqualTo(255);
        assertThat(lab.control.opened).isEmpty();
    }

    @Test
    void aTargetWithAnotherHostKeyIsRefused() throws IOException {
        Path other = SshKeys.generate(dir.resolve("other"));
        lab.control.targets.put("web-1", lab.access(List.of("web-1 " + GatewayLab.publicLine(other))));

        ProgramRun run = lab.client().run("true");

        assertThat(run.exit()).isEqualTo(255);
        assertThat(run.stderr()).contains("target web-1 is not trusted", "is not the one that is known");
    }

    @Test
    void aTargetThatNothingIsKnownOfIsRefused() {
        lab.control.targets.put("web-1", lab.access(List.of()));

        assertThat(lab.client().run("true").stderr()).contains("no host key or authority is known");
    }

    @Test
    void theGatewayShowsAHostCertificate() throws IOException {
        Files.writeString(lab.trusted, "@cert-authority * " + GatewayLab.publicLine(lab.accessCa));

        assertThat(lab.client().run("true").stderr()).contains("Host key verification failed");
    }
}
