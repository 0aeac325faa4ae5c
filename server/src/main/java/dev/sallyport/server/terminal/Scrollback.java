package dev.sallyport.server.terminal;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The last of what a terminal has shown, by its place in the whole. Who writes waits while nobody has seen what is there:
 * a program that floods is slowed to the pace of who reads, and nothing is lost while a browser comes back.
 */
final class Scrollback {
    /** Bytes that are kept. */
    static final int KEPT = 256 * 1024;

    /** Bytes that may be there without anybody having seen them. */
    static final int UNSEEN = 192 * 1024;

    /** Made when there is something to keep. */
    private byte[] ring = new byte[0];

    private long end;
    private long seen;
    private boolean closed;
    private int woken;

    /** Some of it: where it begins, and nothing if there was no more in time. */
    record Piece(long at, ByteBuffer bytes) {}

    /** Waits for room; says whether it was taken, which it is not any more once this is closed. */
    synchronized boolean write(byte[] bytes, int length) throws InterruptedException {
        int done = 0;
        if (ring.length == 0) {
            ring = new byte[KEPT];
        }
        while (done < length) {
            while (!closed && end - seen >= UNSEEN) {
                wait();
            }
            if (closed) {
                return false;
            }
            int part = (int) Math.min(length - done, UNSEEN - (end - seen));
            for (int i = 0; i < part; i++) {
                ring[(int) ((end + i) % KEPT)] = bytes[done + i];
            }
            end += part;
            done += part;
            notifyAll();
        }
        return true;
    }

    /** What comes after a place, waiting for it a while. */
    synchronized Piece after(long place, Duration patience) throws InterruptedException {
        long at = nearest(place);
        long until = System.nanoTime() + patience.toNanos();
        int before = woken;
        while (at == end && !closed && woken == before) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        at = nearest(at);
        int length = (int) Math.min(end - at, 32 * 1024);
        var piece = new byte[length];
        for (int i = 0; i < length; i++) {
            piece[i] = ring[(int) ((at + i) % KEPT)];
        }
        return new Piece(at, ByteBuffer.wrap(piece));
    }

    /** The place itself if it is still kept, or the first that is. */
    synchronized long nearest(long place) {
        return Math.clamp(place, Math.max(0, end - KEPT), end);
    }

    /** Everything before this place has been shown to somebody. */
    synchronized void seen(long place) {
        if (place > seen) {
            seen = Math.min(place, end);
            notifyAll();
        }
    }

    /** Has those who wait look again. */
    synchronized void wake() {
        woken++;
        notifyAll();
    }

    /** How much there has been. */
    synchronized long end() {
        return end;
    }

    synchronized boolean isOver(long place) {
        return closed && nearest(place) == end;
    }

    /** Nothing more comes; what is there can still be read. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
