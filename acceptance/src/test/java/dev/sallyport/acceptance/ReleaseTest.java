package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.postgres.EmbeddedPostgres;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.FreePort;
import dev.sallyport.testkit.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/how-to/run-from-a-release.md as it stands: built by whoever runs the tests, everything else as an ordinary user
 * on a PostgreSQL that is not ours. Only the two ports are others.
 */
@NullMarked
class ReleaseTest {
    private static final int NOBODY = 65534;
    private static final Duration GONE = Duration.ofSeconds(30);

    /** A block of commands, or "Write `FILE`:" and the YAML that follows. */
    private static final Pattern STEP = Pattern.compile(
            "```console\\n(?<commands>.*?)```|Write `(?<file>[a-z0-9/._-]+)`:\\s+```yaml\\n(?<text>.*?)```",
            Pattern.DOTALL);

    private static final Pattern SQL = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path temporary;

    private Path folder;
    private EmbeddedPostgres postgres;
    private int port;
    private int gatewayPort;

    @BeforeEach
    void start() throws IOException, SQLException {
        folder = Files.createDirectories(temporary.resolve("try"));
        Files.createDirectories(folder.resolve("home"));
        Files.createSymbolicLink(folder.resolve("sallyport"), Installation.launcher());
        postgres = TestDatabases.foreign(temporary.resolve("postgres"));
        port = FreePort.find();
        gatewayPort = FreePort.find();
        var superuser = new Properties();
        superuser.setProperty("user", postgres.user());
        superuser.setProperty("password", postgres.password().reveal());
        var sql = SQL.matcher(page("external-postgresql"));
        assertThat(sql.find()).isTrue();
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"), superuser);
                Statement statement = connection.createStatement()) {
            for (String each : sql.group(1).strip().split(";")) {
                statement.execute(each);
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        server().ifPresent(ProcessHandle::destroyForcibly);
        postgres.stop();
    }

    @Test
    void thePageIsWalkedByAnOrdinaryUser() throws IOException {
        String page = page("run-from-a-release");
        int unpack = page.indexOf("## Unpack it");
        List<MatchResult> build =
                STEP.matcher(page.substring(0, unpack)).results().toList();
        List<MatchResult> rest = STEP.matcher(page.substring(unpack)).results().toList();
        assertThat(build).isNotEmpty();
        assertThat(rest).hasSizeGreaterThan(5);

        var said = new StringBuilder();
        build.forEach(step -> said.append(walk(step, List.of())));
        handOver();
        List<String> ordinary =
                isRoot() ? List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups") : List.of();
        rest.forEach(step -> said.append(walk(step, ordinary)));

        assertThat(said.toString())
                .contains(".tar.gz: OK", "first run, open within an hour: https://localhost:" + port, "signed in to")
                .containsPattern("person\\S* *\"?:? *\"?per_")
                .contains("setup", "request.created", "grant.created")
                .contains("pinned to CA");
        Await.until("the end of the server", GONE, () -> server().isEmpty());
        assertThat(Files.readString(folder.resolve("server.log"))).doesNotContain("SEVERE", "Exception");
        assertThat(Files.getAttribute(folder.resolve("data/root.key"), "unix:uid"))
                .isEqualTo(isRoot() ? NOBODY : Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private String walk(MatchResult step, List<String> as) {
        String file = step.group("file");
        try {
            if (file != null) {
                Path path = Files.writeString(
                        folder.resolve(file), step.group("text").transform(this::here));
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
                return "";
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        String script = step.group("commands")
                .lines()
                .filter(line -> line.startsWith("$ "))
                .map(line -> here(line.substring(2)))
                .collect(Collectors.joining("\n", "set -euo pipefail\ncd '" + folder + "'\n", "\n"));
        var command = new ArrayList<>(as);
        command.addAll(List.of("bash", "-c", script));
        Outcome outcome = Installation.execute(
                command,
                null,
                Map.of(
                        "HOME", folder.resolve("home").toString(),
                        "SALLYPORT_DIST", folder.resolve("target/dist").toString(),
                        // it would go on beside the next tests
                        "SALLYPORT_NO_TRAIN", "1"));
        assertThat(outcome.exit())
                .as(script + outcome.output() + outcome.errors() + log())
                .isZero();
        return outcome.output() + outcome.errors();
    }

    /** The page's ports are those of an empty machine. */
    private String here(String text) {
        return text.replace("127.0.0.1:5432", "127.0.0.1:" + postgres.port())
                .replace("8443", Integer.toString(port))
                .replace("2222", Integer.toString(gatewayPort));
    }

    private static String page(String name) throws IOException {
        return Files.readString(Installation.home().resolve("docs/how-to/" + name + ".md"));
    }

    private String log() {
        try {
            Path log = folder.resolve("server.log");
            return Files.exists(log) ? "\n" + Files.readString(log) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What was built belongs to the ordinary user from now on. */
    private void handOver() throws IOException {
        if (!isRoot()) {
            return;
        }
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var all = Files.walk(folder)) {
            for (Path path : all.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                Files.setAttribute(path, "unix:uid", NOBODY);
            }
        }
    }

    private java.util.Optional<ProcessHandle> server() throws IOException {
        Path pid = folder.resolve("server.pid");
        return Files.exists(pid)
                ? ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                        .filter(ProcessHandle::isAlive)
                : java.util.Optional.empty();
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }
}
