package dev.sallyport.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long a server with a warm embedded database takes to be ready, and a command line to answer. */
final class Starts {
    private Starts() {}

    static void run(Options options, Report report) throws Exception {
        report.columns("what | times | median ms | longest ms");
        int times = options.scale() == 1 ? 5 : 1;
        Path folder = Files.createTempDirectory("sallyport-bench-");
        try {
            Path config = folder.resolve("server.yaml");
            Files.writeString(
                    config,
                    "server: {port: %d}\ngateway: {port: %d}\ndata: {dir: %s}\ndatabase: {embedded: true}\n"
                            .formatted(Lab.freePort(), Lab.freePort(), folder.resolve("data")));
            List<String> plain = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.sallyport.server.Sallyport",
                    "server",
                    "--config",
                    config.toString());
            server(plain);
            show("server, ready, without an AOT cache", times, () -> server(plain), report);
            String home = System.getProperty("sallyport.home");
            if (home != null) {
                String launcher = Path.of(home, "sallyport").toString();
                List<String> cached = List.of(launcher, "server", "--config", config.toString());
                server(cached);
                show(
                        "server, ready, by the launcher (with the AOT cache if build --train made one)",
                        times,
                        () -> server(cached),
                        report);
                commandLine(launcher, folder, 2 * times, report);
            }
        } finally {
            Lab.remove(folder);
        }
    }

    private static void commandLine(String launcher, Path home, int times, Report report) throws Exception {
        for (String word : List.of("--version", "whoami")) {
            one(launcher, home, word);
            show("./sallyport " + word, times, () -> one(launcher, home, word), report);
        }
    }

    /** Something that says how long it took. */
    @FunctionalInterface
    private interface Timed {
        long nanos() throws Exception;
    }

    private static void show(String what, int times, Timed timed, Report report) throws Exception {
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            nanos[i] = timed.nanos();
        }
        Arrays.sort(nanos);
        report.row(what + " | " + times + " | " + Figures.number(nanos[times / 2] / 1e6) + " | "
                + Figures.number(nanos[times - 1] / 1e6));
    }

    /** From the start of the process to its line that says it is ready. */
    private static long server(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = process(command).redirectErrorStream(true).start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            var said = new ArrayList<String>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                if (line.startsWith("sallyport is ready")) {
                    return System.nanoTime() - start;
                }
            }
            throw new IllegalStateException("the server ended: " + said);
        } finally {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static long one(String launcher, Path home, String word) throws IOException, InterruptedException {
        ProcessBuilder builder = process(List.of(launcher, word));
        builder.environment().put("XDG_CONFIG_HOME", home.toString());
        builder.environment().put("HOME", home.toString());
        long start = System.nanoTime();
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        return System.nanoTime() - start;
    }

    private static ProcessBuilder process(List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().put("SALLYPORT_NO_BUILD", "1");
        return builder;
    }
}
