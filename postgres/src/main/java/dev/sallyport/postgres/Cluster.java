package dev.sallyport.postgres;

import dev.sallyport.base.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The files of one server: its data, the administrator's password, its log. */
record Cluster(Path dir) {
    static final String ADMIN = "sallyport_admin";

    private static final int PASSWORD_BYTES = 24;
    private static final long LOG_MAX_BYTES = 10L << 20;

    /** SCRAM for everybody, over loopback only; no line trusts anybody. */
    private static final String HBA = "host all all 127.0.0.1/32 scram-sha-256\n";

    /** The real path, since the server's process is recognised by it. */
    static Cluster in(Path dir) throws IOException {
        return new Cluster(dir.toRealPath());
    }

    Path data() {
        return dir.resolve("data");
    }

    Path log() {
        return dir.resolve("postgres.log");
    }

    Path ownerNote() {
        return dir.resolve("owner.pid");
    }

    Path ownerLock() {
        return dir.resolve("owner.lock");
    }

    Path startLock() {
        return dir.resolve("start.lock");
    }

    private Path passwordFile() {
        return dir.resolve("admin.password");
    }

    boolean exists() {
        return Files.exists(data().resolve("PG_VERSION"));
    }

    Secret password() throws IOException {
        if (!Files.exists(passwordFile())) {
            throw new EmbeddedPostgresException(
                    dir + ": admin.password is missing, and without it nobody can log in (put it back from a backup)");
        }
        return Secret.of(Files.readString(passwordFile()).strip());
    }

    /** Makes the data folder if there is none; a half made one from a crash is thrown away. */
    void make(Binaries binaries, boolean fsync, Deadline deadline) throws IOException {
        if (exists()) {
            return;
        }
        if (!Files.exists(passwordFile())) {
            PrivateFiles.write(passwordFile(), randomPassword() + "\n");
        }
        Path fresh = dir.resolve("data.new");
        PrivateFiles.deleteTree(fresh);
        initdb(binaries, fresh, fsync, deadline);
        PrivateFiles.write(fresh.resolve("pg_hba.conf"), HBA);
        Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes the settings; false if they stood there already. */
    boolean configure(String settings) throws IOException {
        Path file = data().resolve("postgresql.conf");
        if (Files.exists(file) && Files.readString(file).equals(settings)) {
            return false;
        }
        PrivateFiles.write(file, settings);
        return true;
    }

    /** Keeps one older log beside the current one. */
    void rotateLog() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > LOG_MAX_BYTES) {
            Files.move(log(), dir.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(log())) {
            PrivateFiles.write(log(), "");
        }
    }

    private void initdb(Binaries binaries, Path fresh, boolean fsync, Deadline deadline) throws IOException {
        long before = Files.size(log());
        Process initdb = Launch.of(
                        log(),
                        List.of(
                                binaries.program("initdb").toString(),
                                "--pgdata=" + fresh,
                                "--username=" + ADMIN,
                                "--auth=scram-sha-256",
                                "--pwfile=" + passwordFile(),
                                "--data-checksums",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--no-instructions",
                                fsync ? "--sync-method=fsync" : "--no-sync"))
                .start();
        boolean ended;
        try {
            ended = initdb.waitFor(deadline.left().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            initdb.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException(dir + ": interrupted while making the data folder", e);
        }
        if (!ended) {
            initdb.destroyForcibly();
            throw new EmbeddedPostgresException(
                    dir + ": initdb was not done after " + deadline.length() + LogTail.of(log(), before));
        }
        if (initdb.exitValue() != 0) {
            throw new EmbeddedPostgresException(
                    dir + ": initdb failed with exit code " + initdb.exitValue() + LogTail.of(log(), before));
        }
    }

    private static String randomPassword() {
        var bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
