package dev.sallyport.postgres;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where an embedded PostgreSQL lives and how it runs.
 *
 * @param dir holds data, password, log and locks; made if missing, and kept at mode 0700
 * @param binaries where the programs are unpacked; may be shared by any number of servers of one user
 * @param fsync off only for data that a crash may take
 * @param reuse share a server that already runs in the folder, or start one, and leave it running: it ends by
 *     {@link EmbeddedPostgres#stop(Path)}. Otherwise the folder has one owner, and the server ends with the handle
 * @param stopWithJvm a shutdown hook stops the server; off for callers that order their own shutdown
 * @param keepRunning a server that dies is started again, on the same port, until it is stopped; for owners only
 * @param startTimeout how long making, unpacking and starting may take together
 * @param stopTimeout how long a fast shutdown may take before an immediate one
 * @param settings PostgreSQL settings on top of ours, such as {@code max_connections}
 */
public record EmbeddedPostgresConfig(
        Path dir,
        Path binaries,
        boolean fsync,
        boolean reuse,
        boolean stopWithJvm,
        boolean keepRunning,
        Duration startTimeout,
        Duration stopTimeout,
        Map<String, String> settings) {

    public EmbeddedPostgresConfig {
        dir = dir.toAbsolutePath().normalize();
        binaries = binaries.toAbsolutePath().normalize();
        if (reuse && keepRunning) {
            throw new IllegalArgumentException("keepRunning: true (expected: false for a server that is shared)");
        }
        positive("startTimeout", startTimeout);
        positive("stopTimeout", stopTimeout);
        settings = Map.copyOf(settings);
        Settings.checkExtra(settings);
    }

    /** Durable, exclusive, stopped by its caller; the programs are unpacked inside the folder. */
    public static EmbeddedPostgresConfig in(Path dir) {
        return new EmbeddedPostgresConfig(
                dir,
                dir.resolve("binaries"),
                true,
                false,
                false,
                false,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Map.of());
    }

    public EmbeddedPostgresConfig withBinaries(Path folder) {
        return new EmbeddedPostgresConfig(
                dir, folder, fsync, reuse, stopWithJvm, keepRunning, startTimeout, stopTimeout, settings);
    }

    public EmbeddedPostgresConfig withFsync(boolean on) {
        return new EmbeddedPostgresConfig(
                dir, binaries, on, reuse, stopWithJvm, keepRunning, startTimeout, stopTimeout, settings);
    }

    public EmbeddedPostgresConfig withReuse(boolean on) {
        return new EmbeddedPostgresConfig(
                dir, binaries, fsync, on, stopWithJvm, keepRunning, startTimeout, stopTimeout, settings);
    }

    public EmbeddedPostgresConfig withStopWithJvm(boolean on) {
        return new EmbeddedPostgresConfig(
                dir, binaries, fsync, reuse, on, keepRunning, startTimeout, stopTimeout, settings);
    }

    public EmbeddedPostgresConfig withKeepRunning(boolean on) {
        return new EmbeddedPostgresConfig(
                dir, binaries, fsync, reuse, stopWithJvm, on, startTimeout, stopTimeout, settings);
    }

    public EmbeddedPostgresConfig withTimeouts(Duration start, Duration stop) {
        return new EmbeddedPostgresConfig(dir, binaries, fsync, reuse, stopWithJvm, keepRunning, start, stop, settings);
    }

    /** The same with one more PostgreSQL setting. */
    public EmbeddedPostgresConfig with(String setting, String value) {
        var more = new TreeMap<>(settings);
        more.put(setting, value);
        return new EmbeddedPostgresConfig(
                dir, binaries, fsync, reuse, stopWithJvm, keepRunning, startTimeout, stopTimeout, more);
    }

    private static void positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: longer than 0)");
        }
    }
}
