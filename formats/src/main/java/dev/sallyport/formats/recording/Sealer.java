package dev.sallyport.formats.recording;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into the bytes of a recording. It writes nothing itself: whoever does takes fragments for the journal and
 * chunks for the recording, writes them, and says so ({@link #written}); what could not be written is made anew, under
 * another nonce. Not thread-safe.
 */
public final class Sealer {
    /** From so much content on, the next chunk starts without history, so that readers can start there. */
    static final int KEY_FRAME_BYTES = 4 * 1024 * 1024;

    static final int MAX_HISTORY = 64 * 1024;

    /** So much content at once is sealed at once, as a chunk of its own, rather than kept in the journal first. */
    public static final int BULK = 64 * 1024;

    /** The same where a larger chunk would not be smaller, because what came before could not be compressed. */
    static final int DULL_BULK = 16 * 1024;

    /** The most content to be added at once. */
    public static final int MOST = Pending.FULL;

    /** How much of the time before a chunk counts as the time that its content took, in milliseconds. */
    private static final int LEAD = 100;

    private static final byte[] NOTHING = {};

    private final RecordingHeader header;
    private SessionKey key;
    private SessionKey.Gcm journal;
    private byte[] chain;
    private byte[] journalChain;
    private byte[] history = NOTHING;
    private long endBefore;
    private int sinceKeyFrame;
    private long chunks;
    private int attempt;
    private int fragmentSerial;
    private Pending pending = new Pending(0);
    private boolean keyFrameNext;
    private boolean dull;
    private boolean finished;

    /** Starts a recording under a fresh secret, sealed to the key. */
    public Sealer(String session, Instant started, Map<String, ?> metadata, RecordingKey to) {
        byte[] secret = SessionKey.random();
        header = RecordingHeader.seal(session, started, metadata, to, secret);
        key = new SessionKey(secret);
        journal = key.journal();
        chain = Chain.start(header.toBytes());
        journalChain = chain;
    }

    /**
     * Bytes to be written whole.
     *
     * @param bytes a record, and the chain's value after it
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    public record Piece(boolean chunk, byte[] bytes, byte[] after, boolean last) {}

    /** The file's first bytes. */
    public byte[] header() {
        return header.toBytes();
    }

    /** The index of the chunk that is being filled. */
    public long chunk() {
        return chunks;
    }

    public int pendingEvents() {
        return pending.events();
    }

    public int pendingBytes() {
        return pending.contentLength() + pending.columnsLength();
    }

    /** Whether the chunk should be sealed before more is added. */
    public boolean isFull() {
        return pending.isFull();
    }

    /** How much content these events bring. */
    public static int contentOf(List<Entry> entries) {
        int sum = 0;
        for (var entry : entries) {
            sum += entry.event() instanceof Event.Data data ? data.size() : 0;
        }
        return sum;
    }

    /** Whether so much content at once is worth a chunk of its own: it is written once then, and not twice. */
    public boolean isBulk(int content) {
        return content >= (dull ? DULL_BULK : BULK);
    }

    /** Whether the chunk being filled takes so much more content; one without events takes {@link #MOST}. */
    public boolean takes(int content) {
        return pending.events() == 0 || pending.contentLength() + content <= Pending.MAX_CONTENT;
    }

    /** Adds events to the chunk being filled without the journal: it is to be sealed right away. */
    public void take(List<Entry> entries) {
        checkOpen();
        add(entries, null);
    }

    /** Adds events to the chunk being filled and gives the fragment that keeps them in the journal until it is sealed. */
    public Piece add(List<Entry> entries) {
        checkOpen();
        var rows = new Packer(256 + contentOf(entries));
        long from = add(entries, rows);
        return fragment(Math.max(0, from), rows);
    }

    private long add(List<Entry> entries, @Nullable Packer rows) {
        long from = -1;
        for (var entry : entries) {
            if (pending.events() == 0) {
                pending = new Pending(Math.max(pending.last(), entry.millis()));
            }
            if (from < 0) {
                from = pending.last();
            }
            pending.add(entry, rows);
        }
        return from;
    }

    private Piece fragment(long from, Packer rows) {
        int serial = fragmentSerial++;
        byte[] head = new Packer(32)
                .octet(RecordStream.FRAGMENT)
                .varint(chunks)
                .varint(serial)
                .varint(from)
                .varint(rows.length() + SessionKey.TAG)
                .toBytes();
        byte[] bytes = room(head, rows);
        journal.seal(serial, 0, journalChain, head, rows, bytes, head.length);
        return piece(false, journalChain, bytes, false);
    }

    /** The chunk being filled, sealed; more may be added only after it was written. */
    public Piece seal(boolean last) {
        checkOpen();
        boolean keyFrame = chunks == 0 || history.length == 0 || sinceKeyFrame >= KEY_FRAME_BYTES;
        Packer columns = pending.columns();
        Packer content = pending.content();
        int level = level();
        var packedColumns = new Packer(0);
        Zstd.compress(columns, NOTHING, level, packedColumns);
        var plain = new Packer(packedColumns.length() + content.length() + 1024)
                .varint(packedColumns.length())
                .raw(packedColumns.array(), 0, packedColumns.length());
        int sizeBefore = plain.length();
        Zstd.compress(content, keyFrame ? NOTHING : history, level, plain);
        dull = plain.length() - sizeBefore > content.length() - content.length() / 32;
        byte[] head = new Packer(64)
                .octet(RecordStream.CHUNK)
                .octet((keyFrame ? RecordStream.KEY_FRAME : 0) | (last ? RecordStream.LAST : 0))
                .varint(chunks)
                .varint(attempt)
                .varint(pending.start())
                .varint(pending.last() - pending.start())
                .varint(pending.events())
                .varint(columns.length())
                .varint(content.length())
                .varint(plain.length() + SessionKey.TAG)
                .toBytes();
        byte[] bytes = room(head, plain);
        key.chunk().seal(chunks, attempt, chain, head, plain, bytes, head.length);
        attempt++;
        keyFrameNext = keyFrame;
        return piece(true, chain, bytes, last);
    }

    /** The piece has reached its file. */
    public void written(Piece piece) {
        if (!piece.chunk()) {
            journalChain = piece.after();
            return;
        }
        chain = piece.after();
        journalChain = chain;
        Packer content = pending.content();
        // what could not be compressed helps nothing that follows, and reading it in costs more than compressing
        history = dull
                ? NOTHING
                : Zstd.history(keyFrameNext ? NOTHING : history, content.array(), content.length(), MAX_HISTORY);
        if (keyFrameNext) {
            sinceKeyFrame = 0;
        }
        sinceKeyFrame += content.length();
        chunks++;
        attempt = 0;
        fragmentSerial = 0;
        key = key.next();
        journal = key.journal();
        endBefore = pending.last();
        pending = new Pending(endBefore);
        finished = piece.last();
    }

    /** Drops what cannot be written and says how much it was, earlier gaps included (best effort only). */
    public Event.Gap drop(String reason) {
        long events = 0;
        long bytes = 0;
        for (var entry : pending.entries()) {
            if (entry.event() instanceof Event.Gap gap) {
                events += gap.events();
                bytes += gap.bytes();
            } else {
                events++;
                bytes += EventCode.payload(entry.event()).length;
            }
        }
        pending = new Pending(pending.last());
        journalChain = chain;
        return new Event.Gap(events, bytes, reason);
    }

    /** Forgets the history of a session that is idle; the next chunk starts without. */
    public void forgetHistory() {
        history = NOTHING;
    }

    public RunningHash runningHash() {
        pending.closeRun();
        return new RunningHash(
                chunks,
                HexFormat.of().formatHex(chain),
                pending.events(),
                HexFormat.of().formatHex(key.commitment(pending.committed())));
    }

    /** Slow sessions are compressed hard, fast ones fast: content by the second decides. */
    private int level() {
        long took = Math.max(pending.last() - pending.start(), Math.min(LEAD, pending.start() - endBefore));
        long bytes = (long) pending.contentLength() * 1000 / Math.max(1, took);
        return bytes > 16_000_000 ? 1 : bytes > 2_000_000 ? 3 : bytes > 200_000 ? 9 : 15;
    }

    /** A record with its head in its place, and room for what is sealed and for the chain behind it. */
    private static byte[] room(byte[] head, Packer plain) {
        return Arrays.copyOf(head, head.length + plain.length() + SessionKey.TAG + Chain.SIZE);
    }

    private static Piece piece(boolean chunk, byte[] before, byte[] bytes, boolean last) {
        int length = bytes.length - Chain.SIZE;
        byte[] after = Chain.next(before, bytes, length);
        System.arraycopy(after, 0, bytes, length, Chain.SIZE);
        return new Piece(chunk, bytes, after, last);
    }

    private void checkOpen() {
        if (finished) {
            throw new IllegalStateException("the recording " + header.session() + " is closed");
        }
    }
}
