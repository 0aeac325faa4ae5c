package dev.sallyport.gateway.ssh;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;

/** Writes to one end, and waits while more than {@link #MAX} bytes have not reached its socket. */
final class Outbox {
    static final int MAX = 256 * 1024;

    private final Session session;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition drained = lock.newCondition();
    private long unwritten;
    private boolean closed;

    Outbox(Session session) {
        this.session = session;
    }

    /** Hands it to the socket's queue; waits while that is too long. */
    void send(Packet packet) throws IOException, InterruptedException {
        int size = packet.size();
        lock.lock();
        try {
            while (unwritten > MAX && !closed) {
                drained.await();
            }
            if (closed) {
                throw new IOException("closed");
            }
            unwritten += size;
        } finally {
            lock.unlock();
        }
        boolean queued = false;
        try {
            IoWriteFuture future = session.writePacket(packet.into(session));
            queued = true;
            future.addListener(_ -> written(size));
        } finally {
            if (!queued) {
                written(size);
            }
        }
    }

    /** Whether what is sent now need not wait. */
    boolean hasRoom() {
        return unwritten() <= MAX / 2;
    }

    long unwritten() {
        lock.lock();
        try {
            return unwritten;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            drained.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void written(int size) {
        lock.lock();
        try {
            unwritten -= size;
            if (unwritten <= MAX / 2) {
                drained.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
