package dev.sallyport.server;

import java.time.Duration;
import java.util.function.IntSupplier;

/** A part of a duty that looks at much and is not urgent: done now and then, by the one thread of its duty. */
final class Seldom implements IntSupplier {
    private final long pauseNanos;
    private final IntSupplier work;
    private long nextNanos = System.nanoTime();

    Seldom(Duration pause, IntSupplier work) {
        this.pauseNanos = pause.toNanos();
        this.work = work;
    }

    @Override
    public int getAsInt() {
        if (System.nanoTime() - nextNanos < 0) {
            return 0;
        }
        nextNanos = System.nanoTime() + pauseNanos;
        return work.getAsInt();
    }
}
