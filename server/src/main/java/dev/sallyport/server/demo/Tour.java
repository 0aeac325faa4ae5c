package dev.sallyport.server.demo;

import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Json;
import dev.sallyport.database.Spec;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the life of a grant with the real command line and the real ssh, as three people would, and checks every
 * step. It ends with the proof: the certificate that opened the door no longer does.
 */
final class Tour {
    private static final Duration STEP_LIMIT = Duration.ofSeconds(60);

    /** How long after a revocation the old certificate may still open the door. */
    private static final Duration CUT_LIMIT = Duration.ofSeconds(1);

    private final Path dir;
    private final Path caFile;
    private final URI server;
    private final Map<String, Secret> passwords;
    private final Map<String, String> environment;
    private final PrintStream out;
    private int step;

    Tour(
            Path dir,
            Path caFile,
            URI server,
            Map<String, Secret> passwords,
            Map<String, String> environment,
            PrintStream out) {
        this.dir = dir;
        this.caFile = caFile;
        this.server = server;
        this.passwords = Map.copyOf(passwords);
        this.environment = environment;
        this.out = out;
    }

    private record Outcome(int exit, String output, String errors) {}

    /** What did not hold. */
    private static final class Surprise extends RuntimeException {
        Surprise(String message) {
            super(message);
        }
    }

    /** Whether everything held. */
    boolean walk() {
        try {
            for (String name : Demo.PEOPLE) {
                step(name + " signs in");
                expect(
                        0,
                        cli(
                                name,
                                passwords.get(name),
                                List.of(
                                        "login",
                                        "--server",
                                        server.toString(),
                                        "--ca-file",
                                        caFile.toString(),
                                        "--as",
                                        name,
                                        "--password-stdin")));
            }
            ask();
            out.println();
            out.println("The tour is over: everything held.");
            return true;
        } catch (Surprise surprise) {
            out.println("  ✗ " + surprise.getMessage());
            out.println();
            out.println("The tour broke off at step " + step + ".");
            return false;
        }
    }

    private void ask() {
        step("dev looks what there is to ask for");
        contains("ops", expect(0, cli("dev", "eligible")));

        step("dev cannot get in without asking");
        refused("credential.no-grant", cli("dev", "ssh", "web-1", "--", "true"));

        step("dev asks for ops on web-1 and has to wait");
        Spec request = json(expect(
                3,
                cli("dev", "request", "ops", "web-1", "--for", "30m", "--reason", "restart the shop", "-o", "json")));
        String id = request.text("id", "");

        step("dev cannot approve it");
        refused("request.self-approval", cli("dev", "approve", id));

        step("lead sees it and approves");
        contains(id, expect(0, cli("lead", "requests", "--to-decide")));
        expect(0, cli("lead", "approve", id, "--comment", "go ahead"));
        String grant = grantOf(json(expect(0, cli("dev", "show", id, "-o", "json"))));

        step("dev gets in: plain ssh with a certificate that dies by itself");
        contains("uid=", expect(0, cli("dev", "ssh", "web-1", "--", "id")));
        Path credential = dir.resolve("tour-credential");
        expect(0, cli("dev", "credential", "ssh", "web-1", "--out", credential.toString()));
        contains("hello", expect(0, ssh(credential)));

        step("auditor asks for the administration of Sallyport itself; lead approves");
        Spec administration = json(expect(
                3,
                cli(
                        "auditor",
                        "request",
                        "administrator",
                        "sallyport",
                        "--for",
                        "30m",
                        "--reason",
                        "the tour",
                        "-o",
                        "json")));
        expect(0, cli("lead", "approve", administration.text("id", "")));

        step("everything about the request is in the audit log");
        contains("lease.issued", expect(0, cli("auditor", "audit", "search", "--request", id, "-o", "wide")));

        step("auditor revokes the grant");
        expect(0, cli("auditor", "revoke", grant, "--reason", "the tour is over"));
        long revoked = System.nanoTime();

        step("the certificate that worked a moment ago is refused by the host");
        Duration cut = untilRefused(credential, revoked);
        out.println("  refused " + cut.toMillis() + " ms after the revocation was answered");
        if (cut.compareTo(CUT_LIMIT) > 0) {
            throw new Surprise("the certificate still worked after " + cut.toMillis() + " ms (expected: less than "
                    + CUT_LIMIT.toMillis() + ")");
        }
        refused("credential.no-grant", cli("dev", "ssh", "web-1", "--", "true"));

        step("the grant has ended, and the host has confirmed it");
        ended(grant);
    }

    private static String grantOf(Spec request) {
        Object items = request.tree().get("items");
        if (items instanceof List<?> list
                && !list.isEmpty()
                && list.getFirst() instanceof Map<?, ?> item
                && item.get("grant") instanceof String grant) {
            return grant;
        }
        throw new Surprise("the approved request has no grant");
    }

    private void ended(String grant) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Outcome shown = run("auditor", null, List.of("show", grant, "-o", "json"), false);
            if (shown.exit() == 0 && json(shown).text("state", "").equals("ended")) {
                out.println("  $ sallyport show " + grant + "   → ended");
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new Surprise("the grant is still ending: " + shown.output() + shown.errors());
            }
        }
    }

    private Duration untilRefused(Path credential, long since) {
        long deadline = since + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadline) {
            long began = System.nanoTime();
            Outcome outcome = ssh(credential);
            if (outcome.exit() == 255 && outcome.errors().contains("Permission denied")) {
                return Duration.ofNanos(Math.max(0, began - since));
            }
        }
        throw new Surprise("the host still lets the certificate in");
    }

    /** Plain ssh, without any of our programs, straight to the host with what was handed out. */
    private Outcome ssh(Path credential) {
        Spec target = demoTarget();
        return run(
                List.of(
                        Programs.find("ssh", environment).toString(),
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
                        "HostKeyAlias=web-1",
                        "-p",
                        target.text("port", ""),
                        Demo.login() + "@127.0.0.1",
                        "echo",
                        "hello"),
                null,
                Map.of());
    }

    private Spec demoTarget() {
        Object targets = new Spec(Json.object(DemoFiles.read(dir.resolve("demo.json"))))
                .tree()
                .get("targets");
        if (targets instanceof List<?> list && list.getFirst() instanceof Map<?, ?> first) {
            return new Spec(Map.of("port", String.valueOf(first.get("port"))));
        }
        throw new Surprise("demo.json names no targets");
    }

    private void step(String title) {
        step++;
        out.println();
        out.println(step + ". " + title);
    }

    private Outcome cli(String person, String... words) {
        return cli(person, null, List.of(words));
    }

    private Outcome cli(String person, @Nullable Secret input, List<String> words) {
        return run(person, input, words, true);
    }

    private Outcome run(String person, @Nullable Secret input, List<String> words, boolean shown) {
        var command = new ArrayList<String>(List.of(Demo.launcher().toString()));
        command.addAll(words);
        Outcome outcome = run(
                command,
                input,
                Map.of(
                        "SALLYPORT_HOME", dir.resolve("home-" + person).toString(),
                        "SALLYPORT_NO_BUILD", "1",
                        "COLUMNS", "140"));
        if (shown) {
            out.println("  " + person + " $ sallyport " + typed(words));
            Stream.concat(outcome.output().lines(), outcome.errors().lines())
                    .limit(14)
                    .forEach(line -> out.println("    " + line));
        }
        return outcome;
    }

    private static String typed(List<String> words) {
        return String.join(
                " ",
                words.stream()
                        .map(word -> word.contains(" ") ? "'" + word + "'" : word)
                        .toList());
    }

    private static Outcome run(List<String> command, @Nullable Secret input, Map<String, String> environment) {
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (var stdin = process.getOutputStream()) {
                if (input != null) {
                    stdin.write((input.reveal() + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            var errors = new java.util.concurrent.FutureTask<>(
                    () -> process.getErrorStream().readAllBytes());
            Thread.ofVirtual().start(errors);
            byte[] output = process.getInputStream().readAllBytes();
            if (!process.waitFor(STEP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new Surprise(command.getFirst() + " did not end within " + STEP_LIMIT.toSeconds() + " s");
            }
            return new Outcome(process.exitValue(), text(output), text(errors.get()));
        } catch (IOException | java.util.concurrent.ExecutionException e) {
            throw new Surprise("cannot run " + command.getFirst() + ": " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Surprise("interrupted");
        }
    }

    /** What a program printed, safe to repeat. */
    private static String text(byte[] bytes) {
        return String.join(
                "\n",
                new String(bytes, StandardCharsets.UTF_8)
                        .lines()
                        .map(Text::printable)
                        .toList());
    }

    private Outcome expect(int exit, Outcome outcome) {
        if (outcome.exit() != exit) {
            throw new Surprise(
                    "exit " + outcome.exit() + " (expected: " + exit + ") " + outcome.output() + outcome.errors());
        }
        out.println("  ✓");
        return outcome;
    }

    private static void contains(String text, Outcome outcome) {
        if (!outcome.output().contains(text)) {
            throw new Surprise("the output does not name " + text);
        }
    }

    private void refused(String code, Outcome outcome) {
        if (outcome.exit() != 2 || !outcome.errors().contains("! " + code + ":")) {
            throw new Surprise(
                    "exit " + outcome.exit() + " " + outcome.errors() + " (expected: refused with " + code + ")");
        }
        out.println("  ✓ refused, as it should be");
    }

    private static Spec json(Outcome outcome) {
        try {
            return new Spec(Json.object(outcome.output()));
        } catch (RuntimeException e) {
            throw new Surprise("the output is not JSON: "
                    + Optional.ofNullable(e.getMessage()).orElse(""));
        }
    }
}
