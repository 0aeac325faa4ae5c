package dev.sallyport.formats.recording;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** Opens a recording with its key and gives its events, from the start or from a later time. */
public final class RecordingReader {
    private final RecordingSource source;
    private final RecordingHeader header;
    private final SessionKey key;
    private final List<KeyFrame> keyFrames = new ArrayList<>();

    /** Where reading can begin. */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    private record KeyFrame(long position, long chunk, long start, byte[] chain) {}

    private RecordingReader(RecordingSource source, RecordingHeader header, SessionKey key) {
        this.source = source;
        this.header = header;
        this.key = key;
    }

    /**
     * Opens the session's secret.
     *
     * @throws dev.sallyport.base.Refusal if this is no recording, or {@code recording.not-opened}
     */
    public static RecordingReader open(RecordingSource source, RecordingKeys keys) throws IOException {
        try (InputStream in = source.from(0)) {
            RecordingHeader header = new RecordStream(in).header();
            byte[] secret = keys.open(header.sealed(), header.bound());
            if (secret.length != SessionKey.SIZE) {
                throw RecordingRefusal.NOT_OPENED.because("the secret of " + header.session() + " has " + secret.length
                        + " bytes (expected: " + SessionKey.SIZE + ")");
            }
            return new RecordingReader(source, header, new SessionKey(secret));
        }
    }

    public RecordingHeader header() {
        return header;
    }

    /** All events, checked as they come. */
    public Ending events(Consumer<Entry> to) throws IOException {
        return events(to, List.of());
    }

    /** All events; those that were announced must be what was announced. */
    public Ending events(Consumer<Entry> to, Collection<RunningHash> announced) throws IOException {
        RecordingVerifier.verify(source, announced);
        try (InputStream in = source.from(0)) {
            return new Opening(new RecordStream(in), key.after(0), 0, announced).run(to);
        }
    }

    /**
     * All events in one pass, for callers who have verified the whole before they show anything: what is broken further
     * on is refused only there.
     */
    public Ending verifiedEvents(Consumer<Entry> to) throws IOException {
        try (InputStream in = source.from(0)) {
            return new Opening(new RecordStream(in), key.after(0), 0, List.of()).run(to);
        }
    }

    /** Events from this time on. Reading begins at the key frame before it; what lies before is not checked. */
    public Ending eventsFrom(long millis, Consumer<Entry> to) throws IOException {
        KeyFrame start = keyFrame(millis);
        if (start == null) {
            return events(entry -> {
                if (entry.millis() >= millis) {
                    to.accept(entry);
                }
            });
        }
        try (InputStream in = source.from(start.position)) {
            var records = new RecordStream(in, start.position, start.chunk, start.chain);
            return new Opening(records, key.after(start.chunk), start.chunk, List.of()).run(entry -> {
                if (entry.millis() >= millis) {
                    to.accept(entry);
                }
            });
        }
    }

    /** How many places reading can begin at, the start included. */
    public int keyFrames() throws IOException {
        index();
        return keyFrames.size();
    }

    private @Nullable KeyFrame keyFrame(long millis) throws IOException {
        index();
        KeyFrame found = null;
        for (var frame : keyFrames) {
            if (frame.start <= millis) {
                found = frame;
            }
        }
        return found;
    }

    private void index() throws IOException {
        if (!keyFrames.isEmpty()) {
            return;
        }
        try (InputStream in = source.from(0)) {
            var records = new RecordStream(in);
            for (var record = records.next(); record != null; record = records.next()) {
                if (record instanceof RecordStream.Chunk chunk && chunk.keyFrame()) {
                    keyFrames.add(new KeyFrame(
                            chunk.position(),
                            chunk.index(),
                            chunk.start(),
                            chunk.sealed().before()));
                }
            }
        }
    }

    /** One walk through sealed records. */
    private static final class Opening {
        private final RecordStream records;
        private final Collection<RunningHash> announced;
        private SessionKey key;
        private long chunk;
        private byte[] history = new byte[0];
        private final List<Entry> fragments = new ArrayList<>();

        Opening(RecordStream records, SessionKey key, long chunk, Collection<RunningHash> announced) {
            this.records = records;
            this.key = key;
            this.chunk = chunk;
            this.announced = announced;
        }

        Ending run(Consumer<Entry> to) {
            Ending ending = new Ending.Unfinished();
            for (var record = records.next(); record != null; record = records.next()) {
                switch (record) {
                    case RecordStream.Chunk sealed -> {
                        check(key, sealed.index(), open(sealed), to);
                        key = key.next();
                        chunk++;
                        ending = sealed.last() ? new Ending.Complete() : ending;
                    }
                    case RecordStream.Fragment sealed -> open(sealed);
                    case RecordStream.Cut cut -> ending = RecordingVerifier.ending(cut);
                }
            }
            check(key, chunk, fragments, to);
            return ending;
        }

        private List<Entry> open(RecordStream.Chunk sealed) {
            var where = new Unpacker("chunk " + sealed.index(), new byte[0]);
            byte[] plain =
                    plain("chunk " + sealed.index(), key.chunk(), sealed.index(), sealed.attempt(), sealed.sealed());
            var in = new Unpacker("chunk " + sealed.index(), plain);
            byte[] packedColumns = in.string("columns", plain.length);
            byte[] columns = Zstd.decompress(where, packedColumns, new byte[0], sealed.columns());
            byte[] before = sealed.keyFrame() ? new byte[0] : history;
            byte[] content = Zstd.decompress(where, in.rest(), before, sealed.content());
            history = Zstd.history(before, content, content.length, Sealer.MAX_HISTORY);
            return Columns.read(
                    new Unpacker("chunk " + sealed.index(), columns), sealed.events(), sealed.start(), content);
        }

        private void open(RecordStream.Fragment sealed) {
            String where = "fragment " + sealed.serial() + " of chunk " + sealed.chunk();
            byte[] rows = plain(where, key.journal(), sealed.serial(), 0, sealed.sealed());
            Columns.readRows(new Unpacker(where, rows), sealed.start(), fragments);
        }

        private static byte[] plain(String where, SessionKey.Gcm gcm, long high, int low, RecordStream.Sealed sealed) {
            try {
                return gcm.open(high, low, sealed.before(), sealed.head(), sealed.body());
            } catch (AEADBadTagException _) {
                throw RecordingRefusal.DAMAGED.because(where + ": was not sealed by this recording's writer");
            }
        }

        private void check(SessionKey with, long index, List<Entry> entries, Consumer<Entry> to) {
            for (var hash : announced) {
                if (hash.chunks() == index && !matches(hash, with, entries)) {
                    throw RecordingRefusal.NOT_THE_ONE_ANNOUNCED.because("the first " + hash.events()
                            + " events of chunk " + index + " are not those that were announced");
                }
            }
            entries.forEach(to);
        }

        private static boolean matches(RunningHash hash, SessionKey key, List<Entry> entries) {
            if (hash.events() > entries.size()) {
                return false;
            }
            byte[] found = key.commitment(Pending.committed(entries, hash.events()));
            return java.security.MessageDigest.isEqual(
                    found, java.util.HexFormat.of().parseHex(hash.commitment()));
        }
    }
}
