package dev.sallyport.formats.recording;

import dev.sallyport.base.Refusal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Closes what a crash left open, without a key: whole records stay, of the journal only what continues the chain. Pure:
 * it says what to keep and what to append.
 */
public final class Recovery {
    private Recovery() {}

    /**
     * What to do to the file.
     *
     * @param keep its first so many bytes are whole
     * @param append goes behind them; empty if the recording was complete
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    public record Plan(RecordingHeader header, long keep, byte[] append, Ending ending) {}

    /**
     * Judges a recording that nobody writes any more.
     *
     * @param regions of the journal, in any state
     * @throws Refusal {@code recording.incomplete}, {@code recording.malformed} if not even the header is whole
     */
    public static Plan plan(InputStream recording, List<byte[]> regions, Instant now, long lostAtMost, String reason) {
        var records = new RecordStream(recording);
        long keep = records.position();
        long chunks = 0;
        byte[] chain = records.chainBytes();
        long knownUntil = 0;
        try {
            for (var record = records.next(); record != null; record = records.next()) {
                keep = record.end();
                chain = records.chainBytes();
                chunks = records.chunks();
                switch (record) {
                    case RecordStream.Chunk chunk
                    when chunk.last() -> {
                        return new Plan(records.header(), keep, new byte[0], new Ending.Complete());
                    }
                    case RecordStream.Chunk chunk -> knownUntil = chunk.start() + chunk.span();
                    case RecordStream.Fragment fragment -> knownUntil = Math.max(knownUntil, fragment.start());
                    case RecordStream.Cut cut -> {
                        return new Plan(records.header(), keep, new byte[0], RecordingVerifier.ending(cut));
                    }
                }
            }
        } catch (Refusal _) {
            // what comes here was not whole: the journal may still have it
        }
        var fragments = fragments(regions, chunks, chain);
        knownUntil = Math.max(knownUntil, fragments.knownUntil);
        byte[] cut = new Packer()
                .octet(RecordStream.CUT)
                .varint(knownUntil)
                .varint(now.toEpochMilli())
                .varint(lostAtMost)
                .text(reason)
                .toBytes();
        var append = new Packer(fragments.bytes.length + cut.length + Chain.SIZE)
                .raw(fragments.bytes)
                .raw(cut)
                .raw(Chain.next(fragments.chain, cut, new byte[0]));
        return new Plan(
                records.header(),
                keep,
                append.toBytes(),
                new Ending.CutShort(
                        knownUntil, now.truncatedTo(java.time.temporal.ChronoUnit.MILLIS), lostAtMost, reason));
    }

    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    private record Fragments(byte[] bytes, byte[] chain, long knownUntil) {}

    /** The region that continues the chain furthest. */
    private static Fragments fragments(List<byte[]> regions, long chunks, byte[] chain) {
        var found = new ArrayList<Fragments>();
        found.add(new Fragments(new byte[0], chain, 0));
        for (byte[] region : regions) {
            found.add(fragments(region, chunks, chain));
        }
        return found.stream()
                .max(java.util.Comparator.comparingInt(f -> f.bytes.length))
                .orElseThrow();
    }

    private static Fragments fragments(byte[] region, long chunks, byte[] chain) {
        var records = new RecordStream(new ByteArrayInputStream(region), 0, chunks, chain);
        var whole = new Fragments(new byte[0], chain, 0);
        try {
            for (var record = records.next();
                    record instanceof RecordStream.Fragment fragment;
                    record = records.next()) {
                whole = new Fragments(
                        Arrays.copyOf(region, (int) fragment.end()), records.chainBytes(), fragment.start());
            }
        } catch (Refusal _) {
            // from here on it is torn, or older
        }
        return whole;
    }
}
