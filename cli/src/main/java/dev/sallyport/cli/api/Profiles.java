package dev.sallyport.cli.api;

import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The folder {@code $SALLYPORT_HOME}: one profile per server, and which of them is meant when nobody says. A profile
 * that others may read is refused, like ssh refuses such a key.
 */
public final class Profiles {
    /** File locks are held by a process; this one keeps the threads of one process apart. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Path home;

    public Profiles(Path home) {
        this.home = home;
    }

    public Path home() {
        return home;
    }

    /** The address of the server used last, if any. */
    public Optional<String> current() {
        return read(home.resolve("current")).map(String::strip);
    }

    public Optional<Profile> find(String server) {
        Path file = file(server);
        return read(file).map(text -> Profile.read(Json.read(text), file.toString()));
    }

    /** Writes the profile. */
    public void save(Profile profile) {
        try {
            open();
            PrivateFiles.write(file(profile.server()), Json.pretty(profile.json()) + "\n");
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Makes this server the one that is meant when nobody says. */
    public void use(String server) {
        try {
            open();
            PrivateFiles.write(home.resolve("current"), server + "\n");
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * Runs the work while no other command changes this server's profile. A refresh token works once: two commands that
     * both used it would look like a thief and end the session.
     */
    public <T> T locked(String server, Supplier<T> work) {
        THREADS.lock();
        try {
            open();
            try (var channel = PrivateFiles.lockFile(home.resolve("profiles/" + Servers.hash(server) + ".lock"));
                    var lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException("the lock was lost");
                }
                return work.get();
            }
        } catch (IOException e) {
            throw unwritable(e);
        } finally {
            THREADS.unlock();
        }
    }

    public Path file(String server) {
        return home.resolve("profiles/" + Servers.hash(server) + ".json");
    }

    private void open() throws IOException {
        boolean fresh = !Files.isDirectory(home.resolve("profiles"));
        PrivateFiles.folder(home);
        if (fresh && PrivateFiles.isOpenToOthers(home)) {
            PrivateFiles.close(home);
        }
        PrivateFiles.folder(home.resolve("profiles"));
    }

    private Optional<String> read(Path file) {
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            for (Path path : new Path[] {home, file}) {
                if (PrivateFiles.isOpenToOthers(path)) {
                    throw Failure.here(
                            "profile.open-to-others",
                            path + ": others may read it (expected: mode " + (Files.isDirectory(path) ? "0700" : "0600")
                                    + ")",
                            "chmod go= " + path + " && sallyport logout, if others may have read it");
                }
            }
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw Failure.here("profile.unreadable", file + " cannot be read: " + e.getMessage(), null);
        }
    }

    private Failure unwritable(IOException e) {
        return Failure.here(
                "profile.unwritable",
                home + " cannot be written: " + e.getMessage(),
                "set SALLYPORT_HOME to a folder of your own");
    }
}
