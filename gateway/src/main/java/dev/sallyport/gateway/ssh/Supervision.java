package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Bytes;
import dev.sallyport.spi.gateway.LiveFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Whether a session may go on right now, and what those who watch it are shown. */
final class Supervision {
    /** Frames that wait to be sent; older ones go when there are more, as a watcher never holds anything up. */
    static final int FRAMES_MAX = 512;

    /** And no more bytes than this; together with its frame it fits into one message. */
    static final int BYTES_MAX = 4 * 1024 * 1024;

    /** A frame has no more bytes. */
    static final int FRAME_MAX = 32 * 1024;

    private final boolean demanded;
    private final boolean keeps;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayList<LiveFrame> frames = new ArrayList<>();
    private long bytes;
    private boolean paused;
    private boolean over;
    private Instant alone;
    private volatile Instant watchedUntil = Instant.MIN;

    /**
     * @param demanded whether nothing passes while nobody watches
     * @param keeps whether whoever begins to watch sees what was shown before; not where nothing is kept of it
     */
    Supervision(boolean demanded, boolean keeps, Instant now) {
        this.demanded = demanded;
        this.keeps = keeps;
        this.alone = now;
    }

    void pause() {
        set(true);
    }

    void resume() {
        set(false);
    }

    private void set(boolean value) {
        lock.lock();
        try {
            paused = value;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Somebody watches, for so long unless they say so again; returns whether nobody did before. */
    boolean watch(Instant now, Duration lasting) {
        lock.lock();
        try {
            boolean first = !watchedUntil.isAfter(now);
            watchedUntil = now.plus(lasting);
            changed.signalAll();
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Looks at the time; returns whether the last watcher has just gone. */
    boolean tick(Instant now) {
        lock.lock();
        try {
            if (watchedUntil.equals(Instant.MIN) || watchedUntil.isAfter(now)) {
                return false;
            }
            watchedUntil = Instant.MIN;
            alone = now;
            clear();
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean isWatched() {
        return !watchedUntil.equals(Instant.MIN);
    }

    /** How long nobody has watched although somebody must; nothing where nobody must. */
    @Nullable
    Duration unwatched(Instant now) {
        lock.lock();
        try {
            return demanded && !isWatched() ? Duration.between(alone, now) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something may pass, at most so long; returns whether it may. */
    boolean passes(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (holds() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !holds();
        } finally {
            lock.unlock();
        }
    }

    private boolean holds() {
        return (paused || demanded && !isWatched()) && !over;
    }

    void end() {
        lock.lock();
        try {
            over = true;
            clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A channel has shown something, redacted: it goes to those who watch, and is kept for those who begin to. */
    void shown(long offsetMillis, RelayedChannel channel, byte[] bytes) {
        lock.lock();
        try {
            if (keeps) {
                channel.recent.add(bytes, channel.terminal ? RecentOutput.TERMINAL_MAX : RecentOutput.LINES_MAX);
            }
            if (isWatched()) {
                for (int from = 0; from < bytes.length; from += FRAME_MAX) {
                    byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + FRAME_MAX));
                    frame(offsetMillis, channel, Bytes.of(part), false);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** What a channel had shown last, for somebody who has begun to watch; after it comes what it shows from now on. */
    void picture(long offsetMillis, RelayedChannel channel) {
        lock.lock();
        try {
            Bytes picture = channel.recent.picture();
            if (picture.size() > 0) {
                // one that has not left yet is older than this one
                frames.removeIf(frame -> frame.isPicture() && frame.channel() == channel.number && forget(frame));
                frame(offsetMillis, channel, picture, true);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean forget(LiveFrame frame) {
        bytes -= frame.output().size();
        return true;
    }

    private void frame(long offsetMillis, RelayedChannel channel, Bytes output, boolean picture) {
        while (!frames.isEmpty() && (frames.size() >= FRAMES_MAX || bytes + output.size() > BYTES_MAX)) {
            boolean _ = forget(frames.removeFirst());
        }
        bytes += output.size();
        frames.add(new LiveFrame(offsetMillis, channel.number, channel.columns, channel.rows, output, picture));
    }

    private void clear() {
        frames.clear();
        bytes = 0;
    }

    List<LiveFrame> takeFrames() {
        lock.lock();
        try {
            var taken = List.copyOf(frames);
            clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
