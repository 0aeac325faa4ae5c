package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The pages under docs/how-to say what works: their commands are run as they stand, by an administrator. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HowToTest {
    /** "Write `FILE`:" and the YAML that follows. */
    private static final Pattern FILE =
            Pattern.compile("Write `([a-z0-9/._-]+)`:\\s+```yaml\\n(.*?)```", Pattern.DOTALL);

    private static final Pattern CONSOLE = Pattern.compile("```console\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    static Path temporary;

    private Installation installation;
    private User administrator;

    @BeforeAll
    void start() throws IOException {
        installation = Installation.start(temporary.resolve("demo"));
        administrator = installation.signIn("auditor");
        String id = administrator
                .sallyport("request", "administrator", "sallyport", "--for", "1h", "--reason", "how-to", "-o", "json")
                .json()
                .path("id")
                .asString();
        assertThat(installation.signIn("lead").sallyport("approve", id).exit()).isZero();
        Path shim = Files.createDirectories(temporary.resolve("bin")).resolve("sallyport");
        Files.writeString(shim, "#!/bin/sh\nexec '" + Installation.launcher() + "' \"$@\"\n");
        Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwx------"));
    }

    @AfterAll
    void stop() {
        installation.close();
    }

    @Test
    void rolesAndEligibilities() throws IOException {
        follow("roles-and-eligibilities");
    }

    @Test
    void connectAHost() throws IOException {
        follow("connect-a-host");
    }

    @Test
    void externalPostgresql() throws IOException {
        follow("external-postgresql");
    }

    @Test
    void rotateKeys() throws IOException {
        follow("rotate-keys");
    }

    private void follow(String page) throws IOException {
        String text = Files.readString(Installation.home().resolve("docs/how-to/" + page + ".md"));
        Path folder = Files.createDirectories(temporary.resolve(page));
        for (var file : FILE.matcher(text).results().toList()) {
            Path path = folder.resolve(file.group(1));
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.group(2));
        }
        List<String> commands = CONSOLE.matcher(text)
                .results()
                .flatMap(block -> block.group(1).lines())
                .filter(line -> line.startsWith("$ "))
                .map(line -> line.substring(2))
                .toList();
        assertThat(commands).isNotEmpty();
        String script = commands.stream()
                .collect(Collectors.joining("\n", "set -euo pipefail\ncd '" + folder + "'\nset -x\n", "\n"));

        Outcome outcome = Installation.execute(
                List.of("bash", "-c", script),
                null,
                Map.of(
                        "PATH",
                        temporary.resolve("bin") + ":" + System.getenv("PATH"),
                        "SALLYPORT_HOME",
                        administrator.home().toString()));

        assertThat(outcome.exit()).as(outcome.output() + outcome.errors()).isZero();
    }
}
