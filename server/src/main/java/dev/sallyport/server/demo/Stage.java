package dev.sallyport.server.demo;

import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Json;
import dev.sallyport.database.Spec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the tour is played: runs programs as one of the people, shows what they say, and says what did not hold. */
final class Stage {
    private static final Duration STEP_LIMIT = Duration.ofSeconds(60);
    private static final int SHOWN_LINES = 14;

    private final Path dir;
    private final PrintStream out;
    private int step;

    Stage(Path dir, PrintStream out) {
        this.dir = dir;
        this.out = out;
    }

    /** How a program ended and what it said, made printable. */
    record Outcome(int exit, String output, String errors) {}

    /** What did not hold. */
    static final class Surprise extends RuntimeException {
        Surprise(String message) {
            super(message);
        }
    }

    int step() {
        return step;
    }

    void step(String title) {
        step++;
        out.println();
        out.println(step + ". " + title);
    }

    void say(String line) {
        out.println("  " + line);
    }

    Outcome cli(String person, String... words) {
        return cli(person, null, List.of(words));
    }

    Outcome cli(String person, @Nullable Secret input, List<String> words) {
        Outcome outcome = quietly(person, input, words);
        out.println("  " + person + " $ sallyport " + typed(words));
        show(outcome);
        return outcome;
    }

    /** Without showing it, for what is asked again and again. */
    Outcome quietly(String person, @Nullable Secret input, List<String> words) {
        return run(command(words), input, environment(person));
    }

    /** A program of the machine, as it is typed. */
    Outcome plain(String person, String typed, List<String> command) {
        Outcome outcome = run(command, null, Map.of());
        out.println("  " + person + " $ " + typed);
        show(outcome);
        return outcome;
    }

    Outcome plain(List<String> command) {
        return run(command, null, Map.of());
    }

    private void show(Outcome outcome) {
        Stream.concat(outcome.output().lines(), outcome.errors().lines())
                .limit(SHOWN_LINES)
                .forEach(line -> out.println("    " + line));
    }

    private static List<String> command(List<String> words) {
        var command = new ArrayList<String>(List.of(Demo.launcher().toString()));
        command.addAll(words);
        return command;
    }

    private Map<String, String> environment(String person) {
        return Map.of(
                "SALLYPORT_HOME", dir.resolve("home-" + person).toString(),
                "SALLYPORT_NO_BUILD", "1",
                "COLUMNS", "140");
    }

    /** A program that goes on while the tour does: its output is read as it comes. */
    static final class Running implements AutoCloseable {
        private final Process process;
        private final StringBuilder output = new StringBuilder();

        private Running(Process process) {
            this.process = process;
            Thread.ofVirtual().start(() -> read(process.inputReader(StandardCharsets.UTF_8)));
            Thread.ofVirtual().start(() -> read(process.errorReader(StandardCharsets.UTF_8)));
        }

        private void read(java.io.Reader reader) {
            var buffer = new char[4096];
            try {
                for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                    synchronized (output) {
                        output.append(buffer, 0, count);
                        output.notifyAll();
                    }
                }
            } catch (IOException _) {
                // it has ended
            }
        }

        void type(String line) {
            try {
                OutputStream stdin = process.getOutputStream();
                stdin.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                stdin.flush();
            } catch (IOException e) {
                throw new Surprise("nothing can be typed any more: " + e.getMessage());
            }
        }

        String output() {
            synchronized (output) {
                return Stage.text(output.toString());
            }
        }

        /** Waits until it has said this. */
        void awaitOutput(String text) {
            await("«" + text + "»", said -> said.contains(text));
        }

        private void await(String what, Predicate<String> seen) {
            long until = System.nanoTime() + STEP_LIMIT.toNanos();
            synchronized (output) {
                while (!seen.test(output.toString())) {
                    long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                    if (left <= 0 || !process.isAlive() && !seen.test(output.toString())) {
                        throw new Surprise("waited for " + what + ", and saw: " + output());
                    }
                    try {
                        output.wait(Math.min(left, 100));
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                        throw new Surprise("interrupted");
                    }
                }
            }
        }

        /** Waits until it has ended, and says when that was, by {@link System#nanoTime}. */
        long awaitEnd() {
            try {
                if (!process.waitFor(STEP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new Surprise("it goes on: " + output());
                }
                return System.nanoTime();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new Surprise("interrupted");
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    Running begin(String person, String typed, List<String> command) {
        out.println("  " + person + " $ " + typed);
        try {
            return new Running(new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new Surprise("cannot run " + command.getFirst() + ": " + e.getMessage());
        }
    }

    Running beginCli(String person, String... words) {
        out.println("  " + person + " $ sallyport " + typed(List.of(words)));
        var builder = new ProcessBuilder(command(List.of(words)));
        builder.environment().putAll(environment(person));
        try {
            return new Running(builder.start());
        } catch (IOException e) {
            throw new Surprise("cannot run sallyport: " + e.getMessage());
        }
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
        return text(new String(bytes, StandardCharsets.UTF_8));
    }

    private static String text(String printed) {
        return String.join("\n", printed.lines().map(Text::printable).toList());
    }

    Outcome expect(int exit, Outcome outcome) {
        if (outcome.exit() != exit) {
            throw new Surprise(
                    "exit " + outcome.exit() + " (expected: " + exit + ") " + outcome.output() + outcome.errors());
        }
        out.println("  ✓");
        return outcome;
    }

    static void contains(String text, Outcome outcome) {
        if (!outcome.output().contains(text)) {
            throw new Surprise("the output does not name " + text + ": " + outcome.output());
        }
    }

    void refused(String code, Outcome outcome) {
        if (outcome.exit() != 2 || !outcome.errors().contains("! " + code + ":")) {
            throw new Surprise(
                    "exit " + outcome.exit() + " " + outcome.errors() + " (expected: refused with " + code + ")");
        }
        out.println("  ✓ refused, as it should be");
    }

    static Spec json(Outcome outcome) {
        try {
            return new Spec(Json.object(outcome.output()));
        } catch (RuntimeException e) {
            throw new Surprise("the output is not JSON: "
                    + Optional.ofNullable(e.getMessage()).orElse(""));
        }
    }

    /** Asks again until it is so. */
    Outcome until(String what, Predicate<Outcome> so, java.util.function.Supplier<Outcome> ask) {
        long deadline = System.nanoTime() + STEP_LIMIT.toNanos();
        while (true) {
            Outcome outcome = ask.get();
            if (so.test(outcome)) {
                return outcome;
            }
            if (System.nanoTime() > deadline) {
                throw new Surprise("waited for " + what + ": " + outcome.output() + outcome.errors());
            }
        }
    }
}
