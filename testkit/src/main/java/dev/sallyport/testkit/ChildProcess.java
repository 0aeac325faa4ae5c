package dev.sallyport.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A real program that runs beside a test, its output in a file; it ends with the test's JVM at the latest. */
public final class ChildProcess implements AutoCloseable {
    private static final Set<ChildProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static final Duration TERM_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);
    private static final int LAST_LINES = 20;

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> List.copyOf(RUNNING).forEach(ChildProcess::stop), "stop-children"));
    }

    private final String name;
    private final Process process;
    private final Path log;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** What to run, and how. */
    public static final class Spec {
        private final List<String> command;
        private final Map<String, String> env = new HashMap<>();
        private @Nullable Path folder;
        private @Nullable Path log;
        private boolean typed;

        private Spec(List<String> command) {
            this.command = List.copyOf(command);
        }

        public Spec env(String name, String value) {
            env.put(name, value);
            return this;
        }

        /** The working folder; this process's own if not given. */
        public Spec in(Path where) {
            folder = where;
            return this;
        }

        /** Where output and errors go; a temporary file if not given. */
        public Spec logTo(Path file) {
            log = file;
            return this;
        }

        /** Its input is what the test types; otherwise it has none. */
        public Spec typed() {
            typed = true;
            return this;
        }

        public ChildProcess start() {
            try {
                Path file = log == null ? temporary() : log;
                var builder = new ProcessBuilder(command)
                        .directory(folder == null ? null : folder.toFile())
                        .redirectInput(
                                typed
                                        ? ProcessBuilder.Redirect.PIPE
                                        : ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(file.toFile()));
                builder.environment().putAll(env);
                var child = new ChildProcess(command.getFirst(), builder.start(), file);
                RUNNING.add(child);
                return child;
            } catch (IOException e) {
                throw new UncheckedIOException(command.getFirst() + " cannot be started: " + e.getMessage(), e);
            }
        }

        private static Path temporary() throws IOException {
            Path file = Files.createTempFile("sallyport-child-", ".log");
            file.toFile().deleteOnExit();
            return file;
        }
    }

    public static Spec of(String... command) {
        return new Spec(List.of(command));
    }

    public static Spec of(List<String> command) {
        return new Spec(command);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path log() {
        return log;
    }

    /** Everything it has written so far. */
    public String output() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the port of 127.0.0.1 accepts connections; an end of the program is an error at once. */
    public void awaitPort(int port, Duration limit) {
        await("port " + port, limit, () -> FreePort.answers(port));
    }

    /** Waits for an output line in which the pattern is found, and returns that line. */
    public String awaitLine(String regex, Duration limit) {
        Pattern pattern = Pattern.compile(regex);
        var found = new ArrayList<String>();
        await("a line like " + regex, limit, () -> {
            output().lines()
                    .filter(line -> pattern.matcher(line).find())
                    .findFirst()
                    .ifPresent(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    /** Types into a program that was started with {@link Spec#typed}. */
    public void type(String text) {
        try {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for its end and returns the exit code. */
    public int awaitExit(Duration limit) {
        if (!ended(limit)) {
            throw new AssertionError(name + " did not end within " + limit + lastLines());
        }
        RUNNING.remove(this);
        return process.exitValue();
    }

    /** SIGKILL for the program alone, as in a crash; its own children stay. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(KILL_TIMEOUT);
    }

    /** SIGTERM, and for what is still there after a while, its descendants included, SIGKILL. May be called again. */
    public void stop() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        if (!ended(TERM_TIMEOUT)) {
            process.destroyForcibly();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
        boolean gone = ended(KILL_TIMEOUT);
        RUNNING.remove(this);
        if (!gone) {
            throw new AssertionError(name + " (process " + pid() + ") survived SIGKILL");
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void await(String what, Duration limit, java.util.concurrent.Callable<Boolean> condition) {
        try {
            Await.until(name + ": " + what, limit, () -> {
                boolean alive = process.isAlive();
                if (condition.call()) {
                    return true;
                }
                if (!alive) {
                    throw new AssertionError(name + " ended with exit code " + process.exitValue() + " before " + what);
                }
                return false;
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + lastLines(), e);
        }
    }

    private boolean ended(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + name, e);
        }
    }

    private String lastLines() {
        List<String> lines = output().lines().toList();
        return lines.isEmpty()
                ? "; it wrote nothing"
                : "; its last lines:\n"
                        + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
