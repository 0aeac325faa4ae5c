package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class EmbeddedTest {
    /** What somebody reads who starts a server that cannot have its port for SSH. */
    private static String said(ServerConfig config) {
        try (RunningServer server = RunningServer.start(config)) {
            return "it started: " + server.url();
        } catch (RuntimeException e) {
            var all = new StringBuilder();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                all.append(cause.getMessage()).append('\n');
            }
            return all.toString();
        }
    }

    @Test
    void startsOnItsOwnDatabaseAndAgainOnTheSameFolder() throws IOException, InterruptedException {
        Path folder = TestServers.folder();
        int port = TestServers.freePort();
        Path file = folder.resolve("server.yaml");
        Files.writeString(file, """
                server: {port: %d}
                tls: {off: true}
                data: {dir: %s}
                gateway: {port: %d}
                database: {embedded: true}
                """.formatted(port, folder.resolve("data"), TestServers.freePort()));
        ServerConfig config = ConfigFile.read(file);
        String password = "correct horse battery";

        try (RunningServer first = RunningServer.start(config)) {
            assertThat(first.url()).isEqualTo(URI.create("http://localhost:" + port));
            TestPeople.firstRun(first, "ada", password);
        }
        try (var taken = new java.net.ServerSocket(
                config.gateway().port(),
                1,
                java.net.InetAddress.getByName(config.gateway().bind()))) {
            assertThat(taken.isBound()).isTrue();
            assertThat(said(config))
                    .contains("gateway.port: " + config.gateway().port(), "gateway.enabled: false");
        }
        try (RunningServer second = RunningServer.start(config);
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(second.setUpLink()).isEmpty();
            HttpResponse<String> ready = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(ready.body()).contains("\"ready\":true");
            assertThat(ready.headers().firstValue("Strict-Transport-Security")).isEmpty();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config.rootKey())))
                .isEqualTo("rw-------");
    }
}
