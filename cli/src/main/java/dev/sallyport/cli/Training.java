package dev.sallyport.cli;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.base.Secret;
import dev.sallyport.cli.api.DpopKey;
import dev.sallyport.cli.api.Profile;
import dev.sallyport.cli.api.Profiles;
import dev.sallyport.cli.api.Tokens;
import dev.sallyport.cli.shell.Exit;
import dev.sallyport.cli.shell.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/**
 * Runs the usual verbs once, in an empty home and against a server that answers nothing of interest, so that the JVM
 * learns which classes a command line needs (the word {@code train}, called when the AOT cache is made).
 */
final class Training {
    private static final byte[] ANSWER = "{\"items\":[],\"next\":null}".getBytes(StandardCharsets.UTF_8);

    private static final List<String> SIGNED_OUT =
            List.of("--help", "--version", "whoami", "whoami --help", "nonsense", "ssh-config", "grants", "ssh web-1");

    private static final List<String> SIGNED_IN = List.of(
            "whoami",
            "whoami -o json",
            "eligible",
            "requests",
            "request ops web-1 --for 1h --reason train",
            "show req_train",
            "show req_train -o yaml",
            "grants",
            "grants -o json",
            "targets list",
            "audit search",
            "findings",
            "ssh-ca",
            "ssh-prepare web-1.sallyport");

    private Training() {}

    static int run(Shell shell) {
        try {
            Path home = Files.createTempDirectory("sallyport-train-");
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
            try {
                server.createContext("/", exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(200, ANSWER.length);
                    exchange.getResponseBody().write(ANSWER);
                    exchange.close();
                });
                server.start();
                walk(shell, home, "http://127.0.0.1:" + server.getAddress().getPort());
            } finally {
                server.stop(0);
                delete(home);
            }
            return Exit.DONE;
        } catch (IOException e) {
            return shell.fail(Exit.FAILED, "train.failed", "training failed: " + e.getMessage(), null);
        }
    }

    private static void walk(Shell shell, Path home, String server) {
        var environment = new HashMap<>(shell.environment());
        environment.put("SALLYPORT_HOME", home.toString());
        environment.put("HOME", home.toString());
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        var quiet = new Shell(
                InputStream.nullInputStream(), nowhere, nowhere, environment, shell.clock(), shell.zone(), false);
        SIGNED_OUT.forEach(line -> Main.run(quiet, line.split(" ", -1)));
        var profiles = new Profiles(home);
        var tokens = new Tokens(Secret.of("train"), shell.now().plus(Duration.ofHours(1)), Secret.of("train"));
        profiles.save(new Profile(server, null, DpopKey.generate(), "train", tokens));
        profiles.use(server);
        SIGNED_IN.forEach(line -> Main.run(quiet, line.split(" ", -1)));
    }

    private static void delete(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
