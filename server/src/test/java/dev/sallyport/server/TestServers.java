package dev.sallyport.server;

import dev.sallyport.database.DatabaseConfig;
import dev.sallyport.database.Schema;
import dev.sallyport.testkit.TestDatabase;
import dev.sallyport.testkit.TestDatabases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Servers in this process, on databases of their own or on one together. */
final class TestServers {
    private TestServers() {}

    static TestDatabase database() {
        return TestDatabases.shared()
                .create(
                        "server",
                        database -> Schema.migrate(
                                database.jdbcUrl(),
                                database.owner().user(),
                                database.owner().password().reveal(),
                                database.app().user()));
    }

    static RunningServer start(TestDatabase database, Path folder) {
        return RunningServer.start(config(database, folder));
    }

    static ServerConfig config(TestDatabase database, Path folder) {
        int port = freePort();
        return new ServerConfig(
                URI.create("https://localhost:" + port),
                "127.0.0.1",
                port,
                new ServerConfig.Tls.Own(),
                folder,
                new ServerConfig.Store.External(new DatabaseConfig(
                        database.jdbcUrl(),
                        database.app().user(),
                        database.app().password(),
                        database.owner().user(),
                        database.owner().password(),
                        8,
                        Duration.ofSeconds(3))),
                folder.resolve("root.key"),
                new ServerConfig.Limits(200, 200, 10_000));
    }

    static Path folder() {
        try {
            return Files.createTempDirectory("sallyport-server-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
