package dev.sallyport.postgres;

import dev.sallyport.base.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL that runs as our child on 127.0.0.1 with a port of its own choice. Everybody logs in with SCRAM: there
 * is no socket and no trusted line. It outlives a JVM that is killed; the next start in the same folder adopts it, or
 * stops it and starts afresh. One that dies by itself is started again on the same port, if the configuration says so.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private final EmbeddedPostgresConfig config;
    private final Cluster cluster;
    private final Keeper keeper;
    private final Login login;
    private final Optional<FolderLock> owner;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final @Nullable Thread hook;

    EmbeddedPostgres(
            EmbeddedPostgresConfig config,
            Cluster cluster,
            Postmaster postmaster,
            Secret password,
            Optional<FolderLock> owner) {
        this.config = config;
        this.cluster = cluster;
        this.keeper = new Keeper(config, postmaster);
        this.login = new Login(postmaster.port(), password);
        this.owner = owner;
        this.hook = owner.isPresent() && config.stopWithJvm() ? new Thread(this::end, "stop-postgres") : null;
        if (hook != null) {
            Runtime.getRuntime().addShutdownHook(hook);
        }
    }

    /**
     * Starts the server, or adopts the one that a killed JVM left; a second owner is refused.
     *
     * @throws EmbeddedPostgresException naming the folder, what failed and the last lines of the log
     */
    public static EmbeddedPostgres start(EmbeddedPostgresConfig config) {
        try {
            return new Start(config).run();
        } catch (IOException e) {
            throw new EmbeddedPostgresException(config.dir() + ": PostgreSQL cannot be started: " + e, e);
        }
    }

    /** Stops whatever server runs in the folder, whoever started it; nothing happens if none does. */
    public static void stop(Path dir) {
        EmbeddedPostgresConfig config = EmbeddedPostgresConfig.in(dir);
        try {
            Optional<Postmaster> running = Postmaster.of(new Cluster(config.dir()).data());
            if (running.isPresent()) {
                running.get().stop(config.stopTimeout());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without user and password: those go into the connection's properties, never into a URL. */
    public String jdbcUrl(String database) {
        return login.jdbcUrl(database);
    }

    public int port() {
        return login.port();
    }

    /** The superuser. */
    public String user() {
        return Cluster.ADMIN;
    }

    public Secret password() {
        return login.password();
    }

    public Path dataDir() {
        return cluster.data();
    }

    /** Of the postmaster, which changes when it died and was started again. */
    public long pid() {
        return keeper.postmaster().process().pid();
    }

    public boolean isRunning() {
        return keeper.postmaster().process().isAlive();
    }

    /** Whether {@link #stop()} ends the server; false for a shared one. */
    public boolean isOwner() {
        return owner.isPresent();
    }

    /** Fast shutdown: clients are cut, nothing committed is lost. A shared server stays. May be called again. */
    public void stop() {
        if (hook != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the JVM is ending: the hook does the same
            }
        }
        end();
    }

    private void end() {
        if (owner.isEmpty() || !stopped.compareAndSet(false, true)) {
            return;
        }
        try (var _ = owner.get()) {
            keeper.close();
            keeper.postmaster().stop(config.stopTimeout());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
