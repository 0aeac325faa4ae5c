package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.Installation.Outcome;
import dev.sallyport.acceptance.Installation.User;
import dev.sallyport.testkit.Authenticator;
import dev.sallyport.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The pages under docs/how-to say what works: their commands are run as they stand, by an administrator. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HowToTest {
    /** "Write `FILE`:" and the YAML, or the program, that follows. */
    private static final Pattern FILE =
            Pattern.compile("Write `([a-z0-9/._-]+)`:\\s+```(?:yaml|python)\\n(.*?)```", Pattern.DOTALL);

    private static final Pattern CONSOLE = Pattern.compile("```console\\n(.*?)```", Pattern.DOTALL);

    /** What runs beside the commands ends with them. */
    private static String start(Path folder) {
        return """
                set -euo pipefail
                trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
                cd '%s'
                set -x
                """.formatted(folder);
    }

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

    @Test
    void risk() throws IOException {
        follow("risk");
    }

    @Test
    void incidents() throws IOException {
        follow("incidents");
    }

    @Test
    void notifications() throws IOException {
        follow("notifications");
    }

    /** With the page's own program, on a port that is free, in the place of the address that the page makes up. */
    @Test
    void decisionServices() throws IOException {
        int port = FreePort.find();
        Outcome followed = follow(
                "decision-services",
                text -> text.replace("8443", Integer.toString(port))
                        .replace("https://risk.example.org/", "http://127.0.0.1:" + port + "/"));

        assertThat(followed.output())
                .contains("risk-desk would approve: an hour at most", "risk-desk would deny: an hour at most");
    }

    @Test
    void policies() throws IOException {
        decidesAfterwardsWhatDecidedBefore("policies");
    }

    @Test
    void changeAPolicy() throws IOException {
        decidesAfterwardsWhatDecidedBefore("change-a-policy");
    }

    /** These pages try a set, let it decide, and roll it back. */
    private void decidesAfterwardsWhatDecidedBefore(String page) throws IOException {
        String before = enforced().path("set").asString();

        Outcome followed = follow(page, UnaryOperator.identity());

        assertThat(followed.output())
                .contains("0 failed", "decided again", "shadow since ", ": no set", "enforced since ");
        assertThat(before).isNotEmpty();
        assertThat(enforced().path("set").asString()).isEqualTo(before);
        assertThat(text(page))
                .contains("--reason \"" + enforced().path("reason").asString() + "\"");
    }

    private JsonNode enforced() {
        return administrator.sallyport("policy", "status", "-o", "json").json().path("enforced");
    }

    /** By somebody who is authorised beforehand, and reviewed by somebody else. */
    @Test
    void breakGlass() throws IOException {
        List<String> blocks = CONSOLE.matcher(text("break-glass"))
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(blocks).hasSize(2);
        Path folder = Files.createDirectories(temporary.resolve("break-glass"));

        Outcome broken = bash(script(folder, commands(blocks.getFirst())), installation.signIn("lead"), Map.of());
        Outcome reviewed = bash(script(folder, commands(blocks.getLast())), administrator, Map.of());

        assertThat(broken.exit()).as(broken.output() + broken.errors()).isZero();
        assertThat(broken.output()).contains("load average");
        assertThat(reviewed.exit()).as(reviewed.output() + reviewed.errors()).isZero();
        assertThat(reviewed.output()).contains("INC-9: the shop is down", "justified");
    }

    private static String script(Path folder, List<String> commands) {
        return commands.stream().collect(Collectors.joining("\n", start(folder), "\n"));
    }

    /** With codes as an app and the paper would give them, for somebody of their own. */
    @Test
    void secondFactor() throws IOException {
        User dev = installation.signIn("dev");
        Path folder = Files.createDirectories(temporary.resolve("second-factor"));
        for (String command : commands(text("second-factor"))) {
            Outcome outcome = bash(
                    "set -euo pipefail\ncd '" + folder + "'\n" + command,
                    dev,
                    Map.of(
                            "NAME",
                            dev.name(),
                            "PASSWORD",
                            installation.password(dev.name()),
                            "ENROLMENT_CODE",
                            installation.enrolmentCode(dev.name()),
                            "CODE",
                            code(folder, command)));

            assertThat(outcome.exit())
                    .as(command + "\n" + outcome.output() + outcome.errors())
                    .isZero();
        }
    }

    private static String code(Path folder, String command) throws IOException {
        Path offer = folder.resolve("offer.json");
        Path papers = folder.resolve("recovery-codes.json");
        if (!Files.exists(offer)) {
            return "";
        }
        var app = new Authenticator(json(offer).path("uri").asString());
        if (!Files.exists(papers)) {
            return app.code(Instant.now());
        }
        return command.contains("sallyport login")
                ? app.code(Instant.now().plusSeconds(30)) // the one before is used
                : json(papers).path("recovery_codes").path(0).asString();
    }

    private static JsonNode json(Path file) throws IOException {
        return new Outcome(0, Files.readString(file), "").json();
    }

    private static String text(String page) throws IOException {
        return Files.readString(Installation.home().resolve("docs/how-to/" + page + ".md"));
    }

    private static List<String> commands(String text) {
        List<String> commands = CONSOLE.matcher(text)
                .results()
                .flatMap(block -> block.group(1).lines())
                .filter(line -> line.startsWith("$ "))
                .map(line -> line.substring(2))
                .toList();
        assertThat(commands).isNotEmpty();
        return commands;
    }

    private static Outcome bash(String script, User user, Map<String, String> more) {
        var environment = new HashMap<>(more);
        environment.put("PATH", temporary.resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("SALLYPORT_HOME", user.home().toString());
        return Installation.execute(List.of("bash", "-c", script), null, environment);
    }

    private void follow(String page) throws IOException {
        follow(page, text -> text);
    }

    /** As it stands, but for what is made up in it. */
    private Outcome follow(String page, UnaryOperator<String> here) throws IOException {
        String text = here.apply(text(page));
        Path folder = Files.createDirectories(temporary.resolve(page));
        for (var file : FILE.matcher(text).results().toList()) {
            Path path = folder.resolve(file.group(1));
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.group(2));
        }
        Outcome outcome = bash(script(folder, commands(text)), administrator, Map.of());

        assertThat(outcome.exit()).as(outcome.output() + outcome.errors()).isZero();
        return outcome;
    }
}
