package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Refusal;
import dev.sallyport.gateway.ssh.Conversation.Abandoned;
import dev.sallyport.gateway.ssh.Logins.Outcome;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Asked;
import dev.sallyport.spi.gateway.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.auth.AbstractUserAuth;
import org.apache.sshd.server.auth.AsyncAuthException;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/** Lets a person sign in by a link, and ask for a role, in the terminal where they are (RFC 4256). */
final class InteractiveAuth extends AbstractUserAuth {
    static final String NAME = "keyboard-interactive";

    /** Codes that may be typed on one connection. */
    static final int CODES_MAX = 3;

    /** How long a terminal waits for an approval. */
    static final Duration APPROVAL_MAX = Duration.ofMinutes(30);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration SAY_EVERY = Duration.ofSeconds(15);

    private final Logins logins;
    private @Nullable Conversation conversation;

    private InteractiveAuth(Logins logins) {
        super(NAME);
        this.logins = logins;
    }

    static UserAuthFactory factory(Logins logins) {
        return new UserAuthFactory() {
            @Override
            public String getName() {
                return NAME;
            }

            @Override
            public UserAuth createUserAuth(ServerSession session) {
                return new InteractiveAuth(logins);
            }
        };
    }

    @Override
    protected @Nullable Boolean doAuth(Buffer buffer, boolean init) throws AsyncAuthException {
        Login login = Login.of(getServerSession());
        if (init) {
            if (!"ssh-connection".equals(getService()) || !login.begin()) {
                return false;
            }
            var begun = new Conversation(getServerSession());
            conversation = begun;
            var answer = new AsyncAuthException();
            Thread.ofVirtual().name("login-interactive").start(() -> talk(login, begun, answer));
            throw answer;
        }
        Conversation running = conversation;
        if (buffer.getUByte() != SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE
                || running == null
                || !running.answered(buffer)) {
            login.disconnect("an answer that nobody asked for");
        }
        return null;
    }

    /** The client tries another method. */
    @Override
    public void destroy() {
        Conversation running = conversation;
        if (running != null && !running.isFinished()) {
            if (!running.isWaiting()) {
                Login.of(getServerSession()).disconnect("two attempts to sign in at once");
            }
            running.abandon();
        }
    }

    private void talk(Login login, Conversation talk, AsyncAuthException answer) {
        boolean over = false;
        try {
            switch (signIn(login, talk)) {
                case Outcome.In() -> {
                    talk.finish();
                    answer.setAuthed(true);
                }
                case Outcome.Over() -> over = true;
                case Outcome.NotYet(Answer why) -> {
                    if (why instanceof Answer.Denied(String _, String sentence)) {
                        login.banner(sentence);
                    }
                    login.decided(null);
                    talk.finish();
                    answer.setAuthed(false);
                }
            }
        } catch (Abandoned _) {
            login.decided(null);
            if (!talk.isAbandoned()) {
                talk.finish();
                answer.setAuthed(false);
            }
        } catch (InterruptedException _) {
            over = true;
        } catch (Refusal e) {
            login.disconnect(e.sentence());
        }
        if (over) {
            login.client().close(false);
        }
    }

    private Outcome signIn(Login login, Conversation talk) throws Abandoned, InterruptedException {
        Evidence evidence = login.proved();
        Outcome outcome = logins.attempt(login, getUsername(), evidence);
        for (int tries = 0; tries < CODES_MAX && outcome instanceof Outcome.NotYet(Answer.SignIn link); tries++) {
            String code = talk.ask(
                    (tries == 0 ? "" : "That was not the code.\n")
                            + "Sign in to go to "
                            + UserName.parse(getUsername()).target() + ". Open this link in a browser,"
                            + " check what the page says, and type the code that it shows:\n\n    " + link.url() + "\n",
                    "Code: ",
                    true);
            evidence = new Evidence(
                    login.proved().handshake(), Optional.of(new Evidence.LinkAnswer(link.link(), code.strip())));
            outcome = logins.attempt(login, getUsername(), evidence);
        }
        if (outcome instanceof Outcome.NotYet(Answer.MayAsk may)) {
            return ask(login, talk, evidence, may);
        }
        return outcome;
    }

    private Outcome ask(Login login, Conversation talk, Evidence evidence, Answer.MayAsk may)
            throws Abandoned, InterruptedException {
        Answer.Offer offer = choose(talk, may);
        Duration duration = duration(talk, offer);
        String reason = talk.ask("", offer.reasonRequired() ? "Reason: " : "Reason (may be empty): ", true)
                .strip();
        Asked asked = logins.ask(login, getUsername(), evidence, offer.role(), duration, reason);
        return switch (asked.state()) {
            case DENIED -> new Outcome.NotYet(new Answer.Denied("request.denied", asked.sentence()));
            case GRANTED -> logins.attempt(login, getUsername(), evidence);
            case WAITING -> await(login, talk, evidence, asked);
        };
    }

    private static Duration duration(Conversation talk, Answer.Offer offer) throws Abandoned {
        String text = "";
        for (int tries = 0; tries < 3; tries++) {
            String typed = talk.ask(text, "For how long (at most " + Durations.shown(offer.longest()) + "): ", true)
                    .strip();
            try {
                return typed.isEmpty()
                        ? offer.longest()
                        : Durations.within("duration", Durations.parse("duration", typed), offer.longest());
            } catch (Refusal e) {
                text = e.sentence();
            }
        }
        throw new Abandoned();
    }

    private static Answer.Offer choose(Conversation talk, Answer.MayAsk may) throws Abandoned {
        List<Answer.Offer> offers = may.offers();
        var text = new StringBuilder(may.person() + " has no running grant here, but may ask:\n");
        for (int i = 0; i < offers.size(); i++) {
            Answer.Offer offer = offers.get(i);
            text.append("  %d) %s as %s, at most %s: %s%n"
                    .formatted(i + 1, offer.role(), offer.login(), Durations.shown(offer.longest()), offer.takes()));
        }
        for (int tries = 0; tries < 3; tries++) {
            String typed = talk.ask(text.toString(), "Ask for (1 to " + offers.size() + "; q gives up): ", true)
                    .strip();
            if (typed.equalsIgnoreCase("q")) {
                break;
            }
            if (typed.matches("[0-9]{1,3}")
                    && Integer.parseInt(typed) >= 1
                    && Integer.parseInt(typed) <= offers.size()) {
                return offers.get(Integer.parseInt(typed) - 1);
            }
            if (typed.isEmpty() && offers.size() == 1) {
                return offers.getFirst();
            }
        }
        throw new Abandoned();
    }

    private Outcome await(Login login, Conversation talk, Evidence evidence, Asked asked)
            throws Abandoned, InterruptedException {
        Instant began = Instant.now();
        Instant said = began;
        talk.show(asked.request() + ": " + asked.sentence());
        while (Duration.between(began, Instant.now()).compareTo(APPROVAL_MAX) < 0) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
            switch (logins.look(login, getUsername(), evidence)) {
                case Answer.Permitted _ -> {
                    talk.show("Granted.");
                    return logins.attempt(login, getUsername(), evidence);
                }
                case Answer.Denied denied -> {
                    return new Outcome.NotYet(denied);
                }
                case Answer.MayAsk _ -> {}
                case Answer.SignIn signIn -> {
                    return new Outcome.NotYet(signIn);
                }
            }
            if (Duration.between(said, Instant.now()).compareTo(SAY_EVERY) >= 0) {
                said = Instant.now();
                talk.show(asked.request() + " still waits (" + Durations.shown(Duration.between(began, said)) + ")");
            }
        }
        talk.show(asked.request() + " was not decided in time; it goes on waiting without you.");
        return new Outcome.NotYet(new Answer.Denied("request.waiting", "the request still waits for approval"));
    }
}
