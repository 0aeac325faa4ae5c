package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Recordings for tests. */
final class Samples {
    static final RecordingKeyPair KEYS = RecordingKeyPair.generate("rec-1");
    static final Instant STARTED = Instant.parse("2026-11-25T10:00:00Z");

    private Samples() {}

    static Sealer sealer(String session) {
        return new Sealer(session, STARTED, Map.of("login", "deploy", "target", "web-1"), KEYS.publicKey());
    }

    static Entry output(long millis, int channel, String text) {
        return new Entry(millis, channel, new Event.Data(Event.Stream.OUTPUT, text.getBytes(UTF_8)));
    }

    static Entry input(long millis, int channel, String text) {
        return new Entry(millis, channel, new Event.Data(Event.Stream.INPUT, text.getBytes(UTF_8)));
    }

    /** Seals the chunk when it is full, as a recorder does. */
    static byte[] recording(Sealer sealer, List<Entry> entries, boolean complete) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(sealer.header());
        for (var entry : entries) {
            sealer.written(sealer.add(List.of(entry)));
            if (sealer.isFull()) {
                write(out, sealer, false);
            }
        }
        write(out, sealer, complete);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, Sealer sealer, boolean last) {
        var chunk = sealer.seal(last);
        out.writeBytes(chunk.bytes());
        sealer.written(chunk);
    }

    static List<Entry> bulk(int lines, long seed) {
        var random = new Random(seed);
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < lines; i++) {
            entries.add(output(
                    i * 20L,
                    1,
                    "  CC      src/module_" + random.nextInt(5000) + "/part_" + random.nextInt(90)
                            + ".c -O2 -Wall\r\n"));
        }
        return entries;
    }

    static List<Entry> read(byte[] recording) {
        var entries = new ArrayList<Entry>();
        try {
            RecordingReader.open(RecordingSource.of(recording), KEYS).events(entries::add);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return entries;
    }
}
