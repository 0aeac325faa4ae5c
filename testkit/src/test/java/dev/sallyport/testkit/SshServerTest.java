package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshServerTest {
    private static final String ME = System.getProperty("user.name");

    @TempDir
    private Path dir;

    private Path key;
    private Path ca;

    @BeforeEach
    void makeKeys() {
        key = SshKeys.generate(dir.resolve("key"));
        ca = SshKeys.generate(dir.resolve("ca"));
    }

    @Test
    void anAuthorizedKeyRunsACommand() {
        try (SshServer server = server().authorizedKeysFile(publicHalf(key)).start()) {
            ProgramRun run = server.client(ME).key(key).run("cat; echo oops >&2; exit 7", "hello");

            assertThat(run).isEqualTo(new ProgramRun(7, "hello", "oops\n"));
        }
    }

    @Test
    void anotherKeyIsRefused() {
        Path stranger = SshKeys.generate(dir.resolve("stranger"));
        try (SshServer server = server().authorizedKeysFile(publicHalf(key)).start()) {
            ProgramRun run = server.client(ME).key(stranger).run("true");

            assertThat(run.exit()).isEqualTo(255);
            assertThat(run.stderr()).contains("Permission denied");
            assertThat(server.process().output()).contains("Failed publickey");
        }
    }

    @Test
    void anUnknownHostKeyIsRefused() {
        try (SshServer server = server().authorizedKeysFile(publicHalf(key)).start()) {
            ProgramRun run = SshClient.to(ME, server.port()).key(key).run("true");

            assertThat(run.exit()).isEqualTo(255);
            assertThat(run.stderr()).contains("Host key verification failed");
        }
    }

    @Test
    void aCertificateOfTheTrustedCaGetsInAndARevokedOneDoesNot() throws IOException {
        SshKeys.certify(ca, key, "test", ME);
        Path revoked = Files.createFile(dir.resolve("revoked"));
        try (SshServer server = server().line("TrustedUserCAKeys " + publicHalf(ca))
                .revokedKeys(revoked)
                .start()) {
            assertThat(server.client(ME).key(key).run("echo in").succeeded().stdout())
                    .isEqualTo("in\n");

            Files.copy(SshKeys.publicHalf(key), revoked, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

            assertThat(server.client(ME).key(key).run("echo in").exit()).isEqualTo(255);
        }
    }

    @Test
    void aHostCertificateIsTrustedThroughItsCa() throws IOException {
        Path hostKey = SshKeys.generate(dir.resolve("host"));
        Path certificate = SshKeys.certify(ca, hostKey, "host", "127.0.0.1", "-h");
        Path trusted = Files.writeString(
                dir.resolve("trusted"), "@cert-authority * " + Files.readString(SshKeys.publicHalf(ca)));
        try (SshServer server = server().hostKey(hostKey)
                .hostCertificate(certificate)
                .authorizedKeysFile(publicHalf(key))
                .start()) {
            SshClient client = SshClient.to(ME, server.port()).key(key).knownHosts(trusted);

            assertThat(client.run("echo in").succeeded().stdout()).isEqualTo("in\n");
        }
    }

    @Test
    void closingEndsOpenSessions() {
        ChildProcess session;
        try (SshServer server = server().authorizedKeysFile(publicHalf(key)).start()) {
            session = server.client(ME).key(key).start("echo up; sleep 60").start();
            session.awaitLine("up", Duration.ofSeconds(20));
        }

        assertThat(session.awaitExit(Duration.ofSeconds(20))).isEqualTo(255);
    }

    @Test
    void aBadLineIsReportedWithWhatSshdSays() {
        assertThatThrownBy(() -> server().line("NoSuchOption yes").start())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Bad configuration option");
    }

    private SshServer.Spec server() {
        return SshServer.in(dir.resolve("sshd"));
    }

    private static String publicHalf(Path privateKey) {
        return SshKeys.publicHalf(privateKey).toString();
    }
}
