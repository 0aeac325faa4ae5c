package dev.sallyport.server.demo;

import dev.sallyport.credential.Hosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A target of the demo: a real sshd on loopback, set up as an enrolled host is, with the script that keeps its
 * revocation list fresh. As root it admits root; otherwise only the user who runs it can log in.
 */
final class DemoHost {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String name;
    private final Path folder;
    private final int port;
    private final Programs programs;
    private final Map<String, String> environment;

    DemoHost(String name, Path folder, Programs programs, Map<String, String> environment) {
        this.name = name;
        this.folder = DemoFiles.folder(folder);
        this.programs = programs;
        this.environment = environment;
        this.port = DemoFiles.freePort();
        if (!Files.exists(hostKey())) {
            Programs.run(List.of(
                    Programs.find("ssh-keygen", environment).toString(),
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-C",
                    name,
                    "-f",
                    hostKey().toString()));
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** The line that pins the host key. */
    String publicKey() {
        return DemoFiles.read(folder.resolve("host_key.pub")).strip();
    }

    /** Sets the host up as enrolment says, fetches the first revocation list and starts both programs. */
    void start(Hosts.Enrolment enrolment, String serverUrl, String caPem) {
        Path authorized = DemoFiles.folder(folder.resolve("authorized"));
        enrolment
                .authorizedKeys()
                .forEach((login, lines) ->
                        DemoFiles.write(authorized.resolve(login), String.join("\n", lines) + "\n", "rw-r--r--"));
        DemoFiles.write(
                folder.resolve("host.conf"), "server_url=" + serverUrl + "\ntarget=" + name + "\n", "rw-------");
        DemoFiles.write(
                folder.resolve("authorization"),
                "Authorization: Bearer " + enrolment.token().reveal() + "\n",
                "rw-------");
        DemoFiles.write(folder.resolve("ca.pem"), caPem, "rw-r--r--");
        DemoFiles.write(
                folder.resolve("allowed_signers"),
                enrolment.krlSigner().stream()
                        .map(key -> "sallyport namespaces=\"krl@sallyport\" "
                                + key.publicKey().line() + "\n")
                        .reduce("", String::concat),
                "rw-r--r--");
        DemoFiles.write(
                folder.resolve("emergency_ca.pub"),
                enrolment.emergency().stream().map(key -> key.line() + "\n").reduce("", String::concat),
                "rw-r--r--");
        DemoFiles.write(folder.resolve("sallyport-principals"), Hosts.principalsScript(), "rw-r--r--");
        Path script = folder.resolve("sallyport-host");
        DemoFiles.write(script, Hosts.script(), "rwx------");
        Path log = folder.resolve("host.log");
        Programs.find("curl", environment);
        Programs.run(List.of("bash", script.toString(), folder.toString(), "once"));
        programs.start(log, environment, List.of("bash", script.toString(), folder.toString()));
        startSshd(authorized);
    }

    private void startSshd(Path authorized) {
        Path config = folder.resolve("sshd_config");
        boolean root = "root".equals(System.getProperty("user.name"));
        DemoFiles.write(
                config,
                """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %s
                PidFile %s
                AuthorizedKeysFile %s/%%u
                RevokedKeys %s
                TrustedUserCAKeys %s
                AuthorizedPrincipalsCommand /bin/bash %s %s %s %%u %%F %%t %%k
                AuthorizedPrincipalsCommandUser %s
                PubkeyAuthentication yes
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin %s
                UsePAM no
                StrictModes no
                AllowTcpForwarding no
                AllowAgentForwarding no
                X11Forwarding no
                PrintMotd no
                SetEnv HOME=%s
                LogLevel VERBOSE
                Subsystem sftp internal-sftp
                """.formatted(
                                port,
                                hostKey(),
                                folder.resolve("sshd.pid"),
                                authorized,
                                folder.resolve("revoked.krl"),
                                folder.resolve("emergency_ca.pub"),
                                folder.resolve("sallyport-principals"),
                                folder,
                                name,
                                System.getProperty("user.name"),
                                root ? "prohibit-password" : "no",
                                DemoFiles.folder(folder.resolve("home"))),
                "rw-------");
        if (root) {
            DemoFiles.folder(Path.of("/run/sshd"));
        }
        Path sshd = Programs.find("sshd", environment);
        Process process = programs.start(
                folder.resolve("sshd.log"), environment, List.of(sshd.toString(), "-D", "-e", "-f", config.toString()));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new DemoFailure(
                        "sshd of " + name + " does not start; " + folder.resolve("sshd.log") + " says why");
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DemoFailure("interrupted", e);
            }
        }
    }

    private boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private Path hostKey() {
        return folder.resolve("host_key");
    }
}
