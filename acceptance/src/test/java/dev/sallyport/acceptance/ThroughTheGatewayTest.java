package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import dev.sallyport.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The real clients through the gateway of a real server, recorded: SE1, SE5, SE6, SE7, SE8, RV1, RV4. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThroughTheGatewayTest {
    private static final String ME = System.getProperty("user.name");
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Pattern LINK = Pattern.compile("https://\\S+/ssh/\\S+");
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("<strong>([^<]+)</strong>");

    @TempDir
    static Path temporary;

    private Installation installation;
    private User dev;
    private User lead;
    private User auditor;
    private Path config;
    private String grant = "";

    @BeforeAll
    void start() {
        installation = Installation.start(temporary.resolve("demo"));
        dev = installation.signIn("dev");
        lead = installation.signIn("lead");
        auditor = installation.signIn("auditor");
        installation.granted(auditor, lead, "administrator", "sallyport");
        config = installation.sshConfig(dev, temporary.resolve("home"));
    }

    @AfterAll
    void stop() {
        installation.close();
    }

    @BeforeEach
    void ask() {
        grant = installation.granted(dev, lead, "ops", "web-1");
    }

    @AfterEach
    void giveBack() {
        dev.sallyport("return", grant);
    }

    @Test
    void whatACommandSaysAndHowItEndsArrivesUnchanged() {
        Outcome outcome = ssh("echo out; echo err >&2; exit 7");

        assertThat(outcome.exit()).isEqualTo(7);
        assertThat(outcome.output()).isEqualTo("out\n");
        assertThat(outcome.errors()).contains("err\n");
    }

    @Test
    void filesAndRepositoriesGoBothWays() throws Exception {
        Path sent = temporary.resolve("sent");
        var bytes = new byte[3_000_000];
        new Random(11).nextBytes(bytes);
        Files.write(sent, bytes);
        for (List<String> how : List.of(List.of("scp", "-q"), List.of("scp", "-q", "-O"))) {
            Path there = temporary.resolve("there" + how.size());
            Path back = temporary.resolve("back" + how.size());
            isFine(client(how, sent.toString(), "web-1.sallyport:" + there));
            isFine(client(how, "web-1.sallyport:" + there, back.toString()));
            assertThat(Files.mismatch(sent, back)).isEqualTo(-1);
        }
        Path batch = Files.writeString(
                temporary.resolve("batch"), "put %s %s\nls %s\n".formatted(sent, temporary.resolve("put"), temporary));
        Outcome sftp = client(List.of("sftp", "-b", batch.toString()), "web-1.sallyport");
        isFine(sftp);
        assertThat(Files.mismatch(sent, temporary.resolve("put"))).isEqualTo(-1);

        Path repository = temporary.resolve("repository.git");
        isFine(Installation.execute(List.of("git", "init", "-q", "--bare", repository.toString()), null, Map.of()));
        Path clone = temporary.resolve("clone");
        Map<String, String> git =
                Map.of("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -F " + config, "HOME", temporary.toString());
        isFine(Installation.execute(
                List.of("git", "clone", "-q", "web-1.sallyport:" + repository, clone.toString()), null, git));
        Files.writeString(clone.resolve("readme"), "hello\n");
        isFine(Installation.execute(
                List.of(
                        "bash",
                        "-c",
                        "cd " + clone
                                + " && git add . && git -c user.name=dev -c user.email=dev@example.org commit -qm one"
                                + " && git push -q origin HEAD"),
                null,
                git));

        JsonNode files = auditor.sallyport(
                        "audit", "search", "--grant", grant, "--activity", "session.file", "-o", "json")
                .json();
        assertThat(files.toString()).contains(temporary.resolve("there2").toString());
    }

    @Test
    void connectionsAreSharedAndTheCutEndsThemAll() throws Exception {
        Path socket = temporary.resolve("master");
        Process master = new ProcessBuilder(words(
                        List.of("ssh", "-o", "ControlMaster=yes", "-o", "ControlPath=" + socket),
                        "web-1.sallyport",
                        "sleep 120"))
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("master.log").toFile())
                .start();
        Await.until("the shared connection", SOON, () -> Files.exists(socket));
        Outcome second = Installation.execute(
                words(List.of("ssh", "-o", "ControlPath=" + socket), "web-1.sallyport", "echo shared"), null, Map.of());
        assertThat(second.output()).isEqualTo("shared\n");

        isFine(auditor.sallyport("revoke", grant, "--reason", "acceptance"));

        assertThat(master.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(temporary.resolve("master.log"))).contains("Your access has ended");
        assertThat(ssh("true").exit()).isNotZero();
        JsonNode closed = last("session.closed");
        assertThat(closed.path("data").path("reason").asString()).isEqualTo("grant-ended");
        assertThat(closed.path("data").has("cut_ms")).isTrue();
    }

    @Test
    void whoIsQuarantinedIsCutOff() throws Exception {
        Process open = new ProcessBuilder(words(List.of("ssh"), "web-1.sallyport", "echo begun; sleep 120"))
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("quarantined.log").toFile())
                .start();
        Await.until("the session", SOON, () -> read("quarantined.log").contains("begun"));

        isFine(auditor.sallyport("quarantine", "dev", "--reason", "drill"));

        assertThat(open.waitFor(10, TimeUnit.SECONDS)).isTrue();
        isFine(auditor.sallyport("unquarantine", "dev", "--reason", "drill over"));
        dev = installation.signIn("dev");
    }

    @Test
    void whoHasNoCertificateSignsInByTheLinkAndIsRecorded() throws Exception {
        Path askpass = Files.writeString(temporary.resolve("askpass"), """
                #!/bin/sh
                for i in $(seq 400); do
                  if [ -s '%1$s' ]; then cat '%1$s'; exit 0; fi
                  sleep 0.1
                done
                exit 1
                """.formatted(temporary.resolve("code")));
        Files.setPosixFilePermissions(askpass, PosixFilePermissions.fromString("rwx------"));
        var builder = new ProcessBuilder(
                "ssh",
                "-F",
                "none",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "PreferredAuthentications=keyboard-interactive",
                "-p",
                Integer.toString(installation
                        .description()
                        .path("ssh_gateway")
                        .path("port")
                        .asInt()),
                ME + "@web-1@127.0.0.1",
                "echo signed-in-by-link");
        builder.environment().put("SSH_ASKPASS", askpass.toString());
        builder.environment().put("SSH_ASKPASS_REQUIRE", "force");
        Process ssh = builder.redirectError(temporary.resolve("link.err").toFile())
                .redirectOutput(temporary.resolve("link.out").toFile())
                .start();
        Await.until("the link", SOON, () -> LINK.matcher(read("link.err")).find());
        var link = LINK.matcher(read("link.err"));
        assertThat(link.find()).isTrue();

        Files.writeString(temporary.resolve("code"), codeFor(URI.create(link.group())) + "\n");

        assertThat(ssh.waitFor(40, TimeUnit.SECONDS)).isTrue();
        assertThat(read("link.out")).as(read("link.err")).isEqualTo("signed-in-by-link\n");
        assertThat(ssh.exitValue()).isZero();
        String session =
                last("session.closed").path("correlation").path("session").asString();
        Await.until(
                "the recording",
                SOON,
                () -> auditor.sallyport("play", session, "--text", "--reason", "acceptance")
                        .output()
                        .contains("signed-in-by-link"));
        assertThat(dev.sallyport("commands", session).output()).contains("echo signed-in-by-link");
    }

    /** As dev would: sign in, compare, confirm, read the code. */
    private String codeFor(URI link) throws IOException {
        var browser = new Browser(Files.readString(installation.caFile()));
        Browser.Shown login = browser.open(link);
        Browser.Shown page = browser.submit(
                login.address(),
                Map.of("_csrf", field(login), "username", "dev", "password", installation.password("dev")));
        assertThat(page.html()).contains(ME + "@web-1", "127.0.0.1");
        Browser.Shown shown = browser.submit(link, Map.of("_csrf", field(page)));
        var code = CODE.matcher(shown.html());
        assertThat(code.find()).as(shown.html()).isTrue();
        return code.group(1);
    }

    private static String field(Browser.Shown page) {
        var csrf = CSRF.matcher(page.html());
        assertThat(csrf.find()).as(page.html()).isTrue();
        return csrf.group(1);
    }

    /** The newest event of this kind under the grant. */
    private JsonNode last(String activity) {
        var seen = new ArrayList<JsonNode>();
        Await.until(activity, SOON, () -> {
            JsonNode found = auditor.sallyport(
                            "audit", "search", "--grant", grant, "--activity", activity, "-o", "json")
                    .json();
            found.path("items").forEach(seen::add);
            return !seen.isEmpty();
        });
        return seen.getFirst();
    }

    private List<String> words(List<String> program, String... more) {
        var words = new ArrayList<>(program);
        words.addAll(1, List.of("-F", config.toString(), "-o", "BatchMode=yes"));
        words.addAll(List.of(more));
        return words;
    }

    private Outcome client(List<String> program, String... more) {
        return Installation.execute(words(program, more), null, Map.of());
    }

    private Outcome ssh(String command) {
        return client(List.of("ssh"), "web-1.sallyport", command);
    }

    private static String read(String file) {
        try {
            return Files.readString(temporary.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void isFine(Outcome outcome) {
        assertThat(outcome.exit()).as(outcome.toString()).isZero();
    }
}
