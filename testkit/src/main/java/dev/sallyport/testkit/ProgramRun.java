package dev.sallyport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How a program that was waited for ended, and what it wrote. */
public record ProgramRun(int exit, String stdout, String stderr) {
    /** Runs it to its end with empty input and without an SSH agent. */
    public static ProgramRun of(Duration limit, List<String> command) {
        return of(limit, command, "");
    }

    /**
     * Runs it to its end.
     *
     * @throws AssertionError if it takes longer than the limit
     */
    public static ProgramRun of(Duration limit, List<String> command, String input) {
        try {
            Path folder = Files.createTempDirectory("sallyport-run-");
            try {
                return run(limit, command, input, folder);
            } finally {
                TempFolders.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(command.getFirst() + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + command.getFirst(), e);
        }
    }

    /**
     * The same run if it ended well.
     *
     * @throws AssertionError with everything it wrote otherwise
     */
    public ProgramRun succeeded() {
        if (exit != 0) {
            throw new AssertionError("exit code " + exit + "\n" + stdout + stderr);
        }
        return this;
    }

    private static ProgramRun run(Duration limit, List<String> command, String input, Path folder)
            throws IOException, InterruptedException {
        Path in = Files.writeString(folder.resolve("in"), input);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        var builder = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("SSH_AUTH_SOCK");
        Process process = builder.start();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError(command.getFirst() + " did not end within " + limit + "\n" + Files.readString(out)
                    + Files.readString(err));
        }
        return new ProgramRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
