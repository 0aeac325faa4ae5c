package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.gateway.GatewayMeasures;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Asked;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.Permit;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Asks the control plane who is there, and opens the session; so many at a time, the others wait in line. */
final class Logins {
    private static final Logger LOG = Logger.getLogger(Logins.class.getName());

    private final ControlPlane controlPlane;
    private final SessionOpener opener;
    private final GatewayMeasures measures;
    private final Semaphore turn;

    /** How an attempt to get in went. */
    sealed interface Outcome {
        record In() implements Outcome {}

        /** Not with this evidence; the client may show more. */
        record NotYet(Answer answer) implements Outcome {}

        /** Over; the connection is told and closed. */
        record Over() implements Outcome {}
    }

    Logins(ControlPlane controlPlane, SessionOpener opener, GatewayMeasures measures, int atOnce) {
        this.controlPlane = controlPlane;
        this.opener = opener;
        this.measures = measures;
        this.turn = new Semaphore(atOnce, true);
    }

    /** Decides on what is shown, and opens the session if it suffices. Waits for its turn. */
    Outcome attempt(Login login, String user, Evidence evidence) throws InterruptedException {
        long asked = System.nanoTime();
        turn.acquire();
        try {
            long began = System.nanoTime();
            Outcome outcome = decide(login, login.destination(user), evidence);
            if (outcome instanceof Outcome.In) {
                measures.setUp(Duration.ofNanos(began - asked), Duration.ofNanos(System.nanoTime() - began));
            }
            return outcome;
        } catch (Refusal e) {
            measures.refused(e.code());
            login.disconnect(e.sentence());
            return new Outcome.Over();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "a log-in failed", e);
            login.disconnect("an internal error; try again later");
            return new Outcome.Over();
        } finally {
            turn.release();
        }
    }

    /** Only asks; opens nothing. */
    Answer look(Login login, String user, Evidence evidence) {
        return controlPlane.authorize(evidence, login.destination(user));
    }

    Asked ask(Login login, String user, Evidence evidence, String role, Duration duration, String reason) {
        return controlPlane.ask(evidence, login.destination(user), role, duration, reason);
    }

    private Outcome decide(Login login, Destination destination, Evidence evidence) throws InterruptedException {
        return switch (controlPlane.authorize(evidence, destination)) {
            case Answer.Permitted(Permit permit) -> {
                GatewaySession opened =
                        opener.open(permit, login.client(), destination.clientAddress(), destination.clientVersion());
                login.decided(opened);
                if (!login.client().isOpen()) {
                    opened.clientGone(); // it left meanwhile, and nobody else will notice
                    yield new Outcome.Over();
                }
                yield new Outcome.In();
            }
            case Answer.Denied denied -> {
                measures.refused(denied.code());
                yield new Outcome.NotYet(denied);
            }
            case Answer.SignIn signIn -> new Outcome.NotYet(signIn);
            case Answer.MayAsk mayAsk -> new Outcome.NotYet(mayAsk);
        };
    }
}
