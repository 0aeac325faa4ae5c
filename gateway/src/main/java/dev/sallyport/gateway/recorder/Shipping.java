package dev.sallyport.gateway.recorder;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.RecordingRefusal;
import dev.sallyport.formats.recording.RecordingSource;
import dev.sallyport.formats.recording.RecordingVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Takes closed recordings from the spool to the store. What is told of one is read from its file, so that it holds after
 * a restart; one whose framing or chain is broken is set aside and not stored as if it were whole. A file leaves the spool only after it was read back from the
 * store and has the same hash. What fails is tried again, later each time, for ever.
 */
public final class Shipping {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final Spool spool;
    private final RecordingStore store;
    private final Map<Path, Retry> retries = new HashMap<>();

    public Shipping(Spool spool, RecordingStore store) {
        this.spool = spool;
        this.store = store;
    }

    /** How shipping a recording went. */
    public sealed interface Outcome {
        String session();

        /** It is in the store, and left the spool. */
        record Shipped(String session, long bytes, String sha256, RecordingVerifier.Found found) implements Outcome {}

        /** Its file is not what a recorder wrote; it stays in the spool as {@code SESSION.damaged}. */
        record Damaged(String session, String why) implements Outcome {}

        /** It stays in the spool and is tried again. */
        record Failed(String session, int attempts, Instant next, String why) implements Outcome {}
    }

    private record Retry(int attempts, Instant next) {}

    /** Tries every closed recording whose time has come. */
    public synchronized List<Outcome> runOnce(Instant now) throws IOException {
        var outcomes = new ArrayList<Outcome>();
        for (Path file : spool.closed()) {
            Retry retry = retries.get(file);
            if (retry == null || !retry.next.isAfter(now)) {
                outcomes.add(ship(file, retry == null ? 0 : retry.attempts, now));
            }
        }
        return outcomes;
    }

    private Outcome ship(Path file, int attempts, Instant now) {
        String session = Spool.name(file, Spool.CLOSED);
        try {
            var digest = sha256();
            RecordingVerifier.Found found;
            try {
                found = verified(session, file, digest);
            } catch (Refusal e) {
                return damaged(session, file, e.sentence());
            }
            String hash = HexFormat.of().formatHex(digest.digest());
            put(session + Spool.CLOSED, file);
            String stored = sha256(store.open(session + Spool.CLOSED));
            if (!stored.equals(hash)) {
                return failed(file, session, attempts, now, "stored is " + stored + " (expected: " + hash + ")");
            }
            long bytes = Files.size(file);
            Files.delete(file);
            retries.remove(file);
            return new Outcome.Shipped(session, bytes, hash, found);
        } catch (IOException | UncheckedIOException | Refusal e) {
            return failed(file, session, attempts, now, String.valueOf(e.getMessage()));
        }
    }

    /** Reads the file once, to its end: the digest is of all of it. */
    private static RecordingVerifier.Found verified(String session, Path file, MessageDigest digest)
            throws IOException {
        RecordingSource source = RecordingSource.of(file);
        RecordingVerifier.Found found =
                RecordingVerifier.verify(position -> new DigestInputStream(source.from(position), digest));
        if (found.ending() instanceof Ending.Unfinished) {
            throw RecordingRefusal.INCOMPLETE.because(
                    file.getFileName() + " has no end (expected: a closed recording)");
        }
        if (!found.header().session().equals(session)) {
            throw RecordingRefusal.NOT_THE_ONE_ANNOUNCED.because(file.getFileName() + " is the recording of "
                    + found.header().session());
        }
        return found;
    }

    private Outcome damaged(String session, Path file, String why) throws IOException {
        Files.move(file, file.resolveSibling(session + Spool.DAMAGED), StandardCopyOption.ATOMIC_MOVE);
        retries.remove(file);
        return new Outcome.Damaged(session, why);
    }

    /** One that is there already, from an attempt that was cut off, is judged by its hash like any other. */
    private void put(String name, Path file) throws IOException {
        try {
            if (!store.has(name)) {
                store.put(name, file);
            }
        } catch (Refusal e) {
            if (!e.code().equals(RecorderRefusal.ALREADY_STORED.code())) {
                throw e;
            }
        }
    }

    private Outcome failed(Path file, String session, int attempts, Instant now, String why) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, 20));
        Instant next = now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        retries.put(file, new Retry(attempts + 1, next));
        return new Outcome.Failed(session, attempts + 1, next, why);
    }

    static String sha256(InputStream bytes) throws IOException {
        try (bytes) {
            var digest = sha256();
            var buffer = new byte[1 << 16];
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
