package dev.sallyport.postgres;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The end of a bounded wait, which ends earlier when whoever waits is told to give up. */
record Deadline(Duration length, long endNanos, BooleanSupplier givenUp) {
    private static final long STEP_MILLIS = 20;

    static Deadline in(Duration length) {
        return in(length, () -> false);
    }

    static Deadline in(Duration length, BooleanSupplier givenUp) {
        return new Deadline(length, System.nanoTime() + length.toNanos(), givenUp);
    }

    boolean passed() {
        return System.nanoTime() - endNanos >= 0;
    }

    Duration left() {
        return Duration.ofNanos(Math.max(1, endNanos - System.nanoTime()));
    }

    /**
     * Waits a moment; false once the deadline has passed.
     *
     * @throws EmbeddedPostgresException when given up
     */
    boolean pause() {
        if (givenUp.getAsBoolean()) {
            throw new EmbeddedPostgresException("PostgreSQL is to stop, and was being started");
        }
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
