package dev.sallyport.postgres;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Starts the server of a folder again, on the same port, whenever it dies without having been asked to. It tries for as
 * long as it is not closed, at once and then at most every {@link #LONGEST_PAUSE}: what keeps a server from starting,
 * such as a full disk, may be mended at any time. The owner's lock on the folder is held all the while.
 */
final class Keeper {
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** A server that lived shorter counts as one more attempt that failed. */
    static final Duration LIVED = Duration.ofMinutes(1);

    private static final Logger LOG = Logger.getLogger(Keeper.class.getName());

    private final EmbeddedPostgresConfig config;
    private final CompletableFuture<Boolean> closing = new CompletableFuture<>();
    private final Thread thread;
    private volatile Postmaster postmaster;

    Keeper(EmbeddedPostgresConfig config, Postmaster postmaster) {
        this.config = config;
        this.postmaster = postmaster;
        this.thread = Thread.ofPlatform().name("keep-postgres").daemon().unstarted(this::keep);
        if (config.keepRunning()) {
            thread.start();
        }
    }

    /** The one that runs, or the last one that did. */
    Postmaster postmaster() {
        return postmaster;
    }

    /** Starts nothing from now on; one that was being started has been stopped when this returns. */
    void close() {
        closing.complete(true);
        if (!config.keepRunning()) {
            return;
        }
        try {
            // an attempt looks every few milliseconds, and stops its server within the time for that
            thread.join(config.stopTimeout().plus(Postmaster.LAST_CHANCE).plusSeconds(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException(config.dir() + ": interrupted while stopping", e);
        }
    }

    private void keep() {
        int failures = 0;
        while (true) {
            long began = System.nanoTime();
            CompletableFuture.anyOf(postmaster.process().onExit(), closing).join();
            if (closing.isDone()) {
                return;
            }
            boolean lived = System.nanoTime() - began > LIVED.toNanos();
            failures = lived ? 0 : failures;
            LOG.log(Level.SEVERE, "postgres: process {0} of {1} has died and is started again", new Object[] {
                "" + postmaster.process().pid(), config.dir()
            });
            while (!startAgain(failures)) {
                if (closing.isDone()) {
                    return;
                }
                failures++;
            }
            failures++;
        }
    }

    private boolean startAgain(int failures) {
        if (closesWithin(pauseAfter(failures))) {
            return false;
        }
        try {
            postmaster = new Start(config, closing::isDone).again(postmaster.port());
            LOG.log(
                    Level.WARNING,
                    "postgres: runs again as process {0}",
                    "" + postmaster.process().pid());
            return true;
        } catch (IOException | RuntimeException e) {
            if (!closing.isDone()) {
                LOG.log(
                        Level.SEVERE,
                        "postgres: attempt " + (failures + 1) + " failed, the next one follows in "
                                + pauseAfter(failures + 1) + "; calls are answered 503 meanwhile",
                        e);
            }
            return false;
        }
    }

    /** 0, 1, 2, 4 … seconds. */
    static Duration pauseAfter(int failures) {
        Duration pause = failures == 0 ? Duration.ZERO : Duration.ofSeconds(1L << Math.min(failures - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private boolean closesWithin(Duration pause) {
        try {
            return closing.get(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("it is completed with a value only", e);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        }
    }
}
