package dev.sallyport.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Brings the server of one folder up, whatever state the last one left it in. */
final class Start {
    private static final int PORTS_TRIED = 5;

    private final EmbeddedPostgresConfig config;
    private final Cluster cluster;
    private final Deadline deadline;

    Start(EmbeddedPostgresConfig config) throws IOException {
        PrivateFiles.folder(config.dir());
        this.config = config;
        this.cluster = Cluster.in(config.dir());
        this.deadline = Deadline.in(config.startTimeout());
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
                var handle = new EmbeddedPostgres(config, cluster, own(), cluster.password(), Optional.of(owner));
                done = true;
                return handle;
            } finally {
                if (!done) {
                    owner.close();
                }
            }
        }
    }

    private EmbeddedPostgres shared() throws IOException {
        Optional<Postmaster> running = runningAndReady();
        if (running.isPresent()) {
            return new EmbeddedPostgres(config, cluster, running.get(), cluster.password(), Optional.empty());
        }
        try (var _ = FolderLock.tryOn(cluster.ownerLock()).orElseThrow(this::inUse)) {
            return new EmbeddedPostgres(config, cluster, own(), cluster.password(), Optional.empty());
        }
    }

    /** Adopts what the last owner left running if it is what we would start, otherwise starts afresh. */
    private Postmaster own() throws IOException {
        cluster.rotateLog();
        String settings = Settings.text(config.fsync(), config.settings());
        Optional<Postmaster> left = Postmaster.of(cluster.data());
        if (left.isPresent()) {
            Optional<Postmaster> ready = runningAndReady();
            if (!cluster.configure(settings) && ready.isPresent()) {
                return ready.get();
            }
            left.get().stop(config.stopTimeout());
        }
        Binaries binaries = Binaries.unpackedIn(config.binaries());
        cluster.make(binaries, config.fsync(), deadline);
        cluster.configure(settings);
        Postmaster.forgetStale(cluster.data(), deadline);
        return start(binaries);
    }

    private Optional<Postmaster> runningAndReady() throws IOException {
        Optional<Postmaster> running = Postmaster.of(cluster.data());
        if (running.isEmpty() || !running.get().ready()) {
            return Optional.empty();
        }
        boolean works = new Login(running.get().port(), cluster.password()).works();
        return works ? running : Optional.empty();
    }

    private Postmaster start(Binaries binaries) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long before = Files.size(cluster.log());
            int port = freePort();
            Process process = Launch.of(
                            cluster.log(),
                            List.of(
                                    binaries.program("postgres").toString(),
                                    "-D",
                                    cluster.data().toString(),
                                    "-p",
                                    "" + port))
                    .start();
            Optional<Postmaster> ready = awaitReady(process, before);
            if (ready.isPresent()) {
                return ready.get();
            }
            boolean portTaken = LogTail.read(cluster.log(), before).contains("could not bind");
            if (!portTaken || attempt == PORTS_TRIED) {
                throw new EmbeddedPostgresException(config.dir() + ": PostgreSQL ended with exit code "
                        + process.exitValue() + " while starting" + LogTail.of(cluster.log(), before));
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
                    ready.get().stop(config.stopTimeout());
                    throw new EmbeddedPostgresException(config.dir() + ": PostgreSQL runs but refuses "
                            + Cluster.ADMIN + " with the password in admin.password"
                            + LogTail.of(cluster.log(), logFrom));
                }
                return ready;
            }
            if (!deadline.pause()) {
                process.destroyForcibly();
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
