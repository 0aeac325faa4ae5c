package dev.sallyport.consulting;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.DecisionService;
import dev.sallyport.credential.BoundSecrets;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.request.ServiceWords;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Tries services. What is asked is never stored, and its type is another one than that of real questions, whose hash is in
 * what an answer signs: so no answer to a test can ever be a word about a stage.
 */
final class Trying {
    /** Tests under way at once, from one server. */
    static final int PARALLEL = 4;

    private final Database database;
    private final Audit audit;
    private final BoundSecrets secrets;
    private final Exchange exchange;
    private final Semaphore free = new Semaphore(PARALLEL);

    Trying(Database database, Audit audit, BoundSecrets secrets, Exchange exchange) {
        this.database = database;
        this.audit = audit;
        this.secrets = secrets;
        this.exchange = exchange;
    }

    static DecisionService known(Rx rx, String name) {
        return DecisionService.named(rx, name)
                .orElseThrow(() -> ConsultingRefusal.UNKNOWN.because(
                        Text.quoted(name) + ": no such DecisionService", "sallyport decision-services list"));
    }

    /** A service as it is now, and what it is asked. */
    private record Prepared(DecisionService service, Optional<BoundSecrets.Sealed> sealed, Question question) {}

    Tried test(Actor actor, String name, Trial trial) {
        if (!free.tryAcquire()) {
            throw ConsultingRefusal.BUSY.because(
                    PARALLEL + " tests of decision services are under way", "try again in a moment");
        }
        try {
            Prepared prepared = database.change(actor, tx -> {
                DecisionService service = known(tx, name);
                Question question = Asking.test(tx, service, trial);
                audit.record(tx, event(ConsultingEvent.TEST_ASKED, service, question, trial));
                return new Prepared(service, secrets.of(tx, name), question);
            });
            return test(actor, prepared, trial);
        } finally {
            free.release();
        }
    }

    private Tried test(Actor actor, Prepared prepared, Trial trial) {
        long start = System.nanoTime();
        Tried.Outcome outcome = outcome(prepared);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        database.run(actor, tx -> audit.record(tx, ended(prepared, trial, outcome)));
        return new Tried(
                prepared.question().id(),
                prepared.service().url(),
                took,
                outcome,
                prepared.service().attempts(),
                prepared.service().escalates());
    }

    private Tried.Outcome outcome(Prepared prepared) {
        try {
            Answer answer = exchange.with(prepared.question(), prepared.service(), prepared.sealed());
            // shown as the word about a stage would be
            Optional<String> comment = new ServiceWords.Word(true, answer.comment()).comment();
            return switch (answer.decision()) {
                case APPROVE -> new Tried.Outcome.Answered(Tried.Word.APPROVE, comment);
                case DENY -> new Tried.Outcome.Answered(Tried.Word.DENY, comment);
                case ABSTAIN -> new Tried.Outcome.Answered(Tried.Word.ABSTAIN, comment);
            };
        } catch (Unanswered unanswered) {
            return new Tried.Outcome.Failed(unanswered.message());
        }
    }

    private static Event ended(Prepared prepared, Trial trial, Tried.Outcome outcome) {
        Event event = event(ConsultingEvent.TESTED, prepared.service(), prepared.question(), trial);
        return switch (outcome) {
            case Tried.Outcome.Answered(var word, var _) ->
                event.data("decision", word.name().toLowerCase(Locale.ROOT));
            case Tried.Outcome.Failed(var why) ->
                event.outcome(dev.sallyport.audit.Outcome.FAILURE).data("why", why);
        };
    }

    private static Event event(ConsultingEvent type, DecisionService service, Question question, Trial trial) {
        Event event = Event.of(type).data("service", service.name()).data("question", question.id());
        return switch (trial) {
            case Trial.OfRequest(var request) -> event.request(request.id().value());
            case Trial.MadeUp _ -> event;
        };
    }
}
