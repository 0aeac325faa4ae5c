package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.ChildProcess;
import dev.sallyport.testkit.FreePort;
import dev.sallyport.testkit.ProgramRun;
import dev.sallyport.testkit.SshClient;
import dev.sallyport.testkit.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drill: server and database are down, and three of five custodians get into a real host; afterwards it is all known. */
@NullMarked
class BreakglassDrillTest {
    private static final String LOGIN = System.getProperty("user.name");
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path temporary;

    private final List<ChildProcess> children = new ArrayList<>();

    @AfterEach
    void stop() {
        children.forEach(ChildProcess::stop);
    }

    private static Outcome good(Outcome outcome) {
        assertThat(outcome.exit()).as(outcome.output() + outcome.errors()).isZero();
        return outcome;
    }

    private static void holds(User user, String role) {
        good(user.sallyport("request", role, "sallyport", "--for", "1h", "--reason", "drill"));
    }

    /** A host of its own, which lives on when the demo ends. */
    private final class Host {
        private final Path tree = temporary.resolve("host");
        private final Path etc = tree.resolve("etc/ssh");
        private final int port = FreePort.find();
        private final Path log = temporary.resolve("sshd.log");

        void prepare() throws IOException {
            Files.createDirectories(etc.resolve("sshd_config.d"));
            SshKeys.generate(etc.resolve("ssh_host_ed25519_key"));
            Files.writeString(etc.resolve("sshd_config"), """
                    Include %s/sshd_config.d/*.conf
                    Port %d
                    ListenAddress 127.0.0.1
                    HostKey %s/ssh_host_ed25519_key
                    PidFile none
                    UsePAM no
                    StrictModes no
                    PasswordAuthentication no
                    PermitRootLogin prohibit-password
                    SetEnv HOME=%s
                    """.formatted(etc, port, etc, temporary));
            if (LOGIN.equals("root")) {
                Files.createDirectories(Path.of("/run/sshd"));
            }
        }

        void start() {
            var sshd = ChildProcess.of(
                            "/usr/sbin/sshd",
                            "-D",
                            "-e",
                            "-f",
                            etc.resolve("sshd_config").toString())
                    .logTo(log)
                    .start();
            children.add(sshd);
            sshd.awaitPort(port, LIMIT);
            children.add(ChildProcess.of("bash", file("sallyport-host").toString(), file("").toString())
                    .logTo(temporary.resolve("host.log"))
                    .start());
        }

        Path file(String name) {
            return etc.resolve("sallyport").resolve(name);
        }

        ProgramRun login(Path key) throws IOException {
            String hostKey =
                    Files.readString(etc.resolve("ssh_host_ed25519_key.pub")).strip();
            Path known =
                    Files.writeString(temporary.resolve("known_hosts"), "[127.0.0.1]:" + port + " " + hostKey + "\n");
            return SshClient.to(LOGIN, port).knownHosts(known).key(key).run("echo in");
        }

        /** The lines of the real sshd, as syslog would have written them. */
        Path authLog() throws IOException {
            String lines = Files.readAllLines(log).stream()
                    .map(line -> Instant.now() + " drill-1 sshd[1]: " + line + "\n")
                    .collect(Collectors.joining());
            return Files.writeString(temporary.resolve("auth.log"), lines);
        }
    }

    private Path shares(String file) {
        return temporary.resolve("kit").resolve(file);
    }

    private String custodian(String name) throws IOException {
        Path identity = temporary.resolve(name + "-key.txt");
        ProgramRun.of(LIMIT, List.of("age-keygen", "-o", identity.toString())).succeeded();
        String text = Files.readString(identity);
        return name + "=" + text.replaceAll("(?s).*# public key: (age1[a-z0-9]+).*", "$1");
    }

    private void makesKit(User keeper, User second) throws IOException {
        good(keeper.run(
                "eve knows a phrase\ndan knows another\n",
                "breakglass",
                "kit",
                "create",
                "drill",
                "--threshold",
                "3",
                "--of",
                "5",
                "--out",
                shares("").toString(),
                "--custodian",
                custodian("ada"),
                "--custodian",
                custodian("bob"),
                "--custodian",
                custodian("joe"),
                "--custodian",
                "eve=passphrase",
                "--custodian",
                "dan=passphrase"));
        String fingerprint = Files.readString(shares("share-1-ada.txt"))
                .replaceAll("(?s).*Authority   (SHA256:[A-Za-z0-9+/]{43}).*", "$1");
        assertThat(keeper.sallyport("breakglass", "kit", "confirm", "drill", "--fingerprint", fingerprint)
                        .errors())
                .contains("! breakglass.second-person: ");
        good(second.sallyport("breakglass", "kit", "confirm", "drill", "--fingerprint", fingerprint));
    }

    /** On a laptop that has never heard of a server. */
    private Outcome opens(Path access, String... shares) {
        var words = new ArrayList<>(List.of(
                "breakglass",
                "open",
                shares("drill.kit").toString(),
                "--target",
                "drill-1",
                "--login",
                LOGIN,
                "--for",
                "30m",
                "--reason",
                "drill: the server is down",
                "--identity",
                temporary.resolve("ada-key.txt").toString(),
                "--identity",
                temporary.resolve("joe-key.txt").toString(),
                "--out",
                access.toString()));
        for (String share : shares) {
            words.addAll(List.of("--share", shares(share).toString()));
        }
        return new User("nobody", temporary.resolve("laptop"))
                .run("eve knows a phrase\n", words.toArray(String[]::new));
    }

    private static List<String> findings(User user) {
        return user.sallyport("findings", "-o", "json")
                .json()
                .path("items")
                .valueStream()
                .map(finding -> finding.path("kind").asString() + " "
                        + finding.path("subject").asString())
                .toList();
    }

    private static long events(User user, String activity) {
        return good(user.sallyport("audit", "search", "--activity", activity, "-o", "json"))
                .json()
                .path("items")
                .size();
    }

    @Test
    void threeOfFiveGetInWithoutServerAndDatabaseAndAfterwardsItIsAllKnown() throws Exception {
        Path demo = temporary.resolve("demo");
        int port = FreePort.find();
        var host = new Host();
        host.prepare();
        try (var installation = Installation.start(demo, port)) {
            User auditor = installation.signIn("auditor");
            User lead = installation.signIn("lead");
            String asked = auditor.sallyport(
                            "request", "administrator", "sallyport", "--for", "1h", "--reason", "drill", "-o", "json")
                    .json()
                    .path("id")
                    .asString();
            good(lead.sallyport("approve", asked));
            holds(auditor, "break-glass-keeper");
            holds(lead, "break-glass-keeper");
            Path target = Files.writeString(temporary.resolve("target.yaml"), """
                    apiVersion: sallyport/v1
                    kind: Target
                    metadata: {name: drill-1}
                    spec: {type: ssh, address: {host: 127.0.0.1, port: %d}, ssh: {logins: [%s]}}
                    """.formatted(host.port, LOGIN));
            good(auditor.sallyport("apply", "-f", target.toString()));
            good(auditor.sallyport("targets", "enroll", "drill-1", "--local", "--root", host.tree.toString(), "--yes"));
            host.start();
            makesKit(auditor, lead);
            Await.until(
                    "the host learns of the kit",
                    LIMIT,
                    () -> Files.readString(host.file("emergency_ca.pub")).startsWith("ssh-ed25519 "));
        }
        assertThat(FreePort.answers(port)).as("the server").isFalse();

        // two shares give nothing
        Path access = temporary.resolve("access");
        Outcome two = opens(access, "share-1-ada.age", "share-4-eve.txt");
        assertThat(two.exit()).as(two.errors()).isEqualTo(1);
        assertThat(two.errors()).contains("! breakglass.too-few-shares: 2 good shares of drill (expected: any 3 of 5)");
        try (var files = Files.list(temporary)) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("access")))
                    .isEmpty();
        }

        // three do
        good(opens(access, "share-1-ada.age", "share-4-eve.txt", "share-3-joe.txt"));
        ProgramRun in = host.login(access);
        assertThat(in.stdout()).as(in.stderr() + Files.readString(host.log)).isEqualTo("in\n");

        try (var installation = Installation.start(demo, port)) {
            User auditor = installation.signIn("auditor");
            assertThat(host.login(access).exit()).as("until somebody says so").isZero();

            // the host's log alone: an alarm
            Outcome alarm = good(auditor.sallyport(
                    "breakglass",
                    "reconcile",
                    "--log",
                    "drill-1=" + host.authLog().toString()));
            assertThat(alarm.output())
                    .contains(
                            "ALARM: " + LOGIN + " on drill-1",
                            "no record says who opened the kit",
                            "distrusted: kit drill");
            Await.until(
                    "the host refuses the certificate",
                    LIMIT,
                    () -> host.login(access).stderr().contains("Permission denied"));
            Await.until("the host forgets the kit", LIMIT, () -> Files.size(host.file("emergency_ca.pub")) == 0);

            // with the record it is explained
            Outcome explained = good(auditor.sallyport("breakglass", "reconcile", "--record", access + ".record"));
            assertThat(explained.output())
                    .contains(
                            "the shares of ada, eve, joe: drill: the server is down", "2 login(s) with it in the logs")
                    .doesNotContain("ALARM");
            holds(auditor, "auditor");
            assertThat(findings(auditor))
                    .contains("breakglass-kit-needed drill", "breakglass-rotate drill-1")
                    .noneMatch(finding -> finding.startsWith("breakglass-unrecorded"));
            assertThat(events(auditor, "breakglass.opened")).isEqualTo(1);
            assertThat(events(auditor, "breakglass.login-seen")).isEqualTo(2);
            assertThat(events(auditor, "breakglass.kit-distrusted")).isEqualTo(1);
            assertThat(auditor.sallyport("doctor").output())
                    .contains("drill was opened and no kit is trusted any more");

            good(auditor.sallyport("breakglass", "rotated", "drill-1", "--comment", "new keys and passwords"));
            assertThat(findings(auditor)).doesNotContain("breakglass-rotate drill-1");
        }
    }
}
