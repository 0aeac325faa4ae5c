package dev.sallyport.formats.recording;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** What can be known of a recording without a key: framing, order, chain, end, and the chunks that were announced. */
public final class RecordingVerifier {
    private RecordingVerifier() {}

    /**
     * What was found.
     *
     * @param fragments of the journal, in a recording that was cut short
     * @param bytes how long the recording is
     * @param chain the value after the last record, in hexadecimal
     * @param millis how far into the session what is there reaches
     */
    public record Found(
            RecordingHeader header,
            long chunks,
            long fragments,
            long bytes,
            String chain,
            Ending ending,
            long millis) {}

    public static Found verify(RecordingSource source) throws IOException {
        return verify(source, java.util.List.of());
    }

    /**
     * Checks everything that needs no key.
     *
     * @param announced what the audit log says the recording's chain was at moments of the session
     * @throws dev.sallyport.base.Refusal naming the first chunk that is not as it should be
     */
    public static Found verify(RecordingSource source, Collection<RunningHash> announced) throws IOException {
        return verifyChain(
                source,
                announced.stream()
                        .map(hash -> new ChainAt(hash.chunks(), hash.chain()))
                        .toList());
    }

    /** As {@link #verify}, with what is known of the chain alone. */
    public static Found verifyChain(RecordingSource source, Collection<ChainAt> announced) throws IOException {
        try (InputStream in = source.from(0)) {
            var records = new RecordStream(in);
            var chains = new HashMap<Long, String>();
            chains.put(0L, records.chain());
            long fragments = 0;
            long millis = 0;
            Ending ending = new Ending.Unfinished();
            for (var record = records.next(); record != null; record = records.next()) {
                switch (record) {
                    case RecordStream.Chunk chunk -> {
                        chains.put(chunk.index() + 1, records.chain());
                        millis = chunk.start() + chunk.span();
                        ending = chunk.last() ? new Ending.Complete() : ending;
                    }
                    case RecordStream.Fragment fragment -> {
                        fragments++;
                        millis = Math.max(millis, fragment.start());
                    }
                    case RecordStream.Cut cut -> ending = ending(cut);
                }
            }
            for (var each : announced) {
                check(each, chains);
            }
            return new Found(
                    records.header(), records.chunks(), fragments, records.position(), records.chain(), ending, millis);
        }
    }

    static Ending ending(RecordStream.Cut cut) {
        return new Ending.CutShort(cut.knownUntil(), cut.recovered(), cut.lostAtMost(), cut.reason());
    }

    private static void check(ChainAt announced, Map<Long, String> chains) {
        String found = chains.get(announced.chunks());
        if (!announced.chain().equals(found)) {
            throw RecordingRefusal.NOT_THE_ONE_ANNOUNCED.because("after " + announced.chunks() + " chunks the chain is "
                    + (found == null ? "not there" : found) + " (announced: " + announced.chain() + ")");
        }
    }
}
