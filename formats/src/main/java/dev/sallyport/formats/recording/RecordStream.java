package dev.sallyport.formats.recording;

import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Walks the records of a recording and checks their framing and the chain; needs no key. */
public final class RecordStream {
    static final int CHUNK = 'C';
    static final int FRAGMENT = 'F';
    static final int CUT = 'X';
    static final int KEY_FRAME = 1;
    static final int LAST = 2;
    static final int MAX_SEALED = Pending.MAX_CONTENT + Pending.MAX_COLUMNS + 4096;

    private static final int MAX_REASON = 1024;

    private final Bounded in;
    private final @Nullable RecordingHeader header;
    private byte[] chain;
    private long chunks;
    private long nextSerial;
    private boolean fragments;
    private boolean ended;

    /** A recording from its first byte. */
    public RecordStream(InputStream stream) {
        in = new Bounded(stream, 0);
        in.begin("header");
        header = RecordingHeader.read(in);
        chain = Chain.start(in.taken());
    }

    /** Records from the middle: so many chunks and this chain's value came before. */
    RecordStream(InputStream stream, long position, long chunks, byte[] chain) {
        this.in = new Bounded(stream, position);
        this.header = null;
        this.chunks = chunks;
        this.chain = chain.clone();
    }

    /** A record whose framing and place in the chain are right. */
    public sealed interface Framed {
        long position();

        long end();
    }

    /** Sealed bytes with what is bound to them. */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    record Sealed(byte[] before, byte[] head, byte[] body) {}

    /**
     * A chunk.
     *
     * @param start of its first event, in milliseconds of the session
     * @param span until its last one
     */
    public record Chunk(
            long position,
            long end,
            boolean keyFrame,
            boolean last,
            long index,
            int attempt,
            long start,
            long span,
            int events,
            int columns,
            int content,
            Sealed sealed)
            implements Framed {}

    /** What a journal kept of a chunk that was never sealed. */
    public record Fragment(long position, long end, long chunk, long serial, long start, Sealed sealed)
            implements Framed {}

    /**
     * Where a recovery closed a recording.
     *
     * @param knownUntil time of the last events that are there, in milliseconds of the session
     * @param recovered when it was closed
     * @param lostAtMost so much may be missing after {@code knownUntil}, in milliseconds
     */
    public record Cut(long position, long end, long knownUntil, Instant recovered, long lostAtMost, String reason)
            implements Framed {}

    public RecordingHeader header() {
        return java.util.Objects.requireNonNull(header, "only a recording read from its start has its header");
    }

    public long position() {
        return in.position();
    }

    public long chunks() {
        return chunks;
    }

    /** Whether the last chunk or the record of a recovery was there. */
    public boolean ended() {
        return ended;
    }

    public String chain() {
        return HexFormat.of().formatHex(chain);
    }

    byte[] chainBytes() {
        return chain.clone();
    }

    /**
     * The next record, or nothing at the end.
     *
     * @throws dev.sallyport.base.Refusal {@code recording.incomplete} if the file ends within a record,
     *     {@code recording.damaged} or {@code recording.malformed} otherwise, naming the chunk
     */
    public @Nullable Framed next() {
        long from = in.position();
        in.begin(fragments ? "journal of chunk " + chunks : "chunk " + chunks);
        int type = in.octetOrEnd();
        if (type < 0) {
            return null;
        }
        if (ended) {
            throw in.refuse("bytes after the recording's end");
        }
        return switch (type) {
            case CHUNK -> chunk(from);
            case FRAGMENT -> fragment(from);
            case CUT -> cut(from);
            default -> throw in.refuse("a record of type " + type);
        };
    }

    private Chunk chunk(long from) {
        int flags = in.size("flags", KEY_FRAME | LAST);
        long index = in.varint("index", Long.MAX_VALUE);
        if (fragments || index != chunks) {
            throw damaged("a chunk with index " + index + " (expected: " + (fragments ? "none" : chunks) + ")");
        }
        int attempt = in.size("attempt", Integer.MAX_VALUE);
        long start = in.varint("start", Entry.MAX_MILLIS);
        long span = in.varint("span", Entry.MAX_MILLIS - start);
        int events = in.size("events", Columns.MAX_EVENTS);
        int columns = in.size("columns", Pending.MAX_COLUMNS);
        int content = in.size("content", Pending.MAX_CONTENT);
        Sealed sealed = sealed(in.size("sealed", MAX_SEALED));
        chunks++;
        ended = (flags & LAST) != 0;
        return new Chunk(
                from,
                in.position(),
                (flags & KEY_FRAME) != 0,
                ended,
                index,
                attempt,
                start,
                span,
                events,
                columns,
                content,
                sealed);
    }

    private Fragment fragment(long from) {
        long index = in.varint("chunk", Long.MAX_VALUE);
        long serial = in.varint("serial", Integer.MAX_VALUE);
        if (index != chunks || serial < nextSerial) {
            throw damaged("fragment " + serial + " of chunk " + index + " (expected: " + nextSerial
                    + " or later, of chunk " + chunks + ")");
        }
        long start = in.varint("start", Entry.MAX_MILLIS);
        Sealed sealed = sealed(in.size("sealed", MAX_SEALED));
        nextSerial = serial + 1;
        fragments = true;
        return new Fragment(from, in.position(), index, serial, start, sealed);
    }

    private Cut cut(long from) {
        long knownUntil = in.varint("known until", Entry.MAX_MILLIS);
        long recovered = in.varint("recovered", 1L << 48);
        long lost = in.varint("lost at most", Entry.MAX_MILLIS);
        String reason = in.text("reason", MAX_REASON);
        link(in.taken(), new byte[0]);
        ended = true;
        return new Cut(from, in.position(), knownUntil, Instant.ofEpochMilli(recovered), lost, reason);
    }

    private Sealed sealed(int size) {
        byte[] before = chain;
        byte[] head = in.taken();
        byte[] body = in.unkept("sealed bytes", size);
        link(head, body);
        return new Sealed(before, head, body);
    }

    private void link(byte[] head, byte[] body) {
        byte[] computed = Chain.next(chain, head, body);
        if (!MessageDigest.isEqual(computed, in.unkept("chain", Chain.SIZE))) {
            throw damaged("its hash does not continue the chain");
        }
        chain = computed;
    }

    private dev.sallyport.base.Refusal damaged(String what) {
        return RecordingRefusal.DAMAGED.because(
                (fragments ? "journal of chunk " : "chunk ") + chunks + " at byte " + in.position() + ": " + what);
    }
}
