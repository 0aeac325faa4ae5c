package dev.sallyport.gateway.ssh;

import dev.sallyport.base.SessionId;
import dev.sallyport.base.Text;
import dev.sallyport.gateway.Reporter;
import dev.sallyport.gateway.SessionRecorder;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.Report;
import dev.sallyport.spi.gateway.SessionTerms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/** One use of a grant: two connections, what passes between them, and its end, which comes once. */
final class GatewaySession implements RelayContext {
    private static final Logger LOG = Logger.getLogger(GatewaySession.class.getName());

    private final SessionId id;
    private final Permit permit;
    private final Instant startedAt;
    private final Instant endsAt;
    private final ServerSession client;
    private final ClientSession target;
    private final RelayService targetService;
    private final Reporter reporter;
    private final Clock clock;
    private final Supervision supervision;
    private final CommandRules rules;
    private final BiConsumer<GatewaySession, EndReason> gone;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private volatile SessionRecorder recorder = SessionRecorder.OFF;
    private volatile @Nullable Relay relay;
    private volatile long lastActivity;

    /** What a session is made of. */
    record Parts(
            SessionId id,
            Permit permit,
            Instant startedAt,
            Instant endsAt,
            ServerSession client,
            ClientSession target,
            RelayService targetService,
            Reporter reporter,
            Clock clock,
            Supervision supervision,
            CommandRules rules,
            BiConsumer<GatewaySession, EndReason> gone) {}

    GatewaySession(Parts parts) {
        this.id = parts.id();
        this.permit = parts.permit();
        this.startedAt = parts.startedAt();
        this.endsAt = parts.endsAt();
        this.client = parts.client();
        this.target = parts.target();
        this.targetService = parts.targetService();
        this.reporter = parts.reporter();
        this.clock = parts.clock();
        this.supervision = parts.supervision();
        this.rules = parts.rules();
        this.gone = parts.gone();
        this.lastActivity = clock.millis();
    }

    SessionId id() {
        return id;
    }

    Permit permit() {
        return permit;
    }

    Instant startedAt() {
        return startedAt;
    }

    Instant endsAt() {
        return endsAt;
    }

    Instant lastActivity() {
        return Instant.ofEpochMilli(lastActivity);
    }

    Supervision supervision() {
        return supervision;
    }

    long passed() {
        return bytesIn.get() + bytesOut.get();
    }

    long buffered() {
        Relay running = relay;
        return running == null ? 0 : running.buffered();
    }

    boolean isEnded() {
        return ended.get();
    }

    void recordedBy(SessionRecorder chosen) {
        recorder = chosen;
    }

    /** The client is in: from now on messages pass. */
    RelayService begin() {
        var service = new RelayService(client);
        var started = new Relay(this, service, targetService);
        relay = started;
        if (ended.get() || !client.isOpen()) {
            started.stop();
            end(EndReason.CLIENT, "", "");
        }
        return service.whenStarted(started::start);
    }

    @Override
    public SessionTerms terms() {
        return permit.terms();
    }

    @Override
    public SessionRecorder recorder() {
        return recorder;
    }

    @Override
    public void report(Report.What what) {
        reporter.report(
                id,
                switch (what) {
                    case Report.Command(int channel, String text, boolean exact, Integer status) ->
                        new Report.Command(channel, recorder.redacted(text), exact, status);
                    case Report.RuleMatched(int channel, String pattern, boolean blocked, String text) ->
                        new Report.RuleMatched(channel, pattern, blocked, recorder.redacted(text));
                    case Report.FileTouched _,
                            Report.OpaqueOpened _,
                            Report.RecordingProgress _,
                            Report.RecordingGap _,
                            Report.RecordingStored _,
                            Report.Text _,
                            Report.Supervised _,
                            Report.Closed _ -> what;
                });
    }

    @Override
    public void activity(boolean fromClient, int bytes) {
        (fromClient ? bytesIn : bytesOut).addAndGet(bytes);
        lastActivity = clock.millis();
    }

    @Override
    public boolean passes(Duration patience) throws InterruptedException {
        return supervision.passes(patience);
    }

    @Override
    public Optional<String> ran(RelayedChannel channel, String command) {
        return rules.judge(channel.number, command, this::report);
    }

    @Override
    public @Nullable InputGate typed(RelayedChannel channel) {
        Relay running = relay;
        return running == null ? null : rules.typed(channel, this::report, text -> show(running, channel, text));
    }

    @Override
    public void shown(RelayedChannel channel, byte[] bytes) {
        if (bytes.length > 0 && channel.showsText) {
            supervision.shown(clock.millis() - startedAt.toEpochMilli(), channel, bytes);
        }
    }

    /** Shows whoever has begun to watch what every open channel looks like. */
    void picture() {
        Relay running = relay;
        if (running != null) {
            long at = clock.millis() - startedAt.toEpochMilli();
            running.channels.all().stream()
                    .filter(channel -> channel.showsText && !channel.isClosing())
                    .forEach(channel -> supervision.picture(at, channel));
        }
    }

    @Override
    public void closed(RelayedChannel channel) {
        if (!channel.command.isEmpty()) {
            report(new Report.Command(channel.number, Text.printable(channel.command), true, channel.exitStatus));
        }
    }

    /** Shows a sentence in every terminal of the session. */
    void show(String sentence) {
        Relay running = relay;
        if (running != null) {
            running.channels.all().stream()
                    .filter(channel -> channel.terminal && channel.showsText && !channel.isClosing())
                    .forEach(channel -> show(running, channel, sentence));
        }
    }

    private static void show(Relay relay, RelayedChannel channel, String sentence) {
        byte[] bytes = ("\r\n\u001b[7m sallyport \u001b[0m " + Text.printable(sentence) + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        if (channel.borrow(bytes.length)) {
            try {
                relay.toClient(Packets.data(channel.clientId, bytes));
            } catch (IOException _) {
                relay.note("a sentence could not be shown");
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The client's connection is closed; what it had sent is still passed on if it got as far as that. */
    void clientGone() {
        Relay running = relay;
        if (running == null) {
            end(EndReason.CLIENT, "", "");
        } else {
            running.clientGone();
        }
    }

    @Override
    public void end(EndReason reason, String detail, String sentence) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        cut(sentence);
        if (reason != EndReason.CLIENT && reason != EndReason.TARGET) {
            LOG.log(reason.level(), () -> "session " + id + " ended: " + reason.word + " " + Text.printable(detail));
        }
        report(new Report.Closed(reason.word, Text.printable(detail), bytesIn.get(), bytesOut.get()));
        gone.accept(this, reason);
        Thread.ofVirtual().name("close-" + id).start(this::closeRecorder);
    }

    /** Ends what can still have an effect first, then says so. */
    private void cut(String sentence) {
        Relay running = relay;
        if (running != null) {
            running.stop();
        }
        supervision.end();
        target.close(true);
        try {
            if (sentence.isEmpty()) {
                client.close(false);
            } else {
                client.disconnect(
                        SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "sallyport: " + Text.printable(sentence));
            }
        } catch (IOException _) {
            client.close(true);
        }
    }

    private void closeRecorder() {
        try {
            recorder.close();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "the recording of " + id + " could not be closed", e);
        }
    }
}
