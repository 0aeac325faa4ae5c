package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that are built on ssh and know nothing of us get in by what {@code ssh-config --install} wrote, for as long as
 * a grant runs: CR1, CR9.
 */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainClientsTest {
    @TempDir
    static Path temporary;

    private Installation installation;
    private User dev;
    private User lead;
    private User auditor;
    private Path config;

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

    @Test
    void rsyncGoesBothWaysWhileTheGrantRuns() throws Exception {
        Path sent = Files.createDirectories(temporary.resolve("sent/deeper"));
        var random = new Random(7);
        for (int i = 0; i < 20; i++) {
            var bytes = new byte[1 + random.nextInt(200_000)];
            random.nextBytes(bytes);
            Files.write((i % 2 == 0 ? sent : sent.resolveSibling("")).resolve("file " + i), bytes);
        }
        Path from = temporary.resolve("sent");
        Path there = temporary.resolve("there");
        Path back = temporary.resolve("back");
        assertThat(rsync(from + "/", "web-1.sallyport:" + there + "/").exit()).isNotZero();
        assertThat(there).doesNotExist();

        String grant = granted("web-1");
        isFine(rsync(from + "/", "web-1.sallyport:" + there + "/"));
        isFine(rsync("web-1.sallyport:" + there + "/", back + "/"));

        assertThat(hashes(there)).isEqualTo(hashes(from)).hasSize(20);
        assertThat(hashes(back)).isEqualTo(hashes(from));

        revoke(grant);
        Path after = temporary.resolve("after");
        Outcome refused = rsync("web-1.sallyport:" + there + "/", after + "/");
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.errors()).contains("! credential.no-grant:");
        assertThat(after).doesNotExist();
    }

    @Test
    void ansibleWorksWhileTheGrantRuns() throws Exception {
        assertThat(ansible("web-2.sallyport", "-m", "ping").exit()).isNotZero();

        String grant = granted("web-2");
        Outcome ping = ansible("web-2.sallyport", "-m", "ping");
        isFine(ping);
        assertThat(ping.output()).contains("web-2.sallyport | SUCCESS", "\"ping\": \"pong\"");
        Path file = Files.writeString(temporary.resolve("greeting"), "hello from a playbook\n");
        Path there = temporary.resolve("greeting-there");
        String copy = "src=" + file + " dest=" + there + " mode=0640";
        Outcome copied = ansible("web-2.sallyport", "-m", "copy", "-a", copy);
        isFine(copied);
        assertThat(copied.output()).contains("\"changed\": true");
        assertThat(there).hasSameTextualContentAs(file);
        assertThat(ansible("web-2.sallyport", "-m", "copy", "-a", copy).output())
                .contains("\"changed\": false");

        revoke(grant);
        Outcome refused = ansible("web-2.sallyport", "-m", "ping");
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.output() + refused.errors())
                .contains("web-2.sallyport | UNREACHABLE!")
                .doesNotContain("pong");
    }

    /** A running grant of dev for ops on the target: through the gateway, recorded. */
    private String granted(String target) {
        return installation.granted(dev, lead, "ops", target);
    }

    private void revoke(String grant) {
        isFine(auditor.sallyport("revoke", grant, "--reason", "plain clients"));
    }

    private Outcome rsync(String from, String to) {
        return Installation.execute(
                List.of("rsync", "-a", "-e", "ssh -o BatchMode=yes -F " + config, from, to), null, Map.of());
    }

    private Outcome ansible(String host, String... words) {
        var command = new ArrayList<String>(
                List.of("ansible", "-i", host + ",", host, "-e", "ansible_python_interpreter=/usr/bin/python3"));
        command.addAll(List.of(words));
        return Installation.execute(
                command,
                null,
                Map.of(
                        "HOME",
                        temporary.resolve("home").toString(),
                        "LC_ALL",
                        "C.UTF-8",
                        "ANSIBLE_NOCOLOR",
                        "1",
                        "ANSIBLE_LOCAL_TEMP",
                        temporary.resolve("ansible").toString(),
                        "ANSIBLE_REMOTE_TMP",
                        temporary.resolve("ansible-there").toString(),
                        // by default it keeps its connection for a minute, and an open one outlives its certificate
                        "ANSIBLE_SSH_ARGS",
                        "-F " + config + " -o ControlMaster=no"));
    }

    private static void isFine(Outcome outcome) {
        assertThat(outcome.exit()).as(outcome.toString()).isZero();
    }

    private static Map<String, String> hashes(Path folder) throws IOException, NoSuchAlgorithmException {
        var hashes = new java.util.TreeMap<String, String>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                hashes.put(folder.relativize(file).toString(), HexFormat.of().formatHex(hash));
            }
        }
        return hashes;
    }
}
