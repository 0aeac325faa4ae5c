package dev.sallyport.server;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.server.demo.Demo;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The entry of the server's program: {@code server --config FILE}. */
public final class Sallyport {
    private static final int USAGE = 64;

    private Sallyport() {}

    /** One face of the program. */
    @FunctionalInterface
    interface Verb {
        /** Runs until it is done and returns the exit code. */
        int run(List<String> arguments, PrintStream out) throws InterruptedException;
    }

    private static final Map<String, Verb> VERBS =
            new TreeMap<>(Map.of("server", Sallyport::server, "demo", Demo::run, "train", Training::run));

    public static void main(String[] arguments) throws InterruptedException {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Verb verb = arguments.length == 0 ? null : VERBS.get(arguments[0]);
        if (verb == null) {
            System.err.println("! usage: sallyport server --config FILE | demo [--dir FOLDER] [--port N] [--tour]");
            System.exit(USAGE);
            return;
        }
        if (List.of(arguments).contains("--help")) {
            out.print(help(arguments[0]));
            return;
        }
        try {
            System.exit(verb.run(List.of(arguments).subList(1, arguments.length), out));
        } catch (IllegalArgumentException e) {
            System.err.println("! config.invalid: " + e.getMessage());
            System.exit(USAGE);
        } catch (RuntimeException e) {
            fail(e);
            System.exit(1);
        }
    }

    static String help(String verb) {
        return switch (verb) {
            case "demo" -> """
                    Usage: sallyport demo [--dir FOLDER] [--port N] [--tour]
                    A server, a database, three people and two sshd on this machine, until Ctrl-C.

                      --dir FOLDER   where it keeps everything; the same folder again goes on where it was
                                     (default: sallyport-demo in $XDG_STATE_HOME, or in ~/.local/state)
                      --port N       of the portal and the API (default: a free one, the same each time)
                      --tour         walks through everything by itself, and ends
                    """;
            case "server" -> """
                    Usage: sallyport server --config FILE
                    The server, until it is told to stop (SIGTERM). See docs/how-to/run-from-a-release.md.
                    """;
            default -> "Usage: sallyport " + verb + "\n";
        };
    }

    /** What somebody can mend is a sentence of ours, deepest in the chain; everything else needs its trace. */
    private static void fail(RuntimeException fault) {
        @Nullable String sentence = null;
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException
                    || cause instanceof IllegalArgumentException
                    || cause instanceof Refusal) {
                sentence = cause.getMessage();
            }
        }
        if (sentence == null) {
            fault.printStackTrace(System.err);
        }
        System.err.println("! start.failed: " + (sentence == null ? fault.getMessage() : sentence));
    }

    private static int server(List<String> arguments, PrintStream out) throws InterruptedException {
        if (arguments.size() != 2 || !arguments.getFirst().equals("--config")) {
            throw new IllegalArgumentException("server: " + arguments + " (expected: --config FILE)");
        }
        ServerConfig config = ConfigFile.read(Path.of(arguments.get(1)));
        long began = System.nanoTime();
        RunningServer server = RunningServer.start(config);
        // before anybody is told that it is ready: who then ends it at once ends its database too
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            stopped.countDown();
                        },
                        "stop"));
        out.println(
                "sallyport is ready: " + server.url() + " (after " + (System.nanoTime() - began) / 1_000_000 + " ms)");
        // shown once, to whoever started the server: the database holds its hash only
        server.setUpLink()
                .map(Secret::reveal)
                .ifPresent(link -> out.println("first run, open within an hour: " + link));
        stopped.await();
        return 0;
    }
}
