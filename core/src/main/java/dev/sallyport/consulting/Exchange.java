package dev.sallyport.consulting;

import dev.sallyport.catalog.DecisionService;
import dev.sallyport.credential.BoundSecrets;
import dev.sallyport.credential.WebhookKey;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One question and its answer: signed on the way out, checked on the way in, outside of any transaction. */
final class Exchange {
    private static final Logger LOG = Logger.getLogger(Exchange.class.getName());

    private final Database database;
    private final Line line;

    Exchange(Database database, Line line) {
        this.database = database;
        this.line = line;
    }

    /** What the key of a service is bound to. */
    static String destination(DecisionService service) {
        return BoundSecrets.destination(service.url().toString(), service.ca());
    }

    /** @throws Unanswered when no answer came that counts */
    Answer with(Question question, DecisionService service, Optional<BoundSecrets.Sealed> sealed) throws Unanswered {
        WebhookKey key = key(service, sealed);
        String timestamp = Long.toString(database.read(Rx::now).getEpochSecond());
        Line.Reply reply;
        try {
            reply = line.post(
                    service.url(),
                    service.ca(),
                    service.timeout(),
                    question.body(),
                    Map.of(
                            "webhook-id",
                            question.id(),
                            "webhook-timestamp",
                            timestamp,
                            "webhook-signature",
                            key.sign(question.id() + "." + timestamp, question.body())));
        } catch (RuntimeException fault) {
            LOG.log(Level.SEVERE, "question=" + question.id() + " service=" + service.name(), fault);
            throw new Unanswered("an internal error; the server's log has it");
        }
        return Answer.read(question, key, reply);
    }

    private static WebhookKey key(DecisionService service, Optional<BoundSecrets.Sealed> sealed) throws Unanswered {
        String anew = "set it with sallyport decision-services secret " + service.name();
        BoundSecrets.Sealed there = sealed.orElseThrow(() -> new Unanswered("the service has no key yet; " + anew));
        if (!there.destination().equals(destination(service))) {
            throw new Unanswered(
                    "the service's key was set for " + there.destination() + " and is not used anywhere else; " + anew);
        }
        return WebhookKey.of(there.open()).orElseThrow();
    }
}
