package dev.sallyport.acceptance;

import dev.sallyport.credential.Hosts;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.ProgramRun;
import dev.sallyport.testkit.SshClient;
import dev.sallyport.testkit.SshKeys;
import dev.sallyport.testkit.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A real sshd, enrolled as the how-to says, with the script beside it that keeps its revocation list fresh. */
@NullMarked
final class KillHost implements AutoCloseable {
    static final String NAME = "kill-1";
    static final String LOGIN = System.getProperty("user.name");

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final Path key;
    private final SshServer sshd;
    private final Path knownHosts;
    private @Nullable ChildProcess script;

    private KillHost(Path folder, Path key, SshServer sshd, Path knownHosts) {
        this.folder = folder;
        this.knownHosts = knownHosts;
        this.key = key;
        this.sshd = sshd;
    }

    /** Sets the host up and fetches its first list; the server must be up. */
    static KillHost enrolled(Path folder, int port, Hosts.Enrolment enrolment, String url, String ca)
            throws IOException {
        Path authorized = Files.createDirectories(folder.resolve("authorized"));
        for (var login : enrolment.authorizedKeys().entrySet()) {
            Files.write(authorized.resolve(login.getKey()), login.getValue());
        }
        Files.writeString(folder.resolve("host.conf"), "server_url=" + url + "\ntarget=" + NAME + "\n");
        Path token = folder.resolve("authorization");
        Files.writeString(token, "Authorization: Bearer " + enrolment.token().reveal() + "\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(folder.resolve("ca.pem"), ca);
        Files.write(
                folder.resolve("allowed_signers"),
                enrolment.krlSigner().stream()
                        .map(signer -> "sallyport namespaces=\"krl@sallyport\" "
                                + signer.publicKey().line())
                        .toList());
        Files.writeString(folder.resolve("sallyport-host"), Hosts.script());
        ProgramRun.of(LIMIT, command(folder, "once")).succeeded();
        SshServer sshd = SshServer.in(folder)
                .port(port)
                .authorizedKeysFile(authorized + "/%u")
                .revokedKeys(folder.resolve("revoked.krl"))
                .line("MaxStartups 100")
                .start();
        Path knownHosts = Files.writeString(folder.resolve("known_hosts"), sshd.knownHostsLine() + "\n");
        return new KillHost(folder, SshKeys.generate(folder.resolve("client")), sshd, knownHosts);
    }

    private static List<String> command(Path folder, String... more) {
        var command = new java.util.ArrayList<>(
                List.of("bash", folder.resolve("sallyport-host").toString(), folder.toString()));
        command.addAll(List.of(more));
        return command;
    }

    /** Starts the script, or starts it again: whoever restarts a server does not want to wait for its pauses. */
    void follow() {
        if (script != null) {
            script.stop();
        }
        script = ChildProcess.of(command(folder))
                .logTo(folder.resolve("host.log"))
                .start();
    }

    /** The key that all certificates of the test are for. */
    String publicKey() {
        try {
            return Files.readString(SshKeys.publicHalf(key)).strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Whether a login with this certificate succeeds; anything but yes and "permission denied" fails the test. */
    boolean admits(Path certificate) {
        ProgramRun run = SshClient.to(LOGIN, sshd.port())
                .knownHosts(knownHosts)
                .key(key)
                .certificate(certificate)
                .option("KexAlgorithms=curve25519-sha256")
                .limit(LIMIT)
                .run("true");
        if (run.exit() == 0) {
            return true;
        }
        if (run.exit() == 255 && run.stderr().contains("Permission denied")) {
            return false;
        }
        throw new AssertionError("ssh neither got in nor was refused: " + run);
    }

    @Override
    public void close() {
        if (script != null) {
            script.stop();
        }
        sshd.close();
    }
}
