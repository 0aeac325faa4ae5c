package dev.sallyport.server.api;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.formats.recording.CastParts;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.RecordingHeader;
import dev.sallyport.formats.recording.RecordingKey;
import dev.sallyport.formats.recording.RecordingKeyPair;
import dev.sallyport.formats.recording.RecordingReader;
import dev.sallyport.formats.recording.RecordingRefusal;
import dev.sallyport.formats.recording.RecordingSource;
import dev.sallyport.formats.recording.RecordingVerifier;
import dev.sallyport.gateway.recorder.RecordingStore;
import dev.sallyport.server.AnswerBrokenOff;
import dev.sallyport.server.api.PlaybackFormat.Choice;
import dev.sallyport.session.GatewaySessions.Sealed;
import dev.sallyport.session.Session;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Shows recordings from the store. Each is read twice (a part for the first time once more, to find where it is): first as a whole, where its hash must be the one told when it was
 * stored and its chain must hold, before a byte is shown; then chunk by chunk, opened and shown at once. What is found
 * broken only then breaks the connection.
 */
final class Playback {
    /** Recordings that are shown at once; each takes a little memory and a core while it is read. */
    static final int AT_ONCE = 16;

    /** Of these to one person: nobody takes all places. */
    static final int AT_ONCE_EACH = 4;

    /** Of so many recordings it is remembered where their parts begin. */
    private static final int PLANS_MAX = 200;

    private static final Logger LOG = Logger.getLogger(Playback.class.getName());
    private static final int BUFFER = 1 << 16;

    private final RecordingStore store;
    private final Places places = new Places(
            AT_ONCE,
            AT_ONCE_EACH,
            () -> busy("this server shows " + AT_ONCE + " recordings already (allowed: " + AT_ONCE + " at once)"),
            () -> busy("this server shows you " + AT_ONCE_EACH + " recordings already (allowed: " + AT_ONCE_EACH
                    + " at once for one person)"));
    private final Map<Planned, CastParts.Plan> plans = Collections.synchronizedMap(new Plans());

    /** What a plan is of: a recording never changes. */
    private record Planned(
            SessionId session, String sha256, @Nullable Integer channel, boolean input) {}

    private static final class Plans extends LinkedHashMap<Planned, CastParts.Plan> {
        private static final long serialVersionUID = 1;

        Plans() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Planned, CastParts.Plan> eldest) {
            return size() > PLANS_MAX;
        }
    }

    Playback(RecordingStore store) {
        this.store = store;
    }

    /** Where it is shown. Nothing was sent before {@link #begin}. */
    interface Screen {
        OutputStream begin(Ending ending, Choice choice) throws IOException;

        /** Whether something of it has left. */
        boolean committed();
    }

    /**
     * Shows it.
     *
     * @throws Refusal {@code recording.…} for one that is not what was recorded, while nothing has been shown
     * @throws AnswerBrokenOff afterwards
     */
    void show(PersonId viewer, Sealed sealed, PlaybackFormat format, Choice choice, Screen screen) {
        try {
            try (var _ = places.take(viewer)) {
                read(sealed, format, choice, screen);
            }
        } finally {
            Arrays.fill(sealed.privateKey(), (byte) 0);
        }
    }

    private static Refusal busy(String sentence) {
        return PlaybackRefusal.BUSY.because(sentence, "try again in a moment");
    }

    private void read(Sealed sealed, PlaybackFormat format, Choice choice, Screen screen) {
        RecordingSource source = position -> {
            InputStream in = new BufferedInputStream(store.open(sealed.location()), BUFFER);
            in.skipNBytes(position);
            return in;
        };
        try {
            Ending ending = verified(sealed, source);
            var reader = RecordingReader.open(source, keys(sealed));
            check(reader.header(), sealed.session());
            Choice planned = planned(sealed, source, reader.header(), choice);
            // closed only after its end, because closing is what makes an answer whole
            var out = new BufferedOutputStream(screen.begin(ending, planned), BUFFER);
            var writer = format.writer(reader.header(), planned, line -> write(out, line));
            Ending found = reader.verifiedEvents(writer);
            if (!found.equals(ending)) {
                throw RecordingRefusal.DAMAGED.because("the recording changed while it was read");
            }
            writer.finish(ending);
            out.close();
        } catch (Gone e) {
            // the container has given the connection up: nobody is left to be told
            LOG.log(Level.FINE, e, () -> "session=" + sealed.session().id() + " whoever looked has left");
        } catch (Refusal | IOException e) {
            if (screen.committed()) {
                LOG.log(Level.SEVERE, e, () -> "session=" + sealed.session().id() + " its recording broke off");
                throw new AnswerBrokenOff(e);
            }
            if (e instanceof Refusal refusal) {
                throw refusal;
            }
            LOG.log(Level.WARNING, e, () -> "session=" + sealed.session().id() + " its recording cannot be read");
            throw PlaybackRefusal.STORE_AWAY.because(
                    "the store of recordings does not give " + sealed.location() + " now", "try again in a moment");
        }
    }

    /** A part is wanted: where the parts are is known when all of it has been read once. */
    private Choice planned(Sealed sealed, RecordingSource source, RecordingHeader header, Choice choice)
            throws IOException {
        if (choice.at() == null) {
            return choice;
        }
        var planned = new Planned(
                sealed.session().id(),
                sealed.session().recording().sha256().orElse(""),
                choice.channel(),
                choice.input());
        CastParts.Plan plan = plans.get(planned);
        if (plan == null) {
            var planning = new CastParts.Planning();
            var writer = PlaybackFormat.planning(header, choice, planning);
            writer.finish(RecordingReader.open(source, keys(sealed)).verifiedEvents(writer));
            plan = planning.plan();
            plans.put(planned, plan);
        }
        return choice.of(plan);
    }

    private static RecordingKeyPair keys(Sealed sealed) {
        var hex = HexFormat.of();
        return RecordingKeyPair.of(
                new RecordingKey(
                        sealed.key().id(),
                        hex.formatHex(sealed.key().publicKey().toArray())),
                Secret.of(hex.formatHex(sealed.privateKey())));
    }

    /** Against the hash that was told when it was stored, and against its chain as it was told while it grew. */
    private static Ending verified(Sealed sealed, RecordingSource source) throws IOException {
        MessageDigest digest = sha256();
        RecordingVerifier.Found found = RecordingVerifier.verifyChain(
                position -> {
                    digest.reset();
                    return new DigestInputStream(source.from(position), digest);
                },
                sealed.announced());
        String hash = HexFormat.of().formatHex(digest.digest());
        String told = sealed.session().recording().sha256().orElse("nothing");
        if (!hash.equals(told)) {
            throw RecordingRefusal.NOT_THE_ONE_ANNOUNCED.because(
                    "the hash of the recording is " + hash + " (told when it was stored: " + told + ")");
        }
        if (found.ending() instanceof Ending.Unfinished) {
            throw RecordingRefusal.INCOMPLETE.because("the recording has no end");
        }
        return found.ending();
    }

    private static void check(RecordingHeader header, Session session) {
        if (!header.session().equals(session.id().value())) {
            throw RecordingRefusal.NOT_THE_ONE_ANNOUNCED.because(
                    "this is the recording of " + header.session() + " (expected: " + session.id() + ")");
        }
    }

    private static void write(OutputStream out, String line) {
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        } catch (IOException e) {
            throw new Gone(e);
        }
    }

    /** Who looked has left. */
    private static final class Gone extends UncheckedIOException {
        Gone(IOException cause) {
            super(cause);
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
