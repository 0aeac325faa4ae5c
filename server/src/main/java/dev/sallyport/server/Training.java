package dev.sallyport.server;

import dev.sallyport.server.ServerConfig.Store;
import dev.sallyport.server.ServerConfig.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The run from which the JVM's AOT cache is made: a server on a database of its own answers a few calls of every sort
 * and ends. Nothing of it stays.
 */
final class Training {
    private static final List<String> PATHS = List.of(
            "/livez",
            "/readyz",
            "/ca.pem",
            "/login",
            "/activate",
            "/oauth2/jwks",
            "/.well-known/oauth-authorization-server",
            "/api/v1/ssh/cas",
            "/api/v1/ssh/krl",
            "/api/v1/ssh/krl.sig",
            "/api/v1/me",
            "/api/v1/requests",
            "/nowhere");

    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private Training() {}

    static int run(List<String> arguments, PrintStream out) throws InterruptedException {
        if (!arguments.isEmpty()) {
            throw new IllegalArgumentException("train: " + arguments + " (expected: nothing after it)");
        }
        var asked = new AtomicBoolean();
        var done = new CountDownLatch(1);
        // who ends it early does not leave its database behind: the JVM waits until that has stopped
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            asked.set(true);
                            await(done);
                        },
                        "stop"));
        try {
            Path dir = Files.createTempDirectory("sallyport-train");
            if (asked.get()) {
                remove(dir);
                return 1;
            }
            try (RunningServer server = RunningServer.start(config(dir))) {
                try (HttpClient client = client(server.caPem().orElseThrow())) {
                    for (String path : PATHS) {
                        if (asked.get()) {
                            return 1;
                        }
                        client.send(
                                HttpRequest.newBuilder(server.url().resolve(path))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding());
                    }
                }
            } finally {
                remove(dir);
            }
            return 0;
        } catch (IOException | GeneralSecurityException e) {
            out.println("! train.failed: " + e);
            return 1;
        } finally {
            done.countDown();
        }
    }

    private static void await(CountDownLatch done) {
        try {
            if (!done.await(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(1);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static ServerConfig config(Path dir) throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        return new ServerConfig(
                URI.create("https://127.0.0.1:" + port),
                "127.0.0.1",
                port,
                new Tls.Own(),
                dir,
                new Store.Embedded(dir.resolve("postgres")),
                dir.resolve("root.key"),
                ServerConfig.Limits.DEFAULT);
    }

    private static HttpClient client(String pem) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(tls).build();
    }

    private static void remove(Path dir) throws IOException {
        try (Stream<Path> all = Files.walk(dir)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
