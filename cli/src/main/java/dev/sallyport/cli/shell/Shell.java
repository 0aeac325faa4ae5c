package dev.sallyport.cli.shell;

import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a command stands in: its streams, environment, clock and zone, and whether a person sits in front of it. Commands
 * touch the outside through this alone, so that a test can put them anywhere.
 *
 * @param interactive whether input and output are a terminal, so that questions may be asked
 */
public record Shell(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Clock clock,
        ZoneId zone,
        boolean interactive) {
    private static final int LINE_MAX = 4096;
    private static final int DEFAULT_WIDTH = 100;

    /** The shell this program was started from. */
    public static Shell system() {
        return new Shell(
                System.in,
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.getenv(),
                Clock.systemUTC(),
                ZoneId.systemDefault(),
                Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent());
    }

    public Instant now() {
        return clock.instant();
    }

    /** The folder of profile and credentials: {@code $SALLYPORT_HOME}, or {@code ~/.config/sallyport}. */
    public Path home() {
        String home = environment.get("SALLYPORT_HOME");
        if (home != null && !home.isBlank()) {
            return Path.of(home).toAbsolutePath();
        }
        String config = environment.get("XDG_CONFIG_HOME");
        return config != null && !config.isBlank()
                ? Path.of(config, "sallyport").toAbsolutePath()
                : userHome().resolve(".config/sallyport");
    }

    /** The person's own home folder. */
    public Path userHome() {
        String home = environment.get("HOME");
        return Path.of(home == null || home.isBlank() ? System.getProperty("user.home") : home)
                .toAbsolutePath();
    }

    /** How ssh calls this program again: the launcher says where it lies, else its name on the path. */
    public String command() {
        String home = System.getProperty("sallyport.home");
        String launcher = home == null ? "sallyport" : launcher(Path.of(home)).toString();
        return environment.getOrDefault("SALLYPORT_COMMAND", launcher);
    }

    /** A release has it in bin, a source tree at its top. */
    private static Path launcher(Path home) {
        Path release = home.resolve("bin/sallyport");
        return Files.isExecutable(release) ? release : home.resolve("sallyport");
    }

    /** Columns of the terminal; output that goes elsewhere is not cut. */
    public int width() {
        String columns = environment.get("COLUMNS");
        if (columns != null && columns.matches("[1-9][0-9]{0,3}")) {
            return Integer.parseInt(columns);
        }
        return interactive ? terminalWidth() : Integer.MAX_VALUE;
    }

    /** One line of standard input; further calls give the lines after it. */
    public Secret secretLine(String what) {
        try {
            var line = new ByteArrayOutputStream();
            int next = in.read();
            if (next < 0) {
                throw Failure.here("input.missing", "standard input ended before " + what, null);
            }
            while (next >= 0 && next != '\n') {
                if (line.size() >= LINE_MAX) {
                    throw Failure.here(
                            "input.too-large", what + ": longer than " + LINE_MAX + " bytes on standard input", null);
                }
                line.write(next);
                next = in.read();
            }
            String text = line.toString(StandardCharsets.UTF_8);
            return Secret.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        } catch (IOException e) {
            throw Failure.here("input.unreadable", "standard input cannot be read: " + e.getMessage(), null);
        }
    }

    /** Asks a yes-or-no question; without a terminal the answer is no. */
    public boolean confirms(String question) {
        if (!interactive) {
            return false;
        }
        err.print(question + " [y/N] ");
        err.flush();
        String answer = secretLine("the answer").reveal().strip();
        return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
    }

    /** A line for the reader, on standard error, so that standard output stays clean for programs. */
    public void note(String line) {
        err.println(Text.printable(line));
    }

    /** Prints the failure the way every verb does and returns its exit code. */
    public int fail(int exit, String code, String sentence, @Nullable String hint) {
        note("! " + code + ": " + sentence);
        if (hint != null && !hint.isBlank()) {
            note("hint: " + hint);
        }
        return exit;
    }

    /** A secret typed without echo, or the next line of standard input where no person sits. */
    public Secret askSecret(String what) {
        return Optional.ofNullable(System.console())
                .filter(_ -> interactive)
                .map(console -> console.readPassword("%s: ", what))
                .map(typed -> Secret.of(new String(typed)))
                .orElseGet(() -> secretLine("the " + what));
    }

    private static int terminalWidth() {
        try {
            var stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] size = new String(stty.getInputStream().readNBytes(40), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            stty.waitFor(1, TimeUnit.SECONDS);
            return size.length == 2 && size[1].matches("[1-9][0-9]{0,3}") ? Integer.parseInt(size[1]) : DEFAULT_WIDTH;
        } catch (IOException e) {
            return DEFAULT_WIDTH;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return DEFAULT_WIDTH;
        }
    }
}
