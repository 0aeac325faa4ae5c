package dev.sallyport.request;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Kept;
import dev.sallyport.grant.Grants;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The door for the words of decision services, and for their silence. They come in one row with those of people (the items of
 * the request are locked), count once for the stage they were asked for, and change nothing once that has moved on.
 */
public final class ServiceWords {
    private static final Actor ACTOR = Actor.system("decision-services");

    private final Database database;
    private final Audit audit;
    private final Requests requests;
    private final Approving approving;
    private final Outcomes outcomes;

    public ServiceWords(
            Database database,
            Audit audit,
            Requests requests,
            Approving approving,
            Grants grants,
            Reviewing reviewing) {
        this.database = database;
        this.audit = audit;
        this.requests = requests;
        this.approving = approving;
        this.outcomes = new Outcomes(audit, grants, reviewing);
    }

    /** A stage that a service was asked about. */
    public record Stage(RequestId request, ItemId item, int number, String service) {}

    /** What a service said. */
    public record Word(boolean approves, Optional<String> comment) {
        public Word {
            // cut first: half of a character that takes two is unprintable
            comment = comment.map(text ->
                            text.length() > Approving.COMMENT_MAX ? text.substring(0, Approving.COMMENT_MAX) : text)
                    .map(Text::printable)
                    .filter(text -> !text.isBlank());
        }
    }

    /** What waits for a service now. */
    private record Open(Request request, Item item, ApprovalStage stage) {}

    /** The facts that an item was decided on, which are the ones a service is told. */
    public static Optional<Kept> facts(Rx rx, ItemId item) {
        return RequestStore.kept(rx, item);
    }

    /**
     * Counts a word, and draws the consequences. What it agrees to and cannot be granted any more is denied and says why, in
     * the same transaction: nobody is left who could say it once more.
     *
     * @param settle what happens only together with it; false when somebody else was faster
     * @return false when the stage does not wait for this service any more, or somebody else was faster
     */
    public boolean say(Stage stage, Word word, Predicate<Tx> settle) {
        return database.change(ACTOR, tx -> withOpen(tx, stage, settle, open -> say(tx, open, stage, word)));
    }

    /**
     * The service has not said anything, or did not want to: what the stage says of that happens. Where people are asked
     * already, it is nothing.
     *
     * @return as {@link #say}
     */
    public boolean silent(Stage stage, Silence why, Predicate<Tx> settle) {
        return database.change(ACTOR, tx -> withOpen(tx, stage, settle, open -> silent(tx, open, why)));
    }

    /** Why there is no word. */
    public enum Silence {
        NO_ANSWER("did not answer"),
        ABSTAINED("abstained"),
        GONE("does not exist any more");

        private final String sentence;

        Silence(String sentence) {
            this.sentence = sentence;
        }
    }

    private boolean withOpen(Tx tx, Stage asked, Predicate<Tx> settle, Consumer<Open> work) {
        Catalog.hold(tx);
        RequestStore.lock(tx, asked.request());
        Request request = RequestStore.request(tx, asked.request()).orElseThrow();
        approving.inTurn(tx, request);
        Optional<Open> open = request.items().stream()
                .filter(item -> item.id().equals(asked.item())
                        && item.state() == ItemState.PENDING
                        && item.decideBy().isAfter(tx.now()))
                .flatMap(item -> item.stages().stream()
                        .filter(stage -> stage.number() == asked.number()
                                && stage.isOpen()
                                && stage.unheardAt().isEmpty()
                                && stage.by().service().equals(Optional.of(asked.service())))
                        .map(stage -> new Open(request, item, stage)))
                .findFirst();
        if (open.isEmpty() || !settle.test(tx)) {
            return false;
        }
        work.accept(open.get());
        return true;
    }

    private void say(Tx tx, Open open, Stage stage, Word word) {
        if (!RequestStore.insert(tx, stage.item(), stage.number(), stage.service(), word.approves(), word.comment())) {
            return;
        }
        audit.record(
                tx,
                Event.of(RequestEvent.APPROVAL_GIVEN)
                        .request(stage.request().value())
                        .target(open.item().targetName())
                        .data("item", stage.item().value())
                        .data("role", open.item().roleName())
                        .data("stage", stage.number())
                        .data("service", stage.service())
                        .data("verdict", word.approves() ? "approve" : "deny")
                        .personal("comment", word.comment().orElse(null)));
        if (word.approves()) {
            approving.approveOrBar(tx, open.request(), open.item(), null, barring(stage));
        } else if (RequestStore.decide(tx, stage.item(), ItemState.DENIED)) {
            outcomes.denied(tx, open.request(), open.item(), "decision service");
        }
    }

    /** Everything that is refused, since a service mends nothing; what cannot be said now is said when it is asked again. */
    private static Approving.Barring barring(Stage stage) {
        return new Approving.Barring(
                refusal -> refusal.kind() != Refusal.Kind.UNAVAILABLE,
                "decision service",
                Verdict.ofService(stage.service()));
    }

    private void silent(Tx tx, Open open, Silence why) {
        String sentence = Verdict.ofService(open.stage().by().service().orElseThrow()) + " " + why.sentence;
        if (open.stage().escalatedAt().isPresent()) {
            return; // others decide by now
        }
        boolean others = !open.stage().escalateTo().isNobody()
                || open.item().stages().stream()
                        .anyMatch(stage -> stage.position() > open.stage().position());
        if (open.stage().escalatesUnheard() && others) {
            StageTimes.unheard(tx, open.item().id(), open.stage().number());
            requests.escalate(
                    tx, new StageTimes.Overdue(open.item().id(), open.stage().number(), tx.now(), false), sentence);
        } else {
            deny(
                    tx,
                    open,
                    sentence
                            + (open.stage().escalatesUnheard()
                                    ? ", and nobody else is left to ask"
                                    : ", which denies it"));
        }
    }

    private void deny(Tx tx, Open open, String why) {
        outcomes.barred(tx, open.request().id(), open.item().id(), "decision service", why);
    }
}
