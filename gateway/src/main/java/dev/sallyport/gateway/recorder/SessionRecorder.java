package dev.sallyport.gateway.recorder;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.RunningHash;
import dev.sallyport.formats.recording.Sealer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Records one session. {@link #append} returns when the events' bytes have been handed to the operating system, so that
 * they survive the end of this process; {@link Spool} forces them to the disk. Safe for many channels at once.
 */
public final class SessionRecorder implements AutoCloseable {
    private final String session;
    private final RecordingMode mode;
    private final RecorderLimits limits;
    private final Spool spool;
    private final SessionFiles files;
    private final Sealer sealer;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock forcing = new ReentrantLock();
    private volatile @Nullable Refusal failure;
    private volatile long writingSince;
    private volatile long unforcedSince;
    private volatile long lastEvent;
    private volatile boolean closed;
    private @Nullable Entry gap;

    SessionRecorder(String session, RecordingMode mode, Spool spool, SessionFiles files, Sealer sealer) {
        this.session = session;
        this.mode = mode;
        this.limits = spool.limits();
        this.spool = spool;
        this.files = files;
        this.sealer = sealer;
        this.lastEvent = System.nanoTime();
    }

    public String session() {
        return session;
    }

    public void append(Entry entry) {
        append(List.of(entry));
    }

    /**
     * Records the events in one write; together they bring at most {@link Sealer#MOST} bytes. What comes in bulk is
     * sealed at once, so that it is written once and not twice.
     *
     * @throws Refusal in strict mode, if they could not be written, or not within the limit; from then on always
     */
    public void append(List<Entry> entries) {
        lock.lock();
        try {
            checkUsable();
            lastEvent = System.nanoTime();
            write(entries);
        } finally {
            lock.unlock();
        }
        check();
    }

    /** Where the recording stands, to be announced in the audit log. */
    public RunningHash runningHash() {
        lock.lock();
        try {
            return sealer.runningHash();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes in the recording's file so far. */
    public long size() {
        return files.size();
    }

    /** Seals the last chunk; the recording is complete and may be shipped. */
    @Override
    public void close() {
        boolean whole = true;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            whole = false;
            if (failure == null) {
                finish();
                whole = true;
            } else {
                abandon();
            }
        } finally {
            lock.unlock();
            spool.left(this, whole);
        }
    }

    private void finish() {
        try {
            if (gap != null) {
                sealer.add(List.of(gap));
            }
            Sealer.Piece last = sealer.seal(true);
            files.append(last);
            sealer.written(last);
            files.force(new SessionFiles.Due(true, false, 0));
            files.close();
            spool.finished(session);
        } catch (IOException e) {
            abandon();
            throw RecorderRefusal.SPOOL_UNWRITABLE.because(
                    "the recording of " + session + " could not be closed and will be as cut short: " + e.getMessage());
        }
    }

    /** Leaves the files for recovery. */
    private void abandon() {
        try {
            files.close();
        } catch (IOException _) {
            // recovery looks at what is there
        }
    }

    private void write(List<Entry> entries) {
        long since = System.nanoTime();
        writingSince = since;
        try {
            sealIfFull(Sealer.contentOf(entries));
            if (failure == null) {
                keep(entries);
            }
        } finally {
            writingSince = 0;
            if (System.nanoTime() - since > limits.slowestWrite().toNanos()) {
                slow("a write took");
            }
        }
    }

    private void sealIfFull(int more) {
        if (sealer.isFull() || !sealer.takes(more)) {
            try {
                seal();
            } catch (IOException e) {
                lost(e);
            }
        }
    }

    private void keep(List<Entry> entries) {
        var all = entries;
        if (gap != null) {
            all = new ArrayList<>(List.of(gap));
            all.addAll(entries);
        }
        try {
            if (sealer.isBulk(Sealer.contentOf(all))) {
                sealer.take(all);
                seal();
            } else {
                journal(all);
            }
            gap = null;
            if (unforcedSince == 0) {
                unforcedSince = System.nanoTime();
            }
        } catch (IOException e) {
            lost(e);
        }
    }

    private void journal(List<Entry> entries) throws IOException {
        Sealer.Piece fragment = sealer.add(entries);
        if (files.takes(fragment)) {
            files.keep(sealer.chunk(), fragment);
            sealer.written(fragment);
        } else {
            seal();
        }
    }

    private void seal() throws IOException {
        Sealer.Piece chunk = sealer.seal(false);
        files.append(chunk);
        sealer.written(chunk);
    }

    private void lost(IOException e) {
        Refusal why = RecorderRefusal.SPOOL_UNWRITABLE.because(
                "the recording of " + session + " cannot be written: " + e.getMessage());
        if (mode == RecordingMode.STRICT) {
            fail(why);
            return;
        }
        boolean opens = gap == null;
        gap = new Entry(0, Entry.SESSION, sealer.drop(String.valueOf(e.getMessage())));
        files.dropKept();
        if (opens) {
            spool.watch().failed(session, mode, why);
        }
    }

    /** Called by the spool's clockwork: forces what is due, and notices a disk that does not answer. */
    void tick() {
        if (closed) {
            return;
        }
        long now = System.nanoTime();
        long since = writingSince;
        if (since != 0) {
            if (now - since > limits.slowestWrite().toNanos()) {
                slow("a write takes");
            }
            return;
        }
        long unforced = unforcedSince;
        if (unforced == 0) {
            sealIdle(now);
            return;
        }
        if (now - unforced > limits.slowestSync().toNanos()) {
            slow("forcing to the disk takes");
        }
        force();
    }

    private void force() {
        if (!forcing.tryLock()) {
            return;
        }
        try {
            forceDue();
        } finally {
            forcing.unlock();
        }
    }

    private void forceDue() {
        SessionFiles.Due due;
        long from;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            due = files.due();
            from = System.nanoTime();
        } finally {
            lock.unlock();
        }
        @Nullable IOException failed = null;
        try {
            files.force(due);
        } catch (IOException e) {
            failed = e;
        }
        lock.lock();
        try {
            if (failed == null) {
                files.done(due);
                unforcedSince = files.isDirty() ? from : 0;
            } else {
                files.notDone(due);
            }
        } finally {
            lock.unlock();
        }
        if (failed != null && !closed) {
            report(RecorderRefusal.SPOOL_UNWRITABLE.because(
                    "the recording of " + session + " cannot be forced to the disk: " + failed.getMessage()));
        }
    }

    private void sealIdle(long now) {
        if (now - lastEvent < limits.idleAfter().toNanos() || sealer.pendingEvents() == 0 || !lock.tryLock()) {
            return;
        }
        try {
            if (!closed && failure == null) {
                seal();
                sealer.forgetHistory();
                unforcedSince = now;
            }
        } catch (IOException e) {
            lost(e);
        } finally {
            lock.unlock();
        }
    }

    private void slow(String what) {
        report(RecorderRefusal.SPOOL_SLOW.because("the recording of " + session + ": " + what
                + " longer than its limit (slowest write " + limits.slowestWrite() + ", slowest sync "
                + limits.slowestSync() + ")"));
    }

    private void report(Refusal why) {
        if (mode == RecordingMode.STRICT) {
            fail(why);
        } else {
            spool.watch().failed(session, mode, why);
        }
    }

    private void fail(Refusal why) {
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = why;
        }
        spool.watch().failed(session, mode, why);
    }

    private void checkUsable() {
        if (closed) {
            throw RecorderRefusal.CLOSED.because("the recording of " + session + " is closed");
        }
        check();
    }

    private void check() {
        Refusal why = failure;
        if (why != null) {
            throw why;
        }
    }
}
