package dev.sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A real {@code sshd} on a port of 127.0.0.1 with a folder of its own. Run by root it admits any account; run by anybody
 * else it admits only that account. Nobody gets in until keys or a CA are named. {@code HOME} of those who get in is a
 * folder of the server: what the account's own start-up files do (wait for a lock, say) is no business of a test.
 */
public final class SshServer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/sshd");
    private static final Duration START_TIMEOUT = Duration.ofSeconds(15);

    private final ChildProcess process;
    private final int port;
    private final Path hostKey;

    private SshServer(ChildProcess process, int port, Path hostKey) {
        this.process = process;
        this.port = port;
        this.hostKey = hostKey;
    }

    /** How the server is set up. */
    public static final class Spec {
        private final Path dir;
        private final List<String> lines = new ArrayList<>();
        private final List<String> matches = new ArrayList<>();
        private @Nullable Path hostKey;
        private int port;

        private Spec(Path dir) {
            this.dir = dir;
        }

        /** A private host key; a new Ed25519 key in the folder if not given. */
        public Spec hostKey(Path file) {
            hostKey = file;
            return this;
        }

        public Spec hostCertificate(Path file) {
            return line("HostCertificate " + file);
        }

        /** As in {@code sshd_config}: {@code %u} is the account. */
        public Spec authorizedKeysFile(String pattern) {
            return line("AuthorizedKeysFile " + pattern);
        }

        /** The file must exist, or every key is refused. */
        public Spec revokedKeys(Path file) {
            return line("RevokedKeys " + file);
        }

        /** A fixed port, for a server that comes back where it was; a free one if not given. */
        public Spec port(int wanted) {
            port = wanted;
            return this;
        }

        /** Any line of {@code sshd_config}; it comes first and so beats what stands there by default. */
        public Spec line(String line) {
            lines.add(line);
            return this;
        }

        /** A {@code Match} line and those below it. */
        public Spec match(String... block) {
            matches.addAll(List.of(block));
            return this;
        }

        public SshServer start() {
            try {
                Files.createDirectories(home());
                prepareAsRoot();
                Path key = hostKey != null ? hostKey : dir.resolve("host_key");
                if (!Files.exists(key)) {
                    SshKeys.generate(key);
                }
                int chosen = port != 0 ? port : FreePort.find();
                Path config = Files.writeString(dir.resolve("sshd_config"), config(chosen, key));
                var child = ChildProcess.of(PROGRAM.toString(), "-D", "-e", "-f", config.toString())
                        .logTo(dir.resolve("sshd.log"))
                        .start();
                await(child, chosen);
                return new SshServer(child, chosen, key);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void await(ChildProcess child, int port) {
            boolean up = false;
            try {
                child.awaitLine("Server listening on 127.0.0.1 port " + port, START_TIMEOUT);
                up = true;
            } finally {
                if (!up) {
                    child.stop();
                }
            }
        }

        /** Its parent folders are the test's, so their modes say nothing: StrictModes is off. */
        private String config(int chosen, Path key) {
            var all = new ArrayList<>(lines);
            all.addAll(List.of(
                    "ListenAddress 127.0.0.1",
                    "Port " + chosen,
                    "HostKey " + key,
                    "PidFile none",
                    "LogLevel VERBOSE",
                    "UsePAM no",
                    "StrictModes no",
                    "PasswordAuthentication no",
                    "KbdInteractiveAuthentication no",
                    "PermitRootLogin prohibit-password",
                    "AuthorizedKeysFile none",
                    "UseDNS no",
                    "PrintMotd no",
                    "PrintLastLog no",
                    "SetEnv HOME=" + home(),
                    "Subsystem sftp internal-sftp"));
            all.addAll(matches);
            return String.join("\n", all) + "\n";
        }

        private Path home() {
            return dir.resolve("home");
        }

        private static void prepareAsRoot() throws IOException {
            if (!Files.isExecutable(PROGRAM)) {
                throw new IllegalStateException(PROGRAM + " is missing (Debian: apt-get install openssh-server)");
            }
            if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                Files.createDirectories(
                        Path.of("/run/sshd"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            }
        }
    }

    public static Spec in(Path dir) {
        return new Spec(dir);
    }

    public int port() {
        return port;
    }

    public Path hostKey() {
        return hostKey;
    }

    /** The line for {@code known_hosts} that trusts the host key itself. */
    public String knownHostsLine() {
        try {
            return "[127.0.0.1]:" + port + " "
                    + Files.readString(SshKeys.publicHalf(hostKey)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that trusts this host key; user is an account here. */
    public SshClient client(String user) {
        try {
            Path file = hostKey.resolveSibling("known_hosts_" + port);
            return SshClient.to(user, port).knownHosts(Files.writeString(file, knownHostsLine() + "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For its log and its death. */
    public ChildProcess process() {
        return process;
    }

    /** Ends the server and the sessions open on it. */
    @Override
    public void close() {
        process.stop();
    }
}
