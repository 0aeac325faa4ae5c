package dev.sallyport.postgres;

import java.io.IOException;
import java.nio.file.Path;

/** A JVM of its own that owns a server: says {@code ready PORT PID}, then waits for its input to end. */
final class PostgresOwner {
    private PostgresOwner() {}

    static void main(String[] args) throws IOException {
        var config = EmbeddedPostgresConfig.in(Path.of(args[0]))
                .withBinaries(Path.of(args[1]))
                .withFsync(false)
                .withStopWithJvm(true);
        EmbeddedPostgres postgres;
        try {
            postgres = EmbeddedPostgres.start(config);
        } catch (EmbeddedPostgresException e) {
            System.out.println("refused " + e.getMessage());
            return;
        }
        System.out.println("ready " + postgres.port() + " " + postgres.pid());
        System.in.read();
    }
}
