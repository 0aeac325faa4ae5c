package dev.sallyport.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What all connections of a relay have in common: whether anything passes, and how late. */
final class RelayGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean shut;
    private volatile long delayNanos;

    void shut() {
        set(true);
    }

    void open() {
        set(false);
    }

    void delay(Duration eachWay) {
        delayNanos = eachWay.toNanos();
    }

    /** When something that arrives now may leave. */
    long due() {
        return System.nanoTime() + delayNanos;
    }

    /** Wakes those who wait, so that they see that their connection has ended. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the gate is open and the instant has come, or the connection has ended. */
    void pass(long due, BooleanSupplier ended) throws InterruptedException {
        lock.lock();
        try {
            while (!ended.getAsBoolean()) {
                long left = due - System.nanoTime();
                if (shut) {
                    changed.await();
                } else if (left > 0) {
                    long _ = changed.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
                } else {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void set(boolean value) {
        lock.lock();
        try {
            shut = value;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
