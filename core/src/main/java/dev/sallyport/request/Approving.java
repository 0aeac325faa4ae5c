package dev.sallyport.request;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Durations;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decisions;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.identity.Purpose;
import dev.sallyport.identity.StepUps;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The door for approvers. Decisions about one request come one after another (its items are locked); the loser of a race
 * is told how it ended. Nobody decides what they asked for themselves, with whichever login: persons are compared.
 */
public final class Approving {
    /** The longest comment, in characters. */
    public static final int COMMENT_MAX = 1_000;

    private final Database database;
    private final Audit audit;
    private final Requests requests;
    private final Decisions decisions;
    private final Outcomes outcomes;
    private final Reviewing reviewing;

    public Approving(
            Database database,
            Audit audit,
            Requests requests,
            Decisions decisions,
            Grants grants,
            Reviewing reviewing) {
        this.database = database;
        this.audit = audit;
        this.requests = requests;
        this.decisions = decisions;
        this.outcomes = new Outcomes(audit, grants, reviewing);
        this.reviewing = reviewing;
    }

    /**
     * What an approver says.
     *
     * @param duration shorter than what was asked for, if given
     * @param items which items; all that the approver may decide, if empty
     */
    public record Say(boolean approves, Optional<Duration> duration, Optional<String> comment, Set<ItemId> items) {
        public Say {
            comment = comment.map(text -> Text.line("comment", text, 1, COMMENT_MAX));
            items = Set.copyOf(items);
            if (!approves && comment.isEmpty()) {
                throw RequestRefusal.INVALID.because(
                        "comment: missing (expected: why it is denied)", "sallyport deny ID --comment …");
            }
        }

        /** What a proof of a second factor for just this is made for. */
        Purpose purpose(RequestId id) {
            return Purpose.of(List.of(
                    approves ? "approve" : "deny",
                    id,
                    duration,
                    comment,
                    items.stream().map(ItemId::value).sorted().toList()));
        }
    }

    /** @throws Refusal saying why not, and how it ended when somebody was faster; attempts are in the audit log */
    public Request decide(Actor actor, PersonId approver, RequestId id, Say say) {
        return decide(actor, approver, id, say, Optional.empty(), _ -> {});
    }

    /** As {@link #decide(Actor, PersonId, RequestId, Say)}, with a proof of a second factor made for just this. */
    public Request decide(Actor actor, PersonId approver, RequestId id, Say say, Optional<Secret> proof) {
        return decide(actor, approver, id, say, proof, _ -> {});
    }

    /** The same, with something that happens only if the decision does, such as using up what led to it. */
    public Request decide(Actor actor, PersonId approver, RequestId id, Say say, Consumer<Tx> also) {
        return decide(actor, approver, id, say, Optional.empty(), also);
    }

    /** Both: with a proof, and with something that happens only if the decision does. */
    public Request decide(
            Actor actor, PersonId approver, RequestId id, Say say, Optional<Secret> proof, Consumer<Tx> also) {
        try {
            Decision made = database.change(actor, tx -> {
                also.accept(tx);
                return decide(tx, approver, id, say, proof);
            });
            if (made.granted() == 0 && !made.barred().isEmpty()) {
                throw made.barred().getFirst();
            }
            return made.request();
        } catch (Refusal refusal) {
            if (Requests.isWorthAnEvent(refusal)) {
                requests.refused(actor, RequestEvent.APPROVAL_REFUSED, Optional.of(id), refusal, id.value());
            }
            throw refusal;
        }
    }

    /**
     * What came of what an approver said.
     *
     * @param granted how many items it counted for
     * @param barred why others are denied although they were agreed to
     */
    private record Decision(Request request, long granted, List<Refusal> barred) {}

    private Decision decide(Tx tx, PersonId approver, RequestId id, Say say, Optional<Secret> proof) {
        Catalog.hold(tx);
        RequestStore.lock(tx, id);
        Request request = RequestStore.request(tx, id)
                .filter(found -> Requests.isVisible(tx, found, approver))
                .orElseThrow(() -> Requests.unknown(id));
        inTurn(tx, request);
        if (request.requester().equals(approver)) {
            throw RequestRefusal.SELF_APPROVAL.because(
                    id + " cannot be decided by the person who asked for it", hint(tx, request));
        }
        if (say.approves() && Delegations.holds(tx, approver, request.requester())) {
            throw RequestRefusal.DELEGATORS_OWN.because(
                    "you hold the right to decide of " + request.requesterName() + ", who asked for " + id
                            + ", so you cannot approve it",
                    hint(tx, request));
        }
        if (Directory.person(tx, approver).filter(Person::isActive).isEmpty()) {
            throw RequestRefusal.NOT_ACTIVE.because("your account may not decide anything right now");
        }
        say.duration().ifPresent(duration -> Durations.within("duration", duration, request.duration()));
        List<Item> pending = pending(tx, request, say.items());
        var mine = new LinkedHashMap<Item, ApprovalStage>();
        for (Item item : pending) {
            Stages.openFor(tx, item.id(), approver).stream().findFirst().ifPresent(stage -> mine.put(item, stage));
        }
        if (mine.isEmpty()) {
            throw RequestRefusal.NOT_APPROVER.because(
                    "what waits in " + id + " is not yours to decide", hint(tx, request));
        }
        if (say.approves()) {
            wantFactor(tx, request, mine.keySet(), say.purpose(id), proof);
        }
        var barred = new ArrayList<Refusal>();
        long said = mine.entrySet().stream()
                .filter(entry -> say(tx, request, entry.getKey(), entry.getValue(), approver, say, barred))
                .count();
        if (said == 0) {
            throw RequestRefusal.ALREADY_DECIDED.because(
                    "your word about " + id + " is given already; others are still to decide");
        }
        return new Decision(RequestStore.request(tx, id).orElseThrow(), said - barred.size(), barred);
    }

    /** Before rows are taken that others take behind it. */
    void inTurn(Tx tx, Request request) {
        decisions.inTurn(
                tx,
                request.requester(),
                request.items().stream()
                        .map(item -> new Asked.Along(item.roleName(), item.targetName()))
                        .toList());
    }

    /**
     * Where whoever asked needs a fresh second factor, or would by the rules of today, whoever agrees needs one too; saying
     * no needs none.
     */
    private void wantFactor(Tx tx, Request request, Set<Item> items, Purpose purpose, Optional<Secret> proof) {
        Optional<Duration> age = StepUps.age(tx, audit, proof, purpose);
        items.stream()
                .flatMap(item -> Stream.concat(
                        item.decision().obligations().mfaWithin().stream(),
                        Today.of(tx, decisions, request, item)
                                .flatMap(today -> today.mfaWithin(tx, request, item))
                                .stream()))
                .min(Duration::compareTo)
                .filter(within -> StepUps.isMissing(age, within))
                .ifPresent(within -> {
                    throw StepUps.wanted(tx, within, purpose);
                });
    }

    private static List<Item> pending(Tx tx, Request request, Set<ItemId> chosen) {
        List<Item> waiting = request.items().stream()
                .filter(item -> item.state() == ItemState.PENDING && (chosen.isEmpty() || chosen.contains(item.id())))
                .toList();
        if (waiting.isEmpty()) {
            throw Outcomes.notPending(request);
        }
        List<Item> inTime = waiting.stream()
                .filter(item -> item.decideBy().isAfter(tx.now()))
                .toList();
        if (inTime.isEmpty()) {
            throw RequestRefusal.EXPIRED.because(
                    request.id() + " expired at " + request.decideBy() + " before it was decided",
                    "it must be asked for again");
        }
        return inTime;
    }

    /** Notes one verdict and draws the consequences; false when this person had already given one. */
    private boolean say(
            Tx tx, Request request, Item item, ApprovalStage stage, PersonId approver, Say say, List<Refusal> barred) {
        Optional<Stages.Seat> seat = Stages.seat(tx, item.id(), stage.number(), approver);
        if (seat.isEmpty()) {
            return false; // those who lent their right have spoken themselves, or through others
        }
        @Nullable Duration shortened = say.duration().orElse(null);
        if (!RequestStore.insert(
                tx,
                item.id(),
                stage.number(),
                approver,
                seat.get(),
                say.approves(),
                say.comment().orElse(null),
                shortened)) {
            return false;
        }
        audit.record(
                tx,
                Event.of(RequestEvent.APPROVAL_GIVEN)
                        .request(request.id().value())
                        .target(item.targetName())
                        .data("item", item.id().value())
                        .data("role", item.roleName())
                        .data("stage", stage.number())
                        .data("for", seat.get().lender().map(PersonId::value).orElse(null))
                        .data("verdict", say.approves() ? "approve" : "deny")
                        .data("duration", shortened == null ? null : shortened.toString())
                        .personal("comment", say.comment().orElse(null)));
        if (say.approves()) {
            approveOrBar(tx, request, item, shortened).ifPresent(barred::add);
        } else {
            RequestStore.decide(tx, item.id(), ItemState.DENIED);
            outcomes.denied(tx, request, item, "approver");
        }
        return true;
    }

    /**
     * Grants what nobody has answered, where a policy says so: as an emergency, to those it authorised beforehand, once.
     * Returns how many were looked at.
     */
    public int fallBackDue() {
        List<StageTimes.Overdue> due = database.read(rx -> StageTimes.unanswered(rx, BATCH));
        due.forEach(this::fallBack);
        return due.size();
    }

    private static final int BATCH = 50;
    private static final Actor FALLBACK = Actor.system("fallback");

    private void fallBack(StageTimes.Overdue due) {
        try {
            database.run(FALLBACK, tx -> {
                Catalog.hold(tx);
                RequestId id = RequestStore.requestOf(tx, due.item());
                RequestStore.lock(tx, id);
                StageTimes.takeUnanswered(tx, due).ifPresent(stage -> fallBack(tx, item(tx, id, due), stage));
            });
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.UNAVAILABLE) {
                throw refusal;
            }
            database.run(FALLBACK, tx -> {
                RequestId id = RequestStore.requestOf(tx, due.item());
                RequestStore.lock(tx, id);
                StageTimes.takeUnanswered(tx, due)
                        .ifPresent(stage ->
                                tell(tx, RequestEvent.NOT_FALLEN_BACK, item(tx, id, due), stage, refusal.sentence()));
            });
        }
    }

    private record OneItem(Request request, Item item) {}

    private static OneItem item(Tx tx, RequestId id, StageTimes.Overdue due) {
        Request request = RequestStore.request(tx, id).orElseThrow();
        return new OneItem(request, request.item(due.item()).orElseThrow());
    }

    private void fallBack(Tx tx, OneItem one, ApprovalStage stage) {
        inTurn(tx, one.request());
        Optional<String> against = against(tx, one.request(), stage);
        if (against.isPresent()) {
            tell(tx, RequestEvent.NOT_FALLEN_BACK, one, stage, against.get());
            return;
        }
        tell(tx, RequestEvent.FELL_BACK, one, stage, "nobody has answered");
        if (StageTimes.fallBack(tx, one.item().id(), stage)) {
            complete(tx, one.request(), one.item(), null);
        }
    }

    /** Why nobody's silence grants it to this requester. */
    private Optional<String> against(Tx tx, Request request, ApprovalStage stage) {
        List<String> authorised = stage.fallback()
                .map(dev.sallyport.policy.code.Stage.Fallback::groups)
                .orElse(List.of());
        if (Directory.groups(tx, request.requester()).stream().noneMatch(authorised::contains)) {
            return Optional.of(request.requesterName() + " is in none of " + String.join(", ", authorised));
        }
        tx.list("select id from person where id = ? for update", _ -> true, request.requester());
        return reviewing.owes(tx, request.requester(), List.of())
                ? Optional.of("the last emergency of " + request.requesterName() + " still awaits its review")
                : Optional.empty();
    }

    private void tell(Tx tx, RequestEvent type, OneItem one, ApprovalStage stage, String why) {
        audit.record(
                tx,
                Event.of(type)
                        .request(one.request().id().value())
                        .target(one.item().targetName())
                        .data("item", one.item().id().value())
                        .data("role", one.item().roleName())
                        .data("stage", stage.number())
                        .data("waited_for", stage.approvers().shown())
                        .personal("why", why));
    }

    /** Anything that is refused, but by the rules, the role or the target, is the approver's to mend. */
    private Optional<Refusal> approveOrBar(Tx tx, Request request, Item item, @Nullable Duration shortened) {
        return approveOrBar(
                tx,
                request,
                item,
                shortened,
                new Barring(
                        refusal -> BARRING.contains(refusal.code()),
                        "policy at approval",
                        tx.actor().name()));
    }

    /**
     * What becomes of a word that counts for nothing.
     *
     * @param refusals which of them deny the item; others are thrown
     * @param because what the event says of it
     * @param who said the word
     */
    record Barring(Predicate<Refusal> refusals, String because, String who) {}

    /**
     * The word stays, and what cannot be granted any more is denied: whoever asked is not left waiting for what nobody could
     * bring about. What else happens in the transaction, to other items above all, goes on.
     *
     * @return why it is denied
     */
    Optional<Refusal> approveOrBar(Tx tx, Request request, Item item, @Nullable Duration shortened, Barring barring) {
        try {
            tx.attempt(() -> approve(tx, request, item, shortened));
            return Optional.empty();
        } catch (Refusal refusal) {
            if (!barring.refusals().test(refusal)) {
                throw refusal;
            }
            keepLastWord(tx, request, item, refusal);
            outcomes.barred(
                    tx,
                    request.id(),
                    item.id(),
                    barring.because(),
                    barring.who() + " approved it, and it cannot be granted: " + refusal.sentence());
            return Optional.of(refusal);
        }
    }

    private static final Set<String> BARRING =
            Set.of(RequestRefusal.ROLE_CHANGED.code(), RequestRefusal.NOT_PENDING.code());

    /** Where it was the rules of the day that refused. */
    private void keepLastWord(Tx tx, Request request, Item item, Refusal why) {
        if (why.code().equals(RequestRefusal.ROLE_CHANGED.code())) {
            Today.of(tx, decisions, request, item)
                    .map(today -> today.decided(tx, request, item))
                    .filter(decided -> decided.ruling().effect() != Ruling.Effect.ALLOW)
                    .ifPresent(decided -> RequestStore.lastWord(tx, item.id(), decided));
        }
    }

    /** A word more was given; what follows from it does. */
    private void approve(Tx tx, Request request, Item item, @Nullable Duration shortened) {
        if (Stages.advance(tx, item.id())) {
            complete(tx, request, item, shortened);
        }
    }

    /** No word is left to wait for: it is granted, if what holds now still lets it. */
    private void complete(Tx tx, Request request, Item item, @Nullable Duration shortened) {
        if (!Stages.stillStand(tx, item.id())) {
            throw Today.changed(item, "somebody whose word it had may not give it any more");
        }
        Person requester = Directory.person(tx, request.requester())
                .filter(Person::isActive)
                .orElseThrow(() -> RequestRefusal.NOT_ACTIVE.because(
                        request.requesterName() + " may not be granted anything right now"));
        Role role = Catalog.role(tx, item.role()).orElseThrow(() -> gone(item));
        Target target = Catalog.target(tx, item.target()).orElseThrow(() -> gone(item));
        List<String> groups = Directory.groups(tx, requester.id());
        if (!Catalog.isEligible(tx, requester, groups, role, target)) {
            throw RequestRefusal.NOT_PENDING.because(request.requesterName() + " is no longer eligible for "
                    + item.roleName() + " on " + item.targetName());
        }
        Today.Agreed given = new Today(decisions, requester, groups, role, target).agreed(tx, request, item);
        Duration granted = Stream.concat(
                        Stream.of(request.duration(), given.terms().maxDuration()),
                        Stream.concat(
                                item.verdicts().stream().flatMap(verdict -> verdict.duration().stream()),
                                Optional.ofNullable(shortened).stream()))
                .min(Duration::compareTo)
                .orElseThrow();
        Emergency emergency =
                given.fellBack() ? Emergency.FALLBACK : request.breakGlass() ? Emergency.BREAK_GLASS : Emergency.NONE;
        boolean reviewed = given.obligations().postReview()
                || item.decision().obligations().postReview();
        outcomes.approved(
                tx,
                request,
                item,
                requester,
                role,
                target,
                new Given(given.terms(), granted, reviewed, emergency, given.by()));
        RequestStore.lastWord(tx, item.id(), given.by());
    }

    private static Refusal gone(Item item) {
        return RequestRefusal.NOT_PENDING.because(item.roleName() + " on " + item.targetName() + " no longer exists");
    }

    /** Who could decide instead. */
    private static String hint(Tx tx, Request request) {
        List<ApprovalStage> open = request.items().stream()
                .filter(item -> item.state() == ItemState.PENDING)
                .flatMap(item -> item.stages().stream())
                .filter(ApprovalStage::isOpen)
                .toList();
        List<String> groups = open.stream()
                .flatMap(stage -> stage.approvers().groups().stream())
                .distinct()
                .toList();
        List<String> named = open.stream()
                .flatMap(stage -> stage.approvers().people().stream())
                .distinct()
                .toList();
        List<String> people = tx.list("""
                select distinct p.name from person p
                 where p.id <> ? and p.state = 'active' and p.quarantined_at is null
                   and (p.name = any(?::text[])
                        or exists (select 1 from group_member m join person_group g on g.id = m.group_id
                                    where m.person_id = p.id and g.name = any(?::text[])))
                 order by 1 limit 5
                """, row -> row.getString(1), request.requester(), named, groups);
        return people.isEmpty() ? "nobody else can decide it at the moment" : "ask " + String.join(" or ", people);
    }
}
