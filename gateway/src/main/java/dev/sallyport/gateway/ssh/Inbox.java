package dev.sallyport.gateway.ssh;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * Reading stops only here while what waits is held back on purpose: more than the window of an OpenSSH channel, so that
     * a question behind it can still be heard.
     */
    static final int HELD = 4 * 1024 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Packet> packets = new ArrayDeque<>();
    private final Runnable suspend;
    private final Runnable resume;
    private long bytes;
    private boolean suspended;
    private boolean held;
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
            if (bytes > high() && !suspended) {
                suspended = true;
                suspend.run();
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something is there; false once the inbox is closed and empty. */
    boolean waits() throws InterruptedException {
        lock.lock();
        try {
            while (packets.isEmpty() && !closed) {
                changed.await();
            }
            return !packets.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return packets.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The next packet, or nothing if none is there. */
    @Nullable
    Packet poll() {
        lock.lock();
        try {
            Packet packet = packets.poll();
            if (packet != null) {
                taken(packet);
            }
            return packet;
        } finally {
            lock.unlock();
        }
    }

    /** This one and what waits right behind it, of the same kind and for the same channel, up to so many bytes. */
    List<Packet> following(Packet first, int most) {
        lock.lock();
        try {
            var all = new ArrayList<Packet>();
            all.add(first);
            int sum = first.size();
            for (Packet next = packets.peek();
                    next != null && next.isLike(first) && sum + next.size() <= most;
                    next = packets.peek()) {
                sum += next.size();
                all.add(next);
                taken(packets.remove());
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Whether what waits is held back on purpose. */
    void hold(boolean on) {
        lock.lock();
        try {
            held = on;
            if (suspended && bytes < high()) {
                suspended = false;
                resume.run();
            } else if (!suspended && bytes > high()) {
                suspended = true;
                suspend.run();
            }
        } finally {
            lock.unlock();
        }
    }

    private int high() {
        return held ? HELD : HIGH;
    }

    /**
     * Takes what belongs to no channel and does nothing out of what waits. Behind such a message that does something,
     * the others wait as well: answers come in the order of the questions.
     */
    List<Packet> aside() {
        lock.lock();
        try {
            var all = new ArrayList<Packet>();
            for (Packet packet : List.copyOf(packets)) {
                if (packet.isGlobal()) {
                    if (packet.does()) {
                        break;
                    }
                    all.add(packet);
                }
            }
            packets.removeAll(all);
            all.forEach(this::taken);
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void taken(Packet packet) {
        bytes -= packet.size();
        if (suspended && bytes < LOW) {
            suspended = false;
            resume.run();
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
