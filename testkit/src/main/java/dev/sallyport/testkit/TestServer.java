package dev.sallyport.testkit;

import dev.sallyport.postgres.EmbeddedPostgres;
import dev.sallyport.postgres.EmbeddedPostgresConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The PostgreSQL of a test run: the one that the environment names, or one that lives and dies with this JVM. */
final class TestServer {
    static final String VARIABLE = "SALLYPORT_TEST_POSTGRES";

    private static final String PREFIX = "sallyport-test-postgres-";

    private TestServer() {}

    static EmbeddedPostgres start() {
        String dir = System.getenv(VARIABLE);
        try {
            return dir == null || dir.isBlank() ? ownedByThisJvm() : sharedIn(Path.of(dir));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static EmbeddedPostgres sharedIn(Path dir) {
        return EmbeddedPostgres.start(config(dir).withReuse(true));
    }

    private static EmbeddedPostgres ownedByThisJvm() throws IOException {
        sweep();
        Path dir = Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-");
        EmbeddedPostgres postgres = EmbeddedPostgres.start(config(dir));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            postgres.stop();
                            delete(dir);
                        },
                        "stop-test-postgres"));
        return postgres;
    }

    private static EmbeddedPostgresConfig config(Path dir) {
        return EmbeddedPostgresConfig.in(dir)
                .withBinaries(TempFolders.sharedBinaries())
                .withFsync(false)
                .with("max_connections", "200");
    }

    /** Ends the servers of test JVMs that were killed. */
    private static void sweep() throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(TempFolders.root(), PREFIX + "*")) {
            for (Path dir : found) {
                String[] parts = String.valueOf(dir.getFileName()).split("-");
                boolean orphan = parts[3].matches("[0-9]{1,9}")
                        && ProcessHandle.of(Long.parseLong(parts[3])).isEmpty();
                if (orphan && Files.isWritable(dir)) {
                    EmbeddedPostgres.stop(dir);
                    delete(dir);
                }
            }
        }
    }

    private static void delete(Path dir) {
        try {
            TempFolders.delete(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
