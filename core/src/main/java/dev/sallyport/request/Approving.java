package dev.sallyport.request;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Durations;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decided;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.Kept;
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.Terms;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    }

    /** @throws Refusal saying why not, and how it ended when somebody was faster; attempts are in the audit log */
    public Request decide(Actor actor, PersonId approver, RequestId id, Say say) {
        try {
            return database.change(actor, tx -> decide(tx, approver, id, say));
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN || refusal.kind() == Refusal.Kind.NOT_FOUND) {
                requests.refused(actor, RequestEvent.APPROVAL_REFUSED, Optional.of(id), refusal, id.value());
            }
            throw refusal;
        }
    }

    private Request decide(Tx tx, PersonId approver, RequestId id, Say say) {
        Catalog.hold(tx);
        RequestStore.lock(tx, id);
        Request request = RequestStore.request(tx, id)
                .filter(found -> Requests.isVisible(tx, found, approver))
                .orElseThrow(() -> Requests.unknown(id));
        if (request.requester().equals(approver)) {
            throw RequestRefusal.SELF_APPROVAL.because(
                    id + " cannot be decided by the person who asked for it", hint(tx, request));
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
        long said = mine.entrySet().stream()
                .filter(entry -> say(tx, request, entry.getKey(), entry.getValue(), approver, say))
                .count();
        if (said == 0) {
            throw RequestRefusal.ALREADY_DECIDED.because("you have already decided " + id + "; others are still to");
        }
        return RequestStore.request(tx, id).orElseThrow();
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
    private boolean say(Tx tx, Request request, Item item, ApprovalStage stage, PersonId approver, Say say) {
        @Nullable Duration shortened = say.duration().orElse(null);
        if (!RequestStore.insert(
                tx,
                item.id(),
                stage.number(),
                approver,
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
                        .data("verdict", say.approves() ? "approve" : "deny")
                        .data("duration", shortened == null ? null : shortened.toString())
                        .personal("comment", say.comment().orElse(null)));
        if (say.approves()) {
            approve(tx, request, item, shortened);
        } else {
            RequestStore.decide(tx, item.id(), ItemState.DENIED);
            outcomes.denied(tx, request, item, "approver");
        }
        return true;
    }

    private void approve(Tx tx, Request request, Item item, @Nullable Duration shortened) {
        if (!Stages.advance(tx, item.id())) {
            return;
        }
        if (!Stages.stillStand(tx, item.id())) {
            throw changed(item, "somebody whose word it had may not give it any more");
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
        Granted given = granted(tx, request, item, new Again(requester, groups, role, target));
        Duration granted = Stream.concat(
                        Stream.of(request.duration(), given.terms().maxDuration()),
                        Stream.concat(
                                item.verdicts().stream().flatMap(verdict -> verdict.duration().stream()),
                                Optional.ofNullable(shortened).stream()))
                .min(Duration::compareTo)
                .orElseThrow();
        boolean reviewed = given.obligations().postReview()
                || item.decision().obligations().postReview();
        outcomes.approved(tx, request, item, requester, role, target, given.terms(), granted, reviewed);
    }

    /** What is granted in the end, and what holds for it by today's rules. */
    private record Granted(Terms terms, Obligations obligations) {}

    /** Who asked and for what, as it is now. */
    private record Again(Person requester, List<String> groups, Role role, Target target) {
        Asked asked(Request request, Asked.Wish wish) {
            return new Asked(
                    request.extended().isPresent() ? Action.EXTEND : Action.REQUEST,
                    requester,
                    groups,
                    true,
                    role,
                    target,
                    wish);
        }
    }

    /**
     * What is granted: what was asked and seen by those who approved, and of that what role and policies still give.
     *
     * @throws Refusal when that is nothing, or when somebody else's word is wanted now
     */
    private Granted granted(Tx tx, Request request, Item item, Again again) {
        Asked.Wish wish = RequestStore.kept(tx, item.id())
                .map(Kept::wish)
                .orElseGet(() -> new Asked.Wish(
                        request.duration(),
                        request.startsAt(),
                        request.reason(),
                        request.ticket(),
                        false,
                        Optional.empty(),
                        Optional.empty()));
        Obligations most = decisions
                .offering(tx)
                .apply(again.asked(request, wish))
                .demands()
                .obligations(again.role().rule());
        Duration fitting = wish.duration().compareTo(most.maxDuration()) <= 0 ? wish.duration() : most.maxDuration();
        Decided decided = decisions.decide(tx, again.asked(request, wish.lasting(fitting)));
        Terms terms = item.decision().terms().narrowed(Terms.of(again.role(), again.target(), decided.obligations()));
        if (terms.givesNothing()) {
            throw changed(item, "it no longer gives anything of what was asked for");
        }
        if (decided.ruling().effect() == Ruling.Effect.DENY) {
            throw changed(
                    item,
                    "it is denied now: " + String.join("; ", decided.ruling().sentences()));
        }
        var had = new ArrayList<>(Stages.of(tx, item.id()));
        for (ApprovalStage wanted : Stages.wanted(tx, decided.ruling().stages(), again.requester(), again.target())) {
            // each word counts for one stage, as it did when it was given
            ApprovalStage found = had.stream()
                    .filter(stage -> stage.covers(wanted))
                    .findFirst()
                    .orElseThrow(() -> changed(item, "it now wants " + wanted.shown()));
            had.remove(found);
        }
        return new Granted(terms, decided.obligations());
    }

    private static Refusal changed(Item item, String how) {
        return RequestRefusal.ROLE_CHANGED.because(
                "what holds for " + item.roleName() + " on " + item.targetName()
                        + " was changed since it was asked for: " + how,
                "it must be asked for again");
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
