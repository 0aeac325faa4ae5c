package dev.sallyport.acceptance;

import dev.sallyport.testkit.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A demo started by the launcher, as a newcomer starts it, and people who use its command line. */
@NullMarked
final class Installation implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Path dir;
    private final ChildProcess demo;
    private final JsonNode description;

    private Installation(Path dir, ChildProcess demo) {
        this.dir = dir;
        this.demo = demo;
        this.description = read(dir.resolve("demo.json"));
    }

    /** How a program ended and what it said. */
    record Outcome(int exit, String output, String errors) {
        JsonNode json() {
            return JSON.readTree(output);
        }
    }

    /** The folder of the tree, which holds the launcher. */
    static Path home() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    static Path launcher() {
        return home().resolve("sallyport");
    }

    static Installation start(Path dir) {
        return start(dir, List.of());
    }

    /** The same, started by other programs that become it. */
    static Installation start(Path dir, List<String> before) {
        return start(dir, before, List.of());
    }

    /** Where it was before, so that hosts that were enrolled find it again. */
    static Installation start(Path dir, int port) {
        return start(dir, List.of(), List.of("--port", Integer.toString(port)));
    }

    private static Installation start(Path dir, List<String> before, List<String> options) {
        var command = new ArrayList<>(before);
        command.addAll(List.of(launcher().toString(), "demo", "--dir", dir.toString()));
        command.addAll(options);
        ChildProcess demo =
                ChildProcess.of(command).env("SALLYPORT_NO_BUILD", "1").start();
        demo.awaitLine("Sallyport is ready", READY);
        return new Installation(dir, demo);
    }

    Path dir() {
        return dir;
    }

    ChildProcess process() {
        return demo;
    }

    JsonNode description() {
        return description;
    }

    String serverUrl() {
        return description.path("server_url").asString();
    }

    Path caFile() {
        return Path.of(description.path("ca_file").asString());
    }

    int port(String target) {
        for (JsonNode each : description.path("targets")) {
            if (each.path("name").asString().equals(target)) {
                return each.path("port").asInt();
            }
        }
        throw new AssertionError("no target " + target);
    }

    String password(String person) {
        return person(person).path("password").asString();
    }

    /** With which the person enrols a first second factor, once. */
    String enrolmentCode(String person) {
        return person(person).path("enrolment_code").asString();
    }

    private JsonNode person(String name) {
        for (JsonNode each : description.path("people")) {
            if (each.path("name").asString().equals(name)) {
                return each;
            }
        }
        throw new AssertionError("no person " + name);
    }

    /** Signs a person in, with a home of their own. */
    User signIn(String person) {
        var user = new User(person, dir.resolve("home-of-" + person));
        Outcome outcome = user.run(
                password(person) + "\n",
                "login",
                "--server",
                serverUrl(),
                "--ca-file",
                caFile().toString(),
                "--as",
                person,
                "--password-stdin");
        if (outcome.exit() != 0) {
            throw new AssertionError(person + " cannot sign in: " + outcome);
        }
        return user;
    }

    /** A running grant: one asks, another approves. */
    String granted(User who, User approver, String role, String target) {
        Outcome asked = who.sallyport("request", role, target, "--for", "30m", "--reason", "acceptance", "-o", "json");
        String id = asked.json().path("id").asString();
        Outcome approved = approver.sallyport("approve", id);
        if (approved.exit() != 0) {
            throw new AssertionError(role + " on " + target + " was not granted: " + asked + approved);
        }
        return who.sallyport("show", id, "-o", "json")
                .json()
                .path("items")
                .path(0)
                .path("grant")
                .asString();
    }

    /** What {@code ssh-config --install} makes of a home that has nothing yet. */
    Path sshConfig(User who, Path home) {
        Outcome installed = execute(
                List.of(launcher().toString(), "ssh-config", "--install"),
                null,
                Map.of("HOME", home.toString(), "SALLYPORT_HOME", who.home().toString()));
        if (installed.exit() != 0) {
            throw new AssertionError(installed.toString());
        }
        return home.resolve(".ssh/config");
    }

    @Override
    public void close() {
        demo.stop();
    }

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A person at a terminal of their own. */
    record User(String name, Path home) {
        /** The command line with these words, going on beside the test. */
        ChildProcess start(String... words) {
            var command = new ArrayList<>(List.of(launcher().toString()));
            command.addAll(List.of(words));
            return ChildProcess.of(command)
                    .env("SALLYPORT_HOME", home.toString())
                    .env("SALLYPORT_NO_BUILD", "1")
                    .start();
        }

        Outcome run(@Nullable String input, String... words) {
            var command = new ArrayList<String>(List.of(launcher().toString()));
            command.addAll(List.of(words));
            return execute(command, input, Map.of("SALLYPORT_HOME", home.toString()));
        }

        Outcome sallyport(String... words) {
            return run(null, words);
        }
    }

    static Outcome execute(List<String> command, @Nullable String input, Map<String, String> more) {
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().putAll(new TreeMap<>(more));
            builder.environment().put("SALLYPORT_NO_BUILD", "1");
            builder.environment().put("COLUMNS", "160");
            Process process = builder.start();
            try (var stdin = process.getOutputStream()) {
                if (input != null) {
                    stdin.write(input.getBytes(StandardCharsets.UTF_8));
                }
            }
            var errors = new FutureTask<>(() -> process.getErrorStream().readAllBytes());
            Thread.ofVirtual().start(errors);
            byte[] output = process.getInputStream().readAllBytes();
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " does not end");
            }
            return new Outcome(
                    process.exitValue(),
                    new String(output, StandardCharsets.UTF_8),
                    new String(errors.get(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(command + " was interrupted", e);
        }
    }
}
