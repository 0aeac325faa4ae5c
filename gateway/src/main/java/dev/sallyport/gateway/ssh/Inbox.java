package dev.sallyport.gateway.ssh;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one end has sent and nobody has looked at yet. The end's socket is not read while more than {@link #HIGH} bytes
 * wait, so a slow reader holds up who writes to it and nobody's memory grows.
 */
final class Inbox {
    /** Reading stops above, and goes on below {@link #LOW}. */
    static final int HIGH = 512 * 1024;

    static final int LOW = 128 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Packet> packets = new ArrayDeque<>();
    private final Runnable suspend;
    private final Runnable resume;
    private long bytes;
    private boolean suspended;
    private boolean closed;

    Inbox(Runnable suspend, Runnable resume) {
        this.suspend = suspend;
        this.resume = resume;
    }

    /** Called by the thread that reads the socket; never waits. */
    void offer(Packet packet) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            packets.add(packet);
            bytes += packet.size();
            if (bytes > HIGH && !suspended) {
                suspended = true;
                suspend.run();
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The next packet, or nothing once the inbox is closed. */
    @Nullable
    Packet take() throws InterruptedException {
        lock.lock();
        try {
            while (packets.isEmpty() && !closed) {
                changed.await();
            }
            Packet packet = packets.poll();
            if (packet != null) {
                bytes -= packet.size();
                if (suspended && bytes < LOW) {
                    suspended = false;
                    resume.run();
                }
            }
            return packet;
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** No more is taken in; what is there can still be taken out. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything, at once. */
    void discard() {
        lock.lock();
        try {
            closed = true;
            packets.clear();
            bytes = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
