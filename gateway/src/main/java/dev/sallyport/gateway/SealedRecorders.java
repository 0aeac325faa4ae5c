package dev.sallyport.gateway;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.base.Text;
import dev.sallyport.formats.recording.Ending;
import dev.sallyport.formats.recording.RecordingKey;
import dev.sallyport.formats.recording.Redaction;
import dev.sallyport.formats.recording.TokenPattern;
import dev.sallyport.gateway.SessionRecorder.RecordingFailed;
import dev.sallyport.gateway.recorder.RecorderLimits;
import dev.sallyport.gateway.recorder.RecordingMode;
import dev.sallyport.gateway.recorder.RecordingStore;
import dev.sallyport.gateway.recorder.Shipping;
import dev.sallyport.gateway.recorder.Spool;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms.Recording;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Recordings as they are kept: redacted, sealed to the recording key, in the spool before anybody sees more, then shipped
 * to the store. What an earlier run left open is closed as cut short first.
 */
public final class SealedRecorders implements Recorders, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SealedRecorders.class.getName());

    /** How often bytes that may have been the beginning of a secret are let go, and recordings are looked at. */
    private static final Duration EVERY = Duration.ofMillis(250);

    private final Spool spool;
    private final Shipping shipping;
    private final Reporter reporter;
    private final Clock clock;
    private final Map<String, SealedRecorder> open = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    private SealedRecorders(Path folder, RecorderLimits limits, RecordingStore store, Reporter reporter, Clock clock)
            throws IOException {
        this.spool = new Spool(folder, limits, this::failed);
        this.shipping = new Shipping(spool, store);
        this.reporter = reporter;
        this.clock = clock;
    }

    /** @param folder the spool, for this process alone */
    public static SealedRecorders open(
            Path folder, RecorderLimits limits, RecordingStore store, Reporter reporter, Clock clock)
            throws IOException {
        var recorders = new SealedRecorders(folder, limits, store, reporter, clock);
        recorders.recovered(recorders.spool.recover(clock.instant(), "the gateway was stopped"));
        // two, because a slow store must not hold up what is let go every 250 ms; and hashing what is large takes a
        // while, in which a virtual thread would leave none of its few carriers to the sessions
        Thread.ofVirtual().name("recordings").start(recorders::tick);
        Thread.ofPlatform().daemon().name("shipping").start(recorders::work);
        return recorders;
    }

    @Override
    public SessionRecorder begin(
            SessionId session, Permit permit, Opened opened, Consumer<Report.What> reports, Consumer<String> broken)
            throws RecordingFailed {
        var mode = permit.terms().recording() == Recording.STRICT ? RecordingMode.STRICT : RecordingMode.BEST_EFFORT;
        try {
            var key = new RecordingKey(
                    opened.recordingKey(), opened.recordingPublicKey().toString());
            var metadata = Map.<String, Object>of(
                    "person", permit.person(),
                    "grant", permit.grant().value(),
                    "target", permit.target(),
                    "login", permit.login(),
                    "role", permit.role());
            var recorder = new SealedRecorder(
                    spool.start(session.value(), clock.instant(), metadata, mode, key),
                    redaction(opened.secrets(), permit.terms().redacted()),
                    clock,
                    reports,
                    broken,
                    () -> open.remove(session.value()));
            open.put(session.value(), recorder);
            return recorder;
        } catch (Refusal | IllegalArgumentException e) {
            throw new RecordingFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /** Secrets too short or too long for the matcher cannot be looked for; they are none that the product makes. */
    private static Redaction redaction(List<Secret> secrets, List<String> patterns) {
        var usable = secrets.stream()
                .filter(secret -> {
                    int length = secret.reveal().getBytes(StandardCharsets.UTF_8).length;
                    return length >= Redaction.SHORTEST && length <= TokenPattern.MAX_LENGTH;
                })
                .toList();
        var forms = new ArrayList<>(TokenPattern.OURS);
        patterns.forEach(pattern -> forms.add(TokenPattern.of(pattern)));
        return new Redaction(usable, forms);
    }

    private void failed(String session, RecordingMode mode, Refusal why) {
        SealedRecorder recorder = open.get(session);
        if (recorder != null) {
            recorder.failed(mode, why);
        }
    }

    private void recovered(List<Spool.Recovered> all) {
        for (Spool.Recovered recovered : all) {
            LOG.warning(() -> "the recording of " + recovered.session() + " was left open and is closed now");
            if (!recovered.readable()) {
                unreadable(recovered.session(), "nothing of the recording can be read");
            }
        }
    }

    private void tick() {
        while (!stopped) {
            for (SealedRecorder recorder : open.values()) {
                try {
                    recorder.tick();
                } catch (RuntimeException e) {
                    LOG.log(Level.WARNING, "a recording cannot go on", e);
                }
            }
            LockSupport.parkNanos(EVERY.toNanos());
        }
    }

    private void work() {
        while (!stopped) {
            ship();
            LockSupport.parkNanos(EVERY.toNanos());
        }
    }

    private synchronized void ship() {
        try {
            recovered(spool.recoverAbandoned(clock.instant(), "the recording could not be written"));
            for (Shipping.Outcome outcome : shipping.runOnce(clock.instant())) {
                switch (outcome) {
                    case Shipping.Outcome.Shipped shipped ->
                        reporter.report(new SessionId(shipped.session()), stored(shipped));
                    case Shipping.Outcome.Damaged(String session, String why) ->
                        unreadable(session, "the recording was damaged in the spool: " + why);
                    case Shipping.Outcome.Failed(String session, int attempts, var _, String why) -> {
                        if (attempts == 1) {
                            LOG.warning(() -> "the recording of " + session + " cannot be stored yet: " + why);
                        }
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "recordings cannot be shipped", e);
        }
    }

    /** What is told of a recording is what its file says; gaps in it were told when they opened. */
    private static Report.RecordingStored stored(Shipping.Outcome.Shipped shipped) {
        List<String> gaps = new ArrayList<>();
        String state = switch (shipped.found().ending()) {
            case Ending.Complete() -> "complete";
            case Ending.CutShort(var _, var _, long lost, String reason) -> {
                gaps.add(reason + ", at most " + lost + " ms lost");
                yield "cut-short";
            }
            case Ending.Unfinished() -> throw new IllegalStateException(shipped.session() + " has no end");
        };
        return new Report.RecordingStored(
                state,
                shipped.session() + ".rec",
                shipped.found().chunks(),
                shipped.bytes(),
                shipped.found().millis(),
                shipped.sha256(),
                gaps);
    }

    /** Without a stored recording the control plane opens a finding; this says why there is none. */
    private void unreadable(String session, String why) {
        LOG.severe(() -> session + ": " + why);
        var now = clock.instant();
        reporter.report(new SessionId(session), new Report.RecordingGap(now, now, Text.printable(why)));
    }

    /** Ships what is closed; what cannot be shipped now is shipped by the next run. */
    @Override
    public void close() throws IOException {
        stopped = true;
        ship();
        spool.close();
    }
}
