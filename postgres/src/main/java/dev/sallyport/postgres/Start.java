package dev.sallyport.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/** Brings the server of one folder up, whatever state the last one left it in. */
final class Start {
    private static final int PORTS_TRIED = 5;

    private final EmbeddedPostgresConfig config;
    private final Cluster cluster;
    private final Deadline deadline;

    Start(EmbeddedPostgresConfig config) throws IOException {
        this(config, () -> false);
    }

    Start(EmbeddedPostgresConfig config, BooleanSupplier givenUp) throws IOException {
        PrivateFiles.folder(config.dir());
        this.config = config;
        this.cluster = Cluster.in(config.dir());
        this.deadline = Deadline.in(config.startTimeout(), givenUp);
    }

    EmbeddedPostgres run() throws IOException {
        try (var _ = FolderLock.on(cluster.startLock(), deadline)) {
            if (config.reuse()) {
                return shared();
            }
            FolderLock owner = FolderLock.tryOn(cluster.ownerLock()).orElseThrow(this::inUse);
            boolean done = false;
            try {
                PrivateFiles.write(cluster.ownerNote(), ProcessHandle.current().pid() + "\n");
                var handle = new EmbeddedPostgres(
                        config, cluster, own(OptionalInt.empty()), cluster.password(), Optional.of(owner));
                done = true;
                return handle;
            } finally {
                if (!done) {
                    owner.close();
                }
            }
        }
    }

    /** For an owner whose server has died: clients know its port, so the new one has the same. */
    Postmaster again(int port) throws IOException {
        try (var _ = FolderLock.on(cluster.startLock(), deadline)) {
            return own(OptionalInt.of(port));
        }
    }

    private EmbeddedPostgres shared() throws IOException {
        Optional<Postmaster> running = runningAndReady();
        if (running.isPresent()) {
            return new EmbeddedPostgres(config, cluster, running.get(), cluster.password(), Optional.empty());
        }
        try (var _ = FolderLock.tryOn(cluster.ownerLock()).orElseThrow(this::inUse)) {
            return new EmbeddedPostgres(
                    config, cluster, own(OptionalInt.empty()), cluster.password(), Optional.empty());
        }
    }

    /** Adopts what the last owner left running if it is what we would start, otherwise starts afresh. */
    private Postmaster own(OptionalInt port) throws IOException {
        cluster.rotateLog();
        String settings = Settings.text(config.fsync(), config.settings());
        Optional<Postmaster> left = Postmaster.of(cluster.data());
        if (left.isPresent()) {
            Optional<Postmaster> ready =
                    runningAndReady().filter(found -> port.isEmpty() || port.getAsInt() == found.port());
            if (!cluster.configure(settings) && ready.isPresent()) {
                return ready.get();
            }
            left.get().stop(config.stopTimeout());
        }
        Binaries binaries = Binaries.unpackedIn(config.binaries());
        if (port.isEmpty()) {
            cluster.make(binaries, config.fsync(), deadline);
        } else if (!cluster.exists()) {
            throw new EmbeddedPostgresException(
                    cluster.data() + ": the data is gone (an empty database is made by a first start only)");
        }
        cluster.configure(settings);
        Postmaster.forgetStale(cluster.data(), deadline);
        return start(binaries, port);
    }

    private Optional<Postmaster> runningAndReady() throws IOException {
        Optional<Postmaster> running = Postmaster.of(cluster.data());
        if (running.isEmpty() || !running.get().ready()) {
            return Optional.empty();
        }
        boolean works = new Login(running.get().port(), cluster.password()).works();
        return works ? running : Optional.empty();
    }

    private Postmaster start(Binaries binaries, OptionalInt wanted) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long before = Files.size(cluster.log());
            int port = wanted.isPresent() ? wanted.getAsInt() : freePort();
            Process process = Launch.of(
                            cluster.log(),
                            List.of(
                                    binaries.program("postgres").toString(),
                                    "-D",
                                    cluster.data().toString(),
                                    "-p",
                                    "" + port))
                    .start();
            Optional<Postmaster> ready = readyOrStopped(process, before);
            if (ready.isPresent()) {
                return ready.get();
            }
            boolean portTaken = LogTail.read(cluster.log(), before).contains("could not bind");
            if (!portTaken || wanted.isPresent() || attempt == PORTS_TRIED) {
                throw new EmbeddedPostgresException(config.dir() + ": PostgreSQL ended with exit code "
                        + process.exitValue() + " while starting" + LogTail.of(cluster.log(), before));
            }
        }
    }

    /** As {@link #awaitReady}; whatever goes wrong, no process stays that nobody knows of. */
    private Optional<Postmaster> readyOrStopped(Process process, long logFrom) throws IOException {
        boolean done = false;
        try {
            Optional<Postmaster> ready = awaitReady(process, logFrom);
            done = true;
            return ready;
        } finally {
            if (!done) {
                new Postmaster(process.toHandle(), cluster.data(), 0, false).stop(config.stopTimeout());
            }
        }
    }

    /** The ready server, or nothing if the process has ended. */
    private Optional<Postmaster> awaitReady(Process process, long logFrom) throws IOException {
        while (process.isAlive()) {
            Optional<Postmaster> ready = Postmaster.of(cluster.data())
                    .filter(found -> found.process().pid() == process.pid() && found.ready());
            if (ready.isPresent()) {
                if (!new Login(ready.get().port(), cluster.password()).works()) {
                    throw new EmbeddedPostgresException(config.dir() + ": PostgreSQL runs but refuses "
                            + Cluster.ADMIN + " with the password in admin.password"
                            + LogTail.of(cluster.log(), logFrom));
                }
                return ready;
            }
            if (!deadline.pause()) {
                throw new EmbeddedPostgresException(config.dir() + ": PostgreSQL was not ready after "
                        + deadline.length() + LogTail.of(cluster.log(), logFrom));
            }
        }
        return Optional.empty();
    }

    private EmbeddedPostgresException inUse() {
        String pid;
        try {
            pid = Files.readString(cluster.ownerNote()).strip();
        } catch (IOException e) {
            pid = "(unknown)";
        }
        return new EmbeddedPostgresException(config.dir() + " is in use by process " + pid
                + " (expected: one owner; stop it or choose another folder)");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
