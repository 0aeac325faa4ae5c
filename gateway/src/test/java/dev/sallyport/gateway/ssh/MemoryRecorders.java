package dev.sallyport.gateway.ssh;

import dev.sallyport.base.SessionId;
import dev.sallyport.gateway.Recorders;
import dev.sallyport.gateway.SessionRecorder;
import dev.sallyport.gateway.SessionRecorder.RecordingFailed;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.Report;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Recordings kept in memory, up to a limit; can be made to fail. */
final class MemoryRecorders implements Recorders {
    private static final int KEPT = 1024 * 1024;

    final List<Recorded> channels = new CopyOnWriteArrayList<>();
    volatile boolean broken;
    final AtomicInteger closed = new AtomicInteger();

    /** What was recorded of one channel. */
    static final class Recorded implements SessionRecorder.Track {
        final int channel;
        final SessionRecorder.Kind kind;
        final String what;
        final List<String> sizes = new CopyOnWriteArrayList<>();
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();
        private final ByteArrayOutputStream input = new ByteArrayOutputStream();
        private final MemoryRecorders owner;
        volatile boolean closed;
        volatile @Nullable Integer exitStatus;

        Recorded(MemoryRecorders owner, int channel, SessionRecorder.Kind kind, String what, int columns, int rows) {
            this.owner = owner;
            this.channel = channel;
            this.kind = kind;
            this.what = what;
            sizes.add(columns + "x" + rows);
        }

        @Override
        public byte[] output(byte[] bytes, int offset, int length) throws RecordingFailed {
            keep(output, bytes, offset, length);
            return Arrays.copyOfRange(bytes, offset, offset + length);
        }

        @Override
        public byte[] error(byte[] bytes, int offset, int length) throws RecordingFailed {
            keep(output, bytes, offset, length);
            return Arrays.copyOfRange(bytes, offset, offset + length);
        }

        @Override
        public void input(byte[] bytes, int offset, int length) throws RecordingFailed {
            keep(input, bytes, offset, length);
        }

        @Override
        public void resize(int columns, int rows) {
            sizes.add(columns + "x" + rows);
        }

        @Override
        public void close(@Nullable Integer status) {
            exitStatus = status;
            closed = true;
        }

        String output() {
            return text(output);
        }

        String input() {
            return text(input);
        }

        private void keep(ByteArrayOutputStream into, byte[] bytes, int offset, int length) throws RecordingFailed {
            if (owner.broken) {
                throw new RecordingFailed("the disk is full", null);
            }
            synchronized (into) {
                if (into.size() < KEPT) {
                    into.write(bytes, offset, length);
                }
            }
        }

        private static String text(ByteArrayOutputStream from) {
            synchronized (from) {
                return from.toString(StandardCharsets.UTF_8);
            }
        }
    }

    @Override
    public SessionRecorder begin(
            SessionId session, Permit permit, Opened opened, Consumer<Report.What> reports, Consumer<String> fails)
            throws RecordingFailed {
        if (broken) {
            throw new RecordingFailed("the disk is full", null);
        }
        return new SessionRecorder() {
            @Override
            public Track open(int channel, Kind kind, String what, int columns, int rows) throws RecordingFailed {
                if (broken) {
                    throw new RecordingFailed("the disk is full", null);
                }
                var recorded = new Recorded(MemoryRecorders.this, channel, kind, what, columns, rows);
                channels.add(recorded);
                return recorded;
            }

            @Override
            public String redacted(String text) {
                return text;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }
}
