package dev.sallyport.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running server process, found through its {@code postmaster.pid}. A process counts only if its command line names
 * the data folder: process ids are given out again.
 */
record Postmaster(ProcessHandle process, Path data, int port, boolean ready) {
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;
    static final Duration LAST_CHANCE = Duration.ofSeconds(15);

    private static final Duration SIGNALLED_EVERY = Duration.ofSeconds(1);

    /** How long processes live on whose postmaster was killed, at most. */
    private static final Duration ORPHANS_END = Duration.ofSeconds(2);

    /** The server that runs on this data folder, if one does. */
    static Optional<Postmaster> of(Path data) throws IOException {
        List<String> lines = pidFile(data);
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        return number(lines.getFirst())
                .flatMap(ProcessHandle::of)
                .filter(process -> serves(process, data))
                .map(process -> new Postmaster(
                        process,
                        data,
                        lines.size() > PORT_LINE
                                ? number(lines.get(PORT_LINE))
                                        .map(Long::intValue)
                                        .orElse(0)
                                : 0,
                        lines.size() > STATUS_LINE
                                && lines.get(STATUS_LINE).strip().equals("ready")));
    }

    /**
     * Takes away the pid file of a server that is gone, once the last of its processes is: its process id may belong to
     * somebody else by now, whom PostgreSQL would take for the server.
     */
    static void forgetStale(Path data, Deadline deadline) throws IOException {
        if (of(data).isPresent()) {
            throw new IllegalStateException(data + " is in use");
        }
        while (hasOrphans(data)) {
            if (!deadline.pause()) {
                throw new EmbeddedPostgresException(
                        data + ": processes of a server that was killed are still at work there");
            }
        }
        Files.deleteIfExists(data.resolve("postmaster.pid"));
    }

    /** Fast shutdown; immediate when that takes too long. Of one that was killed, the end of its processes is awaited. */
    void stop(Duration timeout) throws IOException {
        if (!process.isAlive()) {
            awaitOrphans();
            return;
        }
        if (!stopsWithin(timeout)) {
            signal("QUIT");
            if (!gone(LAST_CHANCE)) {
                throw new EmbeddedPostgresException(
                        data + ": process " + process.pid() + " did not stop, not even by an immediate shutdown");
            }
        }
    }

    /** A server that is only just starting may not have heard the first signal, and hears others of the kind as one. */
    private boolean stopsWithin(Duration timeout) throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        boolean gone = false;
        for (long left = timeout.toNanos(); !gone && left > 0; left = end - System.nanoTime()) {
            signal("INT");
            gone = gone(Duration.ofNanos(Math.min(left, SIGNALLED_EVERY.toNanos())));
        }
        return gone;
    }

    private boolean gone(Duration timeout) {
        try {
            process.onExit().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new EmbeddedPostgresException(data + ": waiting for process " + process.pid() + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException(data + ": interrupted while stopping process " + process.pid(), e);
        }
    }

    /** The JDK sends TERM and KILL only, and TERM would wait for every client; the shell is everywhere. */
    private void signal(String name) throws IOException {
        if (!serves(process, data)) {
            return;
        }
        Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "sh", name, "" + process.pid())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        kill.onExit().orTimeout(LAST_CHANCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private static boolean serves(ProcessHandle process, Path data) {
        try {
            String[] words = new String(
                            Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline")), StandardCharsets.UTF_8)
                    .split("\0");
            return List.of(words).contains(data.toString());
        } catch (IOException e) {
            return false; // gone, or somebody else's
        }
    }

    /** Server processes whose postmaster was killed live on for a moment; they stand in the data folder. */
    private static boolean hasOrphans(Path data) {
        return ProcessHandle.allProcesses().anyMatch(process -> {
            try {
                return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), data);
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** They end by themselves; something else that stands in the folder is not waited for any longer. */
    private void awaitOrphans() {
        long end = System.nanoTime() + ORPHANS_END.toNanos();
        try {
            while (hasOrphans(data) && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> pidFile(Path data) throws IOException {
        try {
            return Files.readAllLines(data.resolve("postmaster.pid"));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static Optional<Long> number(String text) {
        String digits = text.strip();
        return digits.matches("[0-9]{1,9}") ? Optional.of(Long.valueOf(digits)) : Optional.empty();
    }
}
