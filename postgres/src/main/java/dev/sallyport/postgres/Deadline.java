package dev.sallyport.postgres;

import java.time.Duration;

/** The end of a bounded wait. */
record Deadline(Duration length, long endNanos) {
    private static final long STEP_MILLIS = 20;

    static Deadline in(Duration length) {
        return new Deadline(length, System.nanoTime() + length.toNanos());
    }

    boolean passed() {
        return System.nanoTime() - endNanos >= 0;
    }

    Duration left() {
        return Duration.ofNanos(Math.max(1, endNanos - System.nanoTime()));
    }

    /** Waits a moment; false once the deadline has passed. */
    boolean pause() {
        if (passed()) {
            return false;
        }
        try {
            Thread.sleep(STEP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("interrupted while waiting for PostgreSQL", e);
        }
        return true;
    }
}
