package dev.sallyport.formats.recording;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of the chunk that is not sealed yet, kept as its columns: tokens (channel and kind), times, lengths, and all
 * payloads one after the other, so that text stays in one piece for compression. Runs of one stream within
 * {@link #JOIN_MILLIS} become one event.
 */
final class Pending {
    /** How long after its first byte a run may still grow. */
    static final int JOIN_MILLIS = 10;

    /** A chunk is due for sealing from here on; the last addition may exceed it. */
    static final int FULL = 256 * 1024;

    static final int MAX_CONTENT = FULL + EventCode.MAX_PAYLOAD;
    static final int MAX_COLUMNS = 1024 * 1024;

    private final Packer tokens = new Packer();
    private final Packer times = new Packer();
    private final Packer lengths = new Packer();
    private final Packer content = new Packer();
    private final long start;
    private int events;
    private long last;
    private int runToken = -1;
    private long runStart;
    private int runLength;

    Pending(long start) {
        this.start = start;
        this.last = start;
    }

    /** Adds an event and writes what it adds as rows, for the journal if there is to be one. */
    void add(Entry entry, @Nullable Packer rows) {
        int kind = EventCode.kind(entry.event());
        byte[] payload = EventCode.payload(entry.event());
        long at = Math.max(entry.millis(), last);
        int from = 0;
        do {
            int count = Math.min(EventCode.MAX_PAYLOAD, payload.length - from);
            piece(entry.channel() * 32 + kind, at, payload, from, count, rows);
            from += count;
        } while (from < payload.length);
    }

    private void piece(int token, long at, byte[] payload, int from, int count, @Nullable Packer rows) {
        if (token == runToken && at - runStart < JOIN_MILLIS && runLength + count <= EventCode.MAX_PAYLOAD) {
            if (rows != null) {
                rows.varint(EventCode.MORE).varint(count).raw(payload, from, count);
            }
            more(payload, from, count);
        } else {
            if (rows != null) {
                rows.varint(token).varint(at - last).varint(count).raw(payload, from, count);
            }
            begin(token, at, payload, from, count);
        }
    }

    private void begin(int token, long at, byte[] payload, int from, int count) {
        closeRun();
        events++;
        tokens.varint(token);
        times.varint(at - last);
        last = at;
        runToken = EventCode.isData(token & 31) ? token : -1;
        runStart = at;
        runLength = count;
        content.raw(payload, from, count);
        if (runToken < 0) {
            lengths.varint(count);
        }
    }

    private void more(byte[] payload, int from, int count) {
        runLength += count;
        content.raw(payload, from, count);
    }

    /** From here on the events so far stay as they are. */
    void closeRun() {
        if (runToken >= 0) {
            lengths.varint(runLength);
            runToken = -1;
        }
    }

    int events() {
        return events;
    }

    long start() {
        return start;
    }

    long last() {
        return last;
    }

    boolean isFull() {
        return content.length() >= FULL || columnsLength() >= FULL;
    }

    int columnsLength() {
        return tokens.length() + times.length() + lengths.length();
    }

    int contentLength() {
        return content.length();
    }

    /** Tokens, times and lengths, one column after the other. */
    Packer columns() {
        closeRun();
        return new Packer(columnsLength())
                .raw(tokens.array(), 0, tokens.length())
                .raw(times.array(), 0, times.length())
                .raw(lengths.array(), 0, lengths.length());
    }

    Packer content() {
        return content;
    }

    /** What {@link RunningHash} commits to. */
    byte[] committed() {
        return committed(entries(), events);
    }

    List<Entry> entries() {
        return Columns.read(
                new Unpacker("pending chunk", columns().toBytes()),
                events,
                start,
                Arrays.copyOf(content.array(), content.length()));
    }

    static byte[] committed(List<Entry> entries, int count) {
        var out = new Packer(1024);
        for (var entry : entries.subList(0, count)) {
            out.varint(entry.channel() * 32 + EventCode.kind(entry.event()))
                    .varint(entry.millis())
                    .string(EventCode.payload(entry.event()));
        }
        return out.toBytes();
    }
}
