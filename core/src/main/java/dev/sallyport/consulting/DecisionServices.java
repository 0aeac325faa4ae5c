package dev.sallyport.consulting;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.DecisionService;
import dev.sallyport.credential.BoundSecrets;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.credential.WebhookKey;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.request.ServiceWords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The door to decision services: what asks them, and what comes of their answers and of their silence (RQ3). A question that is
 * taken is not seen by other servers for {@link #LEASE}; nothing is called inside of a transaction; of several answers the
 * first that is right counts.
 */
public final class DecisionServices {
    /** How long who took a question has it; longer than any attempt. */
    static final Duration LEASE = DecisionService.TIMEOUT_MAX.plusSeconds(15);

    /** Questions on their way at once, from one server. */
    static final int PARALLEL = 16;

    /** The kind of the finding about a service that does not answer. */
    static final String FINDING = "decision-service-silent";

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final String TABLE = "decision_service_secret";
    private static final Actor ACTOR = Actor.system("decision-services");
    private static final Logger LOG = Logger.getLogger(DecisionServices.class.getName());

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final BoundSecrets secrets;
    private final ServiceWords words;
    private final Exchange exchange;
    private final Trying trying;
    private final Executor executor;
    private final AtomicInteger underWay = new AtomicInteger();

    /** @param executor runs what is on its way; it may run it at once */
    public DecisionServices(
            Database database, Audit audit, KeyVault vault, ServiceWords words, Line line, Executor executor) {
        this.database = database;
        this.audit = audit;
        this.findings = new Findings(audit);
        this.secrets = new BoundSecrets(vault, TABLE, "service");
        this.words = words;
        this.exchange = new Exchange(database, line);
        this.trying = new Trying(database, audit, secrets, exchange);
        this.executor = executor;
    }

    /**
     * Sets the key that questions and answers are signed with; it never comes back out.
     *
     * @throws dev.sallyport.base.Refusal {@code decision-service.unknown}, {@code decision-service.invalid}
     */
    public void setSecret(Actor actor, String name, Secret secret) {
        database.run(actor, tx -> {
            DecisionService service = Trying.known(tx, name);
            if (WebhookKey.of(secret).isEmpty()) {
                throw ConsultingRefusal.INVALID.because(
                        "secret: no signing key (expected: " + WebhookKey.EXPECTED + ")", WebhookKey.HINT);
            }
            secrets.set(tx, name, Exchange.destination(service), secret);
            audit.record(tx, Event.of(ConsultingEvent.SECRET_SET).data("service", name));
        });
    }

    /**
     * Asks a service something that is marked as a test, and says what came of it; nothing is decided by it.
     *
     * @throws dev.sallyport.base.Refusal {@code decision-service.unknown}, {@code decision-service.busy}
     */
    public Tried test(Actor actor, String name, Trial trial) {
        return trying.test(actor, name, trial);
    }

    /** Puts new questions, takes those that are due, and asks; returns how many. */
    public int ask() {
        int free = PARALLEL - underWay.get();
        if (free <= 0) {
            return 0;
        }
        List<Question> taken = database.change(ACTOR, tx -> take(tx, free));
        CrashPoint.reached("decision-service.claimed");
        taken.forEach(this::dispatch);
        return taken.size();
    }

    private List<Question> take(Tx tx, int most) {
        QuestionStore.unasked(tx, most).forEach(wanted -> QuestionStore.put(tx, Asking.question(tx, wanted)));
        QuestionStore.takeMoot(tx, most).forEach(question -> audit.record(tx, event(ConsultingEvent.MOOT, question)));
        List<Question> taken = QuestionStore.claim(tx, most, LEASE);
        taken.forEach(question -> audit.record(tx, event(ConsultingEvent.ASKED, question)));
        return taken;
    }

    private void dispatch(Question question) {
        underWay.incrementAndGet();
        Runnable work = () -> {
            try {
                ask(question);
            } catch (RuntimeException fault) {
                // it stays taken until its lease ends, and is asked again then
                LOG.log(Level.WARNING, "question=" + question.id() + " could not be noted", fault);
            } finally {
                underWay.decrementAndGet();
            }
        };
        try {
            executor.execute(work);
        } catch (RejectedExecutionException _) {
            underWay.decrementAndGet();
        }
    }

    /** A service, and the key for it as it is stored. */
    private record Known(DecisionService service, Optional<BoundSecrets.Sealed> sealed) {}

    private void ask(Question question) {
        Optional<Known> known = database.read(rx -> DecisionService.named(rx, question.service())
                .map(service -> new Known(service, secrets.of(rx, service.name()))));
        if (known.isEmpty()) {
            givenUp(
                    question,
                    ServiceWords.Silence.GONE,
                    "there is no DecisionService " + question.service() + " any more");
            return;
        }
        DecisionService service = known.get().service();
        if (question.attempts() > service.attempts()) {
            givenUp(question, ServiceWords.Silence.NO_ANSWER, "nobody knows what became of the last attempt");
            return;
        }
        try {
            Answer answer = exchange.with(question, service, known.get().sealed());
            CrashPoint.reached("decision-service.answered");
            heard(question, answer);
        } catch (Unanswered unanswered) {
            failed(question, service, unanswered.message());
        }
    }

    private void heard(Question question, Answer answer) {
        boolean counts = switch (answer.decision()) {
            case APPROVE, DENY ->
                words.say(
                        question.stage(),
                        new ServiceWords.Word(answer.decision() == Answer.Decision.APPROVE, answer.comment()),
                        tx -> answered(tx, question, answer));
            case ABSTAIN ->
                words.silent(question.stage(), ServiceWords.Silence.ABSTAINED, tx -> answered(tx, question, answer));
        };
        if (!counts) {
            late(question, answer);
        }
    }

    private boolean answered(Tx tx, Question question, Answer answer) {
        boolean first = QuestionStore.answered(tx, question);
        if (first) {
            audit.record(tx, event(ConsultingEvent.ANSWERED, question).data("decision", word(answer)));
            findings.close(tx, FINDING, question.service());
        }
        return first;
    }

    /** It changes nothing: the stage has moved on, or another answer came first. */
    private void late(Question question, Answer answer) {
        database.run(ACTOR, tx -> {
            QuestionStore.moot(tx, question);
            audit.record(tx, event(ConsultingEvent.MOOT, question).data("decision", word(answer)));
        });
    }

    private static String word(Answer answer) {
        return answer.decision().name().toLowerCase(Locale.ROOT);
    }

    private void failed(Question question, DecisionService service, String why) {
        if (question.attempts() >= service.attempts()) {
            givenUp(question, ServiceWords.Silence.NO_ANSWER, why);
            return;
        }
        database.run(ACTOR, tx -> {
            Instant next = tx.now().plus(pause(question.attempts()));
            if (QuestionStore.again(tx, question, next, why)) {
                audit.record(tx, failure(question, why));
            }
        });
    }

    /** After that many attempts: twice as long each time. */
    static Duration pause(int attempts) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private void givenUp(Question question, ServiceWords.Silence silence, String why) {
        // where the stage has moved on, the question is found to be moot when its lease ends
        words.silent(question.stage(), silence, tx -> {
            boolean last = QuestionStore.unanswered(tx, question, why);
            if (last) {
                audit.record(tx, failure(question, why));
                audit.record(tx, event(ConsultingEvent.UNANSWERED, question).outcome(Outcome.FAILURE));
                findings.open(
                        tx,
                        FINDING,
                        Severity.HIGH,
                        question.service(),
                        "the decision service " + question.service() + " does not answer: " + why);
            }
            return last;
        });
    }

    private static Event failure(Question question, String why) {
        return event(ConsultingEvent.FAILED, question).outcome(Outcome.FAILURE).data("why", why);
    }

    private static Event event(ConsultingEvent type, Question question) {
        return Event.of(type)
                .request(question.stage().request().value())
                .data("service", question.service())
                .data("question", question.id())
                .data("item", question.stage().item().value())
                .data("stage", question.stage().number())
                .data("attempt", question.attempts());
    }
}
