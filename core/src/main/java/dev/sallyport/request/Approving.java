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
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.Terms;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.Approvals;
import dev.sallyport.policy.RoleRule;
import java.time.Duration;
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
    private final Outcomes outcomes;

    public Approving(Database database, Audit audit, Requests requests, Grants grants) {
        this.database = database;
        this.audit = audit;
        this.requests = requests;
        this.outcomes = new Outcomes(audit, grants);
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
        List<Item> mine = pending.stream()
                .filter(item -> item.decision()
                        .approvals()
                        .map(Approvals::group)
                        .filter(group -> Directory.isMember(tx, approver, group))
                        .isPresent())
                .toList();
        if (mine.isEmpty()) {
            throw RequestRefusal.NOT_APPROVER.because(
                    "what waits in " + id + " is not yours to decide", hint(tx, request));
        }
        long said = mine.stream()
                .filter(item -> say(tx, request, item, approver, say))
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
    private boolean say(Tx tx, Request request, Item item, PersonId approver, Say say) {
        @Nullable Duration shortened = say.duration().orElse(null);
        if (!RequestStore.insert(
                tx, item.id(), approver, say.approves(), say.comment().orElse(null), shortened)) {
            return false;
        }
        audit.record(
                tx,
                Event.of(RequestEvent.APPROVAL_GIVEN)
                        .request(request.id().value())
                        .target(item.targetName())
                        .data("item", item.id().value())
                        .data("role", item.roleName())
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
        Approvals wanted = item.decision().approvals().orElseThrow();
        if (RequestStore.approvalsThatCount(tx, item.id(), wanted.group(), request.requester()) < wanted.count()) {
            return;
        }
        Person requester = Directory.person(tx, request.requester())
                .filter(Person::isActive)
                .orElseThrow(() -> RequestRefusal.NOT_ACTIVE.because(
                        request.requesterName() + " may not be granted anything right now"));
        Role role = Catalog.role(tx, item.role()).orElseThrow(() -> gone(item));
        Target target = Catalog.target(tx, item.target()).orElseThrow(() -> gone(item));
        if (!Catalog.isEligible(tx, requester, Directory.groups(tx, requester.id()), role, target)) {
            throw RequestRefusal.NOT_PENDING.because(request.requesterName() + " is no longer eligible for "
                    + item.roleName() + " on " + item.targetName());
        }
        Terms terms = terms(item, wanted, role, target);
        Duration granted = Stream.concat(
                        Stream.of(request.duration(), terms.maxDuration()),
                        Stream.concat(
                                item.verdicts().stream().flatMap(verdict -> verdict.duration().stream()),
                                Optional.ofNullable(shortened).stream()))
                .min(Duration::compareTo)
                .orElseThrow();
        outcomes.approved(tx, request, item, requester, role, target, terms, granted);
    }

    /**
     * What is granted: what was asked and seen by those who approved, and of that what the role still gives.
     *
     * @throws Refusal when that is nothing, or when the role now wants somebody else's word
     */
    private static Terms terms(Item item, Approvals wanted, Role role, Target target) {
        RoleRule rule = role.rule();
        Terms terms = item.decision().terms().narrowed(Terms.of(role, target, rule.obligations()));
        if (terms.givesNothing()) {
            throw changed(item, "it no longer gives anything of what was asked for");
        }
        boolean sameWord = rule.automatic()
                || rule.approval()
                        .filter(now -> now.group().equals(wanted.group()) && now.count() <= wanted.count())
                        .isPresent();
        if (!sameWord) {
            throw changed(
                    item,
                    rule.approval()
                            .map(now -> "it now wants " + now.count() + " of " + now.group())
                            .orElse("it no longer says who approves"));
        }
        return terms;
    }

    private static Refusal changed(Item item, String how) {
        return RequestRefusal.ROLE_CHANGED.because(
                "the role " + item.roleName() + " was changed since it was asked for: " + how,
                "it must be asked for again");
    }

    private static Refusal gone(Item item) {
        return RequestRefusal.NOT_PENDING.because(item.roleName() + " on " + item.targetName() + " no longer exists");
    }

    /** Who could decide instead. */
    private static String hint(Tx tx, Request request) {
        List<String> groups = request.items().stream()
                .flatMap(item -> item.decision().approvals().stream())
                .map(Approvals::group)
                .distinct()
                .toList();
        List<String> people = tx.list("""
                select distinct p.name from group_member m join person_group g on g.id = m.group_id join person p on p.id = m.person_id
                 where g.name = any(?::text[]) and p.id <> ? and p.state = 'active' and p.quarantined_at is null order by 1 limit 5
                """, row -> row.getString(1), groups, request.requester());
        return people.isEmpty()
                ? "nobody else can decide it: " + groups + " has no other member"
                : "ask " + String.join(" or ", people);
    }
}
