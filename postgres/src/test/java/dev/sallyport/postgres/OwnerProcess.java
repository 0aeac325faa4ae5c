package dev.sallyport.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@link PostgresOwner} in a child JVM. */
record OwnerProcess(Process process, String firstLine) implements AutoCloseable {
    static OwnerProcess start(List<String> prefix, String classPath, Path dir, Path binaries) throws IOException {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                PostgresOwner.class.getName(),
                dir.toString(),
                binaries.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        var heard = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("ready ") || line.startsWith("refused ")) {
                return new OwnerProcess(process, line);
            }
            heard.append(line).append('\n');
        }
        throw new AssertionError("the child JVM said nothing useful:\n" + heard);
    }

    static OwnerProcess start(Path dir, Path binaries) throws IOException {
        return start(List.of(), System.getProperty("java.class.path"), dir, binaries);
    }

    int port() {
        return Integer.parseInt(firstLine.split(" ")[1]);
    }

    long postgresPid() {
        return Long.parseLong(firstLine.split(" ")[2]);
    }

    void killHard() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the child JVM survived SIGKILL");
        }
    }

    /** Ends it through its shutdown hook. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            throw new AssertionError("the child JVM did not end");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
