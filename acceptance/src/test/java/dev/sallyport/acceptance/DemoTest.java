package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import dev.sallyport.testkit.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The whole life of a grant through the real command line, server, ssh and sshd: CR1, CR8, CR9, RQ1, RQ2, RQ4, AC6, AC9,
 * RV1, RV3, RV5, AU1, AU3, AP2, ID8, OP1.
 */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoTest {
    @TempDir
    static Path temporary;

    private Installation installation;
    private User dev;
    private User lead;
    private User auditor;

    @BeforeAll
    void start() {
        installation = Installation.start(temporary.resolve("demo"));
        dev = installation.signIn("dev");
        lead = installation.signIn("lead");
        auditor = installation.signIn("auditor");
        installation.granted(auditor, lead, "administrator", "sallyport");
    }

    @AfterAll
    void stop() {
        installation.close();
    }

    /** A running grant of dev for ops-direct on the target. */
    private String granted(String target) {
        return installation.granted(dev, lead, "ops-direct", target);
    }

    /** Plain ssh with the files that `credential` wrote. */
    private Outcome plainSsh(Path credential, String target, String... command) {
        var words = new ArrayList<String>(List.of(
                "ssh",
                "-F",
                "none",
                "-o",
                "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityFile=" + credential.resolve("id_ed25519"),
                "-o",
                "CertificateFile=" + credential.resolve("id_ed25519-cert.pub"),
                "-o",
                "UserKnownHostsFile=" + credential.resolve("known_hosts"),
                "-o",
                "StrictHostKeyChecking=yes",
                "-o",
                "HostKeyAlias=" + target,
                "-p",
                Integer.toString(installation.port(target)),
                System.getProperty("user.name") + "@127.0.0.1"));
        words.addAll(List.of(command));
        return Installation.execute(words, null, Map.of());
    }

    @Test
    void demoJsonIsPrivateAndComplete() throws Exception {
        Path file = installation.dir().resolve("demo.json");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(installation.serverUrl()).startsWith("https://localhost:");
        assertThat(installation.caFile()).exists();
        assertThat(installation.description().path("people")).hasSize(3);
        assertThat(installation.description().path("targets")).hasSize(2);
        assertThat(installation.description().path("ssh_gateway").path("port").asInt())
                .isPositive();
    }

    @Test
    void whoDoesNotAskDoesNotGetIn() {
        Outcome outcome = lead.sallyport("ssh", "web-1", "--", "true");

        assertThat(outcome.exit()).isEqualTo(2);
        assertThat(outcome.errors()).contains("! credential.no-grant:", "hint:");
    }

    @Test
    void aCertificateOpensItsTargetAndNoOther() {
        String grant = granted("web-1");
        Path credential = temporary.resolve("opens");
        assertThat(dev.sallyport("credential", "ssh", "web-1", "--out", credential.toString())
                        .exit())
                .isZero();

        assertThat(plainSsh(credential, "web-1", "echo", "in").output()).isEqualTo("in\n");
        var words = plainSshTo("web-2", credential);
        assertThat(words.exit()).isEqualTo(255);
        assertThat(words.errors()).contains("Permission denied");
        assertThat(dev.sallyport("return", grant).exit()).isZero();
    }

    /** The certificate of web-1 at another host, whose key we trust for this. */
    private Outcome plainSshTo(String target, Path credential) {
        return Installation.execute(
                List.of(
                        "ssh",
                        "-F",
                        "none",
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "IdentitiesOnly=yes",
                        "-o",
                        "IdentityFile=" + credential.resolve("id_ed25519"),
                        "-o",
                        "CertificateFile=" + credential.resolve("id_ed25519-cert.pub"),
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-p",
                        Integer.toString(installation.port(target)),
                        System.getProperty("user.name") + "@127.0.0.1",
                        "true"),
                null,
                Map.of());
    }

    @Test
    void revokingIsRefusedByTheHostWithinASecondAndConfirmed() throws Exception {
        String grant = granted("web-2");
        Path credential = temporary.resolve("revoked");
        assertThat(dev.sallyport("credential", "ssh", "web-2", "--out", credential.toString())
                        .exit())
                .isZero();
        assertThat(plainSsh(credential, "web-2", "true").exit()).isZero();

        assertThat(auditor.sallyport("revoke", grant, "--reason", "acceptance").exit())
                .isZero();
        TimeUnit.SECONDS.sleep(1);

        assertThat(plainSsh(credential, "web-2", "true").exit()).isEqualTo(255);
        JsonNode shown = null;
        for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos(); System.nanoTime() < end; ) {
            shown = auditor.sallyport("show", grant, "-o", "json").json();
            if (shown.path("state").asString().equals("ended")) {
                break;
            }
        }
        assertThat(shown).isNotNull();
        assertThat(shown.path("state").asString()).isEqualTo("ended");
        assertThat(shown.path("end_reason").asString()).isEqualTo("revoked");
        assertThat(shown.path("leases").path(0).path("state").asString()).isEqualTo("closed");
    }

    @Test
    void filesGoBothWays() throws Exception {
        String grant = granted("web-1");
        Path sent = Files.write(temporary.resolve("sent"), new byte[100_000]);
        Path there = temporary.resolve("there");
        Path back = temporary.resolve("back");

        assertThat(dev.sallyport("scp", sent.toString(), "web-1:" + there).exit())
                .isZero();
        assertThat(dev.sallyport("scp", "web-1:" + there, back.toString()).exit())
                .isZero();

        assertThat(Files.mismatch(sent, back)).isEqualTo(-1);
        assertThat(dev.sallyport("return", grant).exit()).isZero();
    }

    @Test
    void whoIsQuarantinedIsOutEverywhereAtOnce() {
        String grant = granted("web-1");

        assertThat(auditor.sallyport("quarantine", "dev", "--reason", "drill").exit())
                .isZero();
        assertThat(dev.sallyport("whoami", "-o", "json").exit()).isNotZero();
        assertThat(dev.sallyport("request", "ops-direct", "web-1", "--for", "5m", "--reason", "please")
                        .exit())
                .isNotZero();
        assertThat(auditor.sallyport("show", grant, "-o", "json")
                        .json()
                        .path("end_reason")
                        .asString())
                .isEqualTo("quarantined");
        assertThat(auditor.sallyport("unquarantine", "dev", "--reason", "drill over")
                        .exit())
                .isZero();
        dev = installation.signIn("dev");
        assertThat(dev.sallyport("whoami").exit()).isZero();
    }

    @Test
    void theAuditLogTellsTheWholeStory() {
        String grant = granted("web-1");
        assertThat(dev.sallyport("ssh", "web-1", "--", "true").exit()).isZero();
        JsonNode shown = dev.sallyport("show", grant, "-o", "json").json();

        JsonNode events = auditor.sallyport(
                        "audit", "search", "--request", shown.path("request").asString(), "-o", "json")
                .json();

        var activities = new ArrayList<String>();
        events.path("items")
                .forEach(event -> activities.add(event.path("activity").asString()));
        assertThat(activities)
                .contains("request.created", "approval.given", "request.approved", "grant.created", "lease.issued");
        assertThat(dev.sallyport("audit", "search").exit()).isEqualTo(2);
        assertThat(dev.sallyport("return", grant).exit()).isZero();
    }

    @Test
    void theDemoStopsCleanlyOnATermAndAnIntSignal() throws Exception {
        for (String signal : List.of("-TERM", "-INT")) {
            Path dir = temporary.resolve("stop" + signal);
            // whoever runs the tests in the background has them ignore SIGINT, and children inherit that
            Installation second = Installation.start(dir, List.of("env", "--default-signal=INT,TERM"));
            int port = second.port("web-1");

            new ProcessBuilder("kill", signal, Long.toString(second.process().pid()))
                    .start()
                    .waitFor();
            second.process().awaitExit(Duration.ofSeconds(40));

            assertThat(FreePort.answers(port)).isFalse();
            assertThat(dir.resolve("postgres/data/postmaster.pid")).doesNotExist();
        }
    }
}
