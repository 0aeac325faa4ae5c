package dev.sallyport.gateway.ssh;

import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.SessionId;
import dev.sallyport.gateway.GatewayMeasures;
import dev.sallyport.gateway.Recorders;
import dev.sallyport.gateway.Reporter;
import dev.sallyport.gateway.SessionRecorder.RecordingFailed;
import dev.sallyport.gateway.ssh.TargetConnector.Credential;
import dev.sallyport.spi.gateway.Certified;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Opening;
import dev.sallyport.spi.gateway.Permit;
import dev.sallyport.spi.gateway.SessionTerms;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/** Turns a permit into a session: begins it with the control plane, reaches the target, and begins to record. */
final class SessionOpener {
    private static final Logger LOG = Logger.getLogger(SessionOpener.class.getName());

    private final ControlPlane controlPlane;
    private final TargetConnector targets;
    private final Recorders recorders;
    private final Reporter reporter;
    private final Sessions sessions;
    private final GatewayMeasures measures;
    private final Clock clock;

    SessionOpener(
            ControlPlane controlPlane,
            TargetConnector targets,
            Recorders recorders,
            Reporter reporter,
            Sessions sessions,
            GatewayMeasures measures,
            Clock clock) {
        this.controlPlane = controlPlane;
        this.targets = targets;
        this.recorders = recorders;
        this.reporter = reporter;
        this.sessions = sessions;
        this.measures = measures;
        this.clock = clock;
    }

    /** A session whose target waits for the first message. What fails has left nothing open. */
    GatewaySession open(Permit permit, ServerSession client, String clientAddress, String clientVersion)
            throws InterruptedException {
        var rules = CommandRules.of(permit.terms().rules());
        sessions.awaitVersion(permit.feedVersion());
        SessionId id = SessionId.next();
        Instant now = clock.instant();
        Opened opened = open(permit, id, new Opening(now, clientAddress, clientVersion));
        ClientSession target = null;
        String why = "fault";
        boolean done = false;
        try {
            target = targets.connect(permit);
            RelayService service = targets.signIn(target, permit, credential(permit, id));
            var session = new GatewaySession(new GatewaySession.Parts(
                    id,
                    permit,
                    now,
                    endsAt(permit, opened, now),
                    client,
                    target,
                    service,
                    reporter,
                    clock,
                    new Supervision(
                            permit.terms().supervised(), permit.terms().recording() != SessionTerms.Recording.OFF, now),
                    rules,
                    sessions::remove));
            record(session, opened);
            sessions.add(session);
            done = true;
            return session;
        } catch (Refusal e) {
            why = e.code();
            throw e;
        } finally {
            if (!done) {
                closed(id, why);
                if (target != null) {
                    target.close(true);
                }
            }
        }
    }

    /** Whether the control plane has begun it is not known when it does not answer: then its end is told as well. */
    private Opened open(Permit permit, SessionId id, Opening opening) {
        try {
            reporter.begin(id);
        } catch (UncheckedIOException e) {
            LOG.log(Level.SEVERE, "a session cannot be noted, so it is not begun", e);
            throw GatewayRefusal.NOT_NOTED.because(
                    "the gateway cannot write down that a session begins, so there is none; tell whoever runs it");
        }
        try {
            return controlPlane.open(permit.id(), id, opening);
        } catch (Refusal e) {
            if (e.kind() == Refusal.Kind.UNAVAILABLE) {
                closed(id, e.code());
            } else {
                reporter.notBegun(id);
            }
            throw e;
        } catch (RuntimeException e) {
            closed(id, "fault");
            throw e;
        }
    }

    private void record(GatewaySession session, Opened opened) {
        if (session.terms().recording() == SessionTerms.Recording.OFF) {
            return;
        }
        try {
            session.recordedBy(recorders.begin(
                    session.id(),
                    session.permit(),
                    opened,
                    session::report,
                    sentence -> session.end(
                            EndReason.RECORDING,
                            sentence,
                            "This session must be recorded and cannot be: " + sentence)));
        } catch (RecordingFailed e) {
            throw GatewayRefusal.NOT_RECORDED.because(Relay.recordingFailed(e));
        }
    }

    private Credential credential(Permit permit, SessionId id) {
        return switch (permit.access().credential()) {
            case CERTIFICATE -> {
                KeyPair pair = freshKey();
                Certified certified =
                        controlPlane.certify(id, LeaseId.next(), PublicKeyEntry.toString(pair.getPublic()));
                yield Credential.certified(pair, certified.certificate());
            }
            case PASSWORD -> new Credential.Password(controlPlane.secret(id));
            case KEY -> Credential.stored(controlPlane.secret(id));
        };
    }

    private static KeyPair freshKey() {
        try {
            return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no Ed25519", e);
        }
    }

    private static Instant endsAt(Permit permit, Opened opened, Instant now) {
        Instant longest = now.plus(permit.terms().longest());
        return longest.isBefore(opened.endsAt()) ? longest : opened.endsAt();
    }

    private void closed(SessionId id, @Nullable String why) {
        reporter.report(id, new dev.sallyport.spi.gateway.Report.Closed("not-begun", String.valueOf(why), 0, 0));
        measures.refused(String.valueOf(why));
    }
}
