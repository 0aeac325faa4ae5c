package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The embedded database is killed under a running server, which brings it back by itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseDiesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PASSWORD = "correct horse battery";

    private final HttpClient http = HttpClient.newHttpClient();
    private Path data;
    private ServerConfig config;

    @BeforeAll
    void configure() throws IOException {
        Path folder = TestServers.folder();
        data = folder.resolve("data/postgres/data");
        config = ConfigFile.read(Files.writeString(folder.resolve("server.yaml"), """
                server: {port: %d}
                tls: {off: true}
                data: {dir: %s}
                gateway: {port: %d}
                database: {embedded: true}
                """.formatted(
                        TestServers.freePort(), folder.resolve("data"), TestServers.freePort())));
    }

    @AfterAll
    void close() {
        http.close();
    }

    @Test
    void callsAre503MeanwhileAndWorkAgainWithoutARestart() throws Exception {
        try (RunningServer server = RunningServer.start(config)) {
            if (server.setUpLink().isPresent()) {
                TestPeople.firstRun(server, "ada", PASSWORD);
            }
            assertThat(get("/readyz").statusCode()).isEqualTo(200);
            // the new database waits for it, as for any process of the old one
            Process orphan = orphan();
            List<ProcessHandle> old = databaseProcesses();
            try {
                killDatabase(orphan);

                for (String path : List.of("/api/v1/ssh/cas", "/oauth2/jwks", "/api/v1/ssh/krl")) {
                    HttpResponse<String> refused = get(path);
                    assertThat(refused.statusCode())
                            .as(path + ": " + refused.body())
                            .isEqualTo(503);
                    assertThat(refused.headers().firstValue("Retry-After"))
                            .as(path)
                            .isPresent();
                    assertThat(refused.body()).as(path).contains("unavailable.database");
                }
                HttpResponse<String> page = http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + config.port() + "/grants"))
                                .header("Accept", "text/html")
                                .header("Cookie", "sallyport-session=whoever")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(page.statusCode()).isEqualTo(503);
                assertThat(page.headers().firstValue("Retry-After")).isPresent();
                assertThat(page.body()).startsWith("<!doctype html>").contains("unavailable.database");
                HttpResponse<String> ready = get("/readyz");
                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(ready.body()).contains("\"database\":false");
                assertThat(ready.headers().firstValue("Retry-After")).isPresent();
            } finally {
                orphan.destroyForcibly().waitFor();
            }
            Await.until("a ready server", LIMIT, () -> get("/readyz").statusCode() == 200);

            assertThat(get("/api/v1/ssh/cas").statusCode()).isEqualTo(200);
            assertThat(get("/api/v1/ssh/krl").statusCode()).isEqualTo(200);
            TestPeople.make(server, "grace", PASSWORD);
            assertThat(databaseProcesses()).isNotEmpty().doesNotContainAnyElementsOf(old);
        }
        assertThat(databaseProcesses()).isEmpty();
    }

    @Test
    void aServerThatStopsWhileItsDatabaseIsStartedLeavesNoProcess() throws Exception {
        RunningServer server = RunningServer.start(config);
        Process orphan = orphan();
        try {
            killDatabase(orphan);
            assertThat(get("/readyz").statusCode()).isEqualTo(503);

            server.close();
        } finally {
            orphan.destroyForcibly().waitFor();
        }

        assertThat(databaseProcesses()).isEmpty();
        try (RunningServer _ = RunningServer.start(config)) {
            Await.until("a ready server", LIMIT, () -> get("/readyz").statusCode() == 200);
            killDatabase(orphan);
        }
        assertThat(databaseProcesses()).isEmpty();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + config.port() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private Process orphan() throws IOException {
        return new ProcessBuilder("sleep", "120").directory(data.toFile()).start();
    }

    /** The postmaster and all its children, at once. */
    private void killDatabase(Process but) {
        List<ProcessHandle> all = databaseProcesses().stream()
                .filter(process -> process.pid() != but.pid())
                .toList();
        assertThat(all).isNotEmpty();
        all.forEach(ProcessHandle::destroyForcibly);
        Await.until("its end", LIMIT, () -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    private List<ProcessHandle> databaseProcesses() {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), data);
                    } catch (IOException _) {
                        return false;
                    }
                })
                .toList();
    }
}
