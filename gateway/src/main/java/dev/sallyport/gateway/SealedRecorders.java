package dev.sallyport.gateway;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
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
    private final Map<String, Summary> closed = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** What is told of a recording once it is stored. */
    record Summary(String state, long chunks, long durationMillis, List<String> gaps) {}

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
        for (Spool.Recovered recovered : recorders.spool.recover(clock.instant(), "the gateway was stopped")) {
            recorders.recovered(recovered);
        }
        Thread.ofVirtual().name("recordings").start(recorders::work);
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
                    session,
                    spool.start(session.value(), clock.instant(), metadata, mode, key),
                    redaction(opened.secrets(), permit.terms().redacted()),
                    clock,
                    reports,
                    broken,
                    this::ended);
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

    private void ended(String session, Summary summary) {
        open.remove(session);
        closed.put(session, summary);
    }

    private void recovered(Spool.Recovered recovered) {
        closed.put(
                recovered.session(),
                switch (recovered.ending()) {
                    case Ending.Complete() -> new Summary("complete", 0, 0, List.of());
                    case Ending.CutShort(long knownUntil, var _, long lost, String reason) ->
                        new Summary("cut-short", 0, knownUntil, List.of(reason + ", at most " + lost + " ms lost"));
                    case Ending.Unfinished() -> new Summary("cut-short", 0, 0, List.of("not finished"));
                });
        LOG.warning(() -> "the recording of " + recovered.session() + " was left open and is closed now");
    }

    private void work() {
        while (!stopped) {
            open.values().forEach(SealedRecorder::tick);
            ship();
            LockSupport.parkNanos(EVERY.toNanos());
        }
    }

    private synchronized void ship() {
        try {
            for (Shipping.Outcome outcome : shipping.runOnce(clock.instant())) {
                switch (outcome) {
                    case Shipping.Outcome.Shipped(String session, long bytes, String hash) -> {
                        Summary summary = closed.getOrDefault(session, new Summary("complete", 0, 0, List.of()));
                        closed.remove(session);
                        reporter.report(
                                new SessionId(session),
                                new Report.RecordingStored(
                                        summary.state(),
                                        session + ".rec",
                                        summary.chunks(),
                                        bytes,
                                        summary.durationMillis(),
                                        hash,
                                        summary.gaps()));
                    }
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

    /** Ships what is closed; what cannot be shipped now is shipped by the next run. */
    @Override
    public void close() throws IOException {
        stopped = true;
        ship();
        spool.close();
    }
}
