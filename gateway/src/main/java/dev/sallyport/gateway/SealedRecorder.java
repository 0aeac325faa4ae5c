package dev.sallyport.gateway;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.formats.recording.Commands;
import dev.sallyport.formats.recording.Entry;
import dev.sallyport.formats.recording.Event;
import dev.sallyport.formats.recording.Redaction;
import dev.sallyport.formats.recording.RunningHash;
import dev.sallyport.formats.recording.Sealer;
import dev.sallyport.gateway.recorder.RecordingMode;
import dev.sallyport.spi.gateway.Report;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session's recording: redacts, records, and reads what went by for commands and for the index. Redacted bytes that
 * may be the beginning of a secret are recorded a moment after the user has seen them, 250 ms at most.
 */
final class SealedRecorder implements SessionRecorder {
    /** Longer than a disk may take to force what was written. */
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(6);

    private final dev.sallyport.gateway.recorder.SessionRecorder recorder;
    private final Redaction redaction;
    private final Clock clock;
    private final Consumer<Report.What> reports;
    private final Consumer<String> broken;
    private final Runnable ended;
    private final Instant started;
    private final ReentrantLock lock = new ReentrantLock();
    private final Commands commands = new Commands(this::found);
    private final List<SealedTrack> tracks = new CopyOnWriteArrayList<>();
    private Instant progressAt;
    private @Nullable Progress due;
    private String told = "";

    private record Progress(RunningHash hash, long size) {}

    SealedRecorder(
            dev.sallyport.gateway.recorder.SessionRecorder recorder,
            Redaction redaction,
            Clock clock,
            Consumer<Report.What> reports,
            Consumer<String> broken,
            Runnable ended) {
        this.recorder = recorder;
        this.redaction = redaction;
        this.clock = clock;
        this.reports = reports;
        this.broken = broken;
        this.ended = ended;
        this.started = clock.instant();
        this.progressAt = started;
    }

    @Override
    public Track open(int channel, Kind kind, String what, int columns, int rows) throws RecordingFailed {
        Event.ChannelType type = switch (kind) {
            case TERMINAL -> Event.ChannelType.TERMINAL;
            case FILE -> Event.ChannelType.FILE;
            case OPAQUE -> Event.ChannelType.OPAQUE;
        };
        var events = new ArrayList<Event>();
        events.add(new Event.Opened(type, kind == Kind.OPAQUE ? what : ""));
        if (columns > 0) {
            events.add(new Event.Terminal("", columns, rows));
        }
        if (kind != Kind.OPAQUE) {
            events.add(
                    what.equals("shell")
                            ? new Event.Started(Event.Start.SHELL, "")
                            : new Event.Started(
                                    what.equals("sftp") ? Event.Start.SUBSYSTEM : Event.Start.EXEC, redacted(what)));
        }
        var track = new SealedTrack(channel, kind, kind == Kind.TERMINAL);
        append(channel, events);
        tracks.add(track);
        return track;
    }

    @Override
    public String redacted(String text) {
        var stream = redaction.stream();
        byte[] first = stream.pass(text.getBytes(StandardCharsets.UTF_8));
        return new String(first, StandardCharsets.UTF_8) + new String(stream.flush(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        tracks.forEach(SealedTrack::release);
        ended.run();
        try {
            recorder.close();
        } catch (Refusal e) {
            gap(e);
        }
    }

    void failed(RecordingMode mode, Refusal why) {
        switch (mode) {
            case STRICT -> broken.accept(why.sentence());
            case BEST_EFFORT -> gap(why);
        }
    }

    private void gap(Refusal why) {
        Instant now = clock.instant();
        reports.accept(new Report.RecordingGap(now, now, Text.printable(why.sentence())));
    }

    /** Called every now and then. */
    void tick() {
        tracks.forEach(SealedTrack::release);
        Instant now = clock.instant();
        if (Duration.between(progressAt, now).compareTo(PROGRESS_EVERY) >= 0) {
            progressAt = now;
            progress();
        }
    }

    /**
     * Tells what stood the time before: by now that is on the disk or the recording has failed, so a machine that loses
     * its power loses nothing that was announced.
     */
    private void progress() {
        Progress settled = due;
        due = new Progress(recorder.runningHash(), recorder.size());
        if (settled != null && !settled.hash().commitment().equals(told)) {
            told = settled.hash().commitment();
            reports.accept(new Report.RecordingProgress(
                    settled.hash().chunks(), settled.size(), settled.hash().chain()));
        }
    }

    private void append(int channel, List<Event> events) throws RecordingFailed {
        lock.lock();
        try {
            long millis = millis();
            List<Entry> entries = events.stream()
                    .map(event -> new Entry(millis, channel, event))
                    .toList();
            recorder.append(entries);
            entries.forEach(commands);
        } catch (Refusal e) {
            throw new RecordingFailed(e.sentence(), e);
        } finally {
            lock.unlock();
        }
    }

    private long millis() {
        return Math.max(0, Duration.between(started, clock.instant()).toMillis());
    }

    /** What {@code exec} starts is told by the session itself, with its exit status. */
    private void found(Commands.Command command) {
        boolean known = command.certainty() == Commands.Certainty.EXACT;
        boolean again = command.status().isPresent();
        boolean marked = command.certainty() == Commands.Certainty.MARKED;
        if (!known && marked == again) {
            reports.accept(new Report.Command(
                    command.channel(),
                    Text.printable(command.text()),
                    marked,
                    again ? (Integer) (int) command.status().getAsLong() : null));
        }
    }

    private final class SealedTrack implements Track {
        private final int channel;
        private final boolean text;
        private final Kind kind;
        private final Redaction.Stream output = redaction.stream();
        private final Redaction.Stream error = redaction.stream();
        private final Redaction.Stream input = redaction.stream();
        private final PlainText plain = new PlainText();
        private long bytesIn;
        private long bytesOut;
        private boolean closed;

        SealedTrack(int channel, Kind kind, boolean text) {
            this.channel = channel;
            this.kind = kind;
            this.text = text;
        }

        @Override
        public byte[] output(byte[] bytes, int offset, int length) throws RecordingFailed {
            bytesOut += length;
            return data(Event.Stream.OUTPUT, output, bytes, offset, length);
        }

        @Override
        public byte[] error(byte[] bytes, int offset, int length) throws RecordingFailed {
            bytesOut += length;
            return data(Event.Stream.ERROR, error, bytes, offset, length);
        }

        @Override
        public void input(byte[] bytes, int offset, int length) throws RecordingFailed {
            bytesIn += length;
            data(Event.Stream.INPUT, input, bytes, offset, length);
        }

        /** Of what cannot be read only the amount is kept. */
        private byte[] data(Event.Stream stream, Redaction.Stream redacted, byte[] bytes, int offset, int length)
                throws RecordingFailed {
            if (kind == Kind.OPAQUE) {
                return Arrays.copyOfRange(bytes, offset, offset + length);
            }
            byte[] clear;
            synchronized (redacted) {
                clear = redacted.pass(bytes, offset, length);
                keep(stream, clear);
            }
            index(stream, clear);
            return clear;
        }

        /** A replacement may be longer than a secret, so what came as one read may be too much for one write. */
        private void keep(Event.Stream stream, byte[] clear) throws RecordingFailed {
            if (clear.length <= Sealer.MOST) {
                if (clear.length > 0) {
                    append(channel, List.of(Event.Data.of(stream, clear)));
                }
                return;
            }
            for (int from = 0; from < clear.length; from += Sealer.MOST) {
                byte[] piece = Arrays.copyOfRange(clear, from, Math.min(clear.length, from + Sealer.MOST));
                append(channel, List.of(Event.Data.of(stream, piece)));
            }
        }

        private void index(Event.Stream stream, byte[] clear) {
            if (text && stream != Event.Stream.INPUT) {
                plain.add(clear).ifPresent(lines -> reports.accept(new Report.Text(millis(), lines)));
            }
        }

        @Override
        public void resize(int columns, int rows) throws RecordingFailed {
            append(channel, List.of(new Event.Resized(columns, rows)));
        }

        /** Lets go what was held back. */
        void release() {
            release(Event.Stream.OUTPUT, output);
            release(Event.Stream.ERROR, error);
            release(Event.Stream.INPUT, input);
        }

        private void release(Event.Stream stream, Redaction.Stream redacted) {
            try {
                byte[] clear;
                synchronized (redacted) {
                    if (redacted.heldBack() == 0) {
                        return;
                    }
                    clear = redacted.flush();
                    keep(stream, clear);
                }
                index(stream, clear);
            } catch (RecordingFailed e) {
                broken.accept(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void close(@Nullable Integer exitStatus) throws RecordingFailed {
            if (closed) {
                return;
            }
            closed = true;
            tracks.remove(this);
            release();
            if (text) {
                plain.rest().ifPresent(lines -> reports.accept(new Report.Text(millis(), lines)));
            }
            var events = new ArrayList<Event>();
            if (exitStatus != null) {
                events.add(new Event.Exited(exitStatus));
            }
            events.add(new Event.Closed(bytesIn, bytesOut));
            append(channel, events);
        }
    }
}
