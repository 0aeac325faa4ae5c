package dev.sallyport.session;

import java.time.Duration;

/**
 * Wakes those of this node who wait for something in the database. Who was rung on another node hears nothing and looks by
 * itself, so waiting is looking again every {@value #LOOK_MILLIS} ms at the latest.
 */
final class Bell {
    static final long LOOK_MILLIS = 200;

    private long rung;

    synchronized void ring() {
        rung++;
        notifyAll();
    }

    /** What to hand to {@link #await} so that no ring after this call is missed. */
    synchronized long mark() {
        return rung;
    }

    /** Returns when it was rung since the mark, or after the time, or {@value #LOOK_MILLIS} ms. */
    synchronized void await(long mark, Duration left) throws InterruptedException {
        long deadline = System.nanoTime() + Math.min(left.toNanos(), LOOK_MILLIS * 1_000_000);
        while (rung == mark) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return;
            }
            wait(millis);
        }
    }
}
