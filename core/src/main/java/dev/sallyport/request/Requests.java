package dev.sallyport.request;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decided;
import dev.sallyport.decision.Decisions;
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.Terms;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.identity.SecondFactor;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.Ruling;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The door to requests: asking, looking, withdrawing. Approvers use {@link Approving}. */
public final class Requests {
    private final Database database;
    private final Audit audit;
    private final Decisions decisions;
    private final Reviewing reviewing;
    private final Outcomes outcomes;

    public Requests(Database database, Audit audit, Decisions decisions, Grants grants, Reviewing reviewing) {
        this.database = database;
        this.audit = audit;
        this.decisions = decisions;
        this.reviewing = reviewing;
        this.outcomes = new Outcomes(audit, grants, reviewing);
    }

    /**
     * What somebody may ask for, and what would be decided.
     *
     * @param stages whose word it would need
     */
    public record Offer(
            Role role, Target target, StoredDecision decision, List<ApprovalStage> stages, Optional<GrantId> running) {}

    private record Weighed(
            Role role, Target target, Decided decided, StoredDecision decision, List<ApprovalStage> stages) {}

    /**
     * Asks, and decides at once what can be decided at once. All items are known and may be asked for, or nothing happens.
     *
     * @throws Refusal with the same answer for a role or target that does not exist and one the asker may not know of
     */
    public Request ask(Actor actor, PersonId requester, Ask ask) {
        try {
            return database.change(actor, tx -> ask(tx, requester, ask));
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.NOT_FOUND || refusal.kind() == Refusal.Kind.FORBIDDEN) {
                refused(
                        actor,
                        RequestEvent.REFUSED,
                        Optional.empty(),
                        refusal,
                        ask.items().toString());
            }
            throw refusal;
        }
    }

    /** What the person may ask for, with the decision an ordinary ask would meet. */
    public List<Offer> offers(PersonId person, Optional<String> target, int limit) {
        return database.read(rx -> {
            Person asker = Directory.person(rx, person).orElseThrow();
            List<String> groups = Directory.groups(rx, person);
            Function<Asked, Ruling> offered = decisions.offering(rx);
            return Catalog.offers(rx, asker, groups, target, limit).stream()
                    .filter(offer -> Terms.gives(offer.role(), offer.target()))
                    .map(offer -> offer(rx, asker, groups, offer, offered))
                    .toList();
        });
    }

    private static Offer offer(
            Rx rx, Person asker, List<String> groups, Catalog.Offer offer, Function<Asked, Ruling> offered) {
        Role role = offer.role();
        Target target = offer.target();
        Ruling ruling = offered.apply(new Asked(
                Action.REQUEST,
                asker,
                groups,
                true,
                role,
                target,
                Asked.Wish.of(role.rule().maxDuration(), "as asked")));
        Obligations obligations = ruling.demands().obligations(role.rule());
        return new Offer(
                role,
                target,
                StoredDecision.of(ruling, obligations, Terms.of(role, target, obligations), ""),
                Stages.wanted(rx, ruling.stages(), asker, target),
                Grants.running(rx, asker.id(), role, target));
    }

    /** The request, if the person made it, may decide it, or may see all; otherwise the same answer as for none. */
    public Request find(PersonId viewer, boolean seesAll, RequestId id) {
        return database.read(rx -> RequestStore.request(rx, id)
                .filter(request -> seesAll || isVisible(rx, request, viewer))
                .orElseThrow(() -> unknown(id)));
    }

    /** What an approver wants to know of each item, in their order; nothing for who asked. */
    public List<Background> background(PersonId viewer, Request request) {
        return Background.isFor(request, viewer)
                ? database.read(rx -> request.items().stream()
                        .map(item -> Background.of(rx, request.requester(), item))
                        .toList())
                : List.of();
    }

    public List<Request> mine(PersonId person, Optional<RequestId> after, int limit) {
        return database.read(
                rx -> RequestStore.mine(rx, person, after.map(RequestId::value).orElse(null), limit));
    }

    public List<Request> toDecide(PersonId person, Optional<RequestId> after, int limit) {
        return database.read(rx ->
                RequestStore.toDecide(rx, person, after.map(RequestId::value).orElse(null), limit));
    }

    /** Everybody's; the caller has checked the right to see them. */
    public List<Request> all(Optional<RequestId> after, int limit) {
        return database.read(
                rx -> RequestStore.all(rx, after.map(RequestId::value).orElse(null), limit));
    }

    /** Takes back what is still waiting. */
    public Request withdraw(Actor actor, PersonId person, RequestId id) {
        return database.change(actor, tx -> {
            RequestStore.lock(tx, id);
            Request request = RequestStore.request(tx, id)
                    .filter(found -> isVisible(tx, found, person))
                    .orElseThrow(() -> unknown(id));
            if (!request.requester().equals(person)) {
                throw RequestRefusal.NOT_REQUESTER.because("only " + request.requesterName() + " can withdraw " + id);
            }
            List<ItemId> withdrawn = request.items().stream()
                    .map(Item::id)
                    .filter(item -> RequestStore.decide(tx, item, ItemState.WITHDRAWN))
                    .toList();
            if (withdrawn.isEmpty()) {
                throw Outcomes.notPending(request);
            }
            audit.record(
                    tx,
                    Event.of(RequestEvent.WITHDRAWN)
                            .request(id.value())
                            .data("items", withdrawn.stream().map(ItemId::value).toList()));
            return RequestStore.request(tx, id).orElseThrow();
        });
    }

    /** Asks others where a stage has waited long enough for its own people; returns how many stages. */
    public int escalateDue() {
        return database.change(Actor.system("requests"), tx -> {
            List<Stages.Overdue> overdue = Stages.takeOverdue(tx, 100);
            overdue.forEach(each -> Stages.escalate(tx, each)
                    .ifPresent(stage -> audit.record(
                            tx,
                            Event.of(RequestEvent.ESCALATED)
                                    .request(RequestStore.requestOf(tx, each.item())
                                            .value())
                                    .data("item", each.item().value())
                                    .data("stage", stage.number())
                                    .data("waited_for", stage.by().shown())
                                    .data(
                                            "to",
                                            stage.escalateTo().isNobody()
                                                    ? "the next stage"
                                                    : stage.escalateTo().shown()))));
            return overdue.size();
        });
    }

    /** Expires what nobody decided in time; returns how many items. */
    public int expireDue() {
        return database.change(Actor.system("requests"), tx -> {
            List<Item> expired = RequestStore.takeExpired(tx, 500);
            expired.forEach(item -> audit.record(
                    tx,
                    Event.of(RequestEvent.EXPIRED)
                            .request(RequestStore.requestOf(tx, item.id()).value())
                            .target(item.targetName())
                            .data("item", item.id().value())
                            .data("role", item.roleName())));
            return expired.size();
        });
    }

    static boolean isVisible(Rx rx, Request request, PersonId viewer) {
        return request.requester().equals(viewer) || Stages.concern(rx, request.id(), viewer);
    }

    static Refusal unknown(RequestId id) {
        return RequestRefusal.UNKNOWN.because(id + ": no such request, or you may not see it");
    }

    private Request ask(Tx tx, PersonId requester, Ask ask) {
        Catalog.hold(tx);
        Person person = Directory.person(tx, requester).orElseThrow();
        if (!person.isActive()) {
            throw RequestRefusal.NOT_ACTIVE.because(
                    "your account may not ask for anything right now", "talk to whoever runs Sallyport");
        }
        var id = RequestId.next();
        if (ask.idempotencyKey().isPresent()) {
            Optional<RequestId> earlier =
                    IdempotencyKeys.earlier(tx, requester, ask.idempotencyKey().get(), hash(ask), id);
            if (earlier.isPresent()) {
                return RequestStore.request(tx, earlier.get()).orElseThrow();
            }
        }
        if (ask.breakGlass()) {
            // emergencies of one person come one after another, so that the second finds the review of the first
            tx.list("select id from person where id = ? for update", _ -> true, requester);
        }
        checkStart(ask, tx.now());
        checkExtension(tx, person, ask);
        List<String> groups = Directory.groups(tx, requester);
        List<Weighed> weighed = ask.items().stream()
                .map(wanted -> weigh(tx, person, groups, ask, wanted))
                .toList();
        Instant decideBy = weighed.stream()
                .map(each -> tx.now().plus(each.role().rule().decideWithin()))
                .max(Instant::compareTo)
                .orElseThrow();
        var request = new Request(
                id,
                requester,
                person.name(),
                ask.reason(),
                ask.ticket(),
                ask.duration(),
                ask.startsAt(),
                ask.extended(),
                decideBy,
                tx.now(),
                ask.breakGlass(),
                List.of());
        RequestStore.insert(
                tx, request, Optional.ofNullable(tx.actor().identity()).map(IdentityId::new));
        audit.record(
                tx,
                Event.of(RequestEvent.CREATED)
                        .request(id.value())
                        .data(
                                "items",
                                ask.items().stream()
                                        .map(wanted -> wanted.role() + " on " + wanted.target())
                                        .toList())
                        .data("duration", ask.duration().toString())
                        .data("break_glass", ask.breakGlass() ? true : null)
                        .data("extends", ask.extended().map(GrantId::value).orElse(null))
                        .personal("reason", ask.reason())
                        .personal("ticket", ask.ticket().orElse(null)));
        weighed.forEach(each -> decide(tx, request, person, each));
        return RequestStore.request(tx, id).orElseThrow();
    }

    private void decide(Tx tx, Request request, Person person, Weighed weighed) {
        Ruling.Effect effect = weighed.decision().effect();
        var item = new Item(
                ItemId.next(),
                weighed.role().id(),
                weighed.role().name(),
                weighed.target().id(),
                weighed.target().name(),
                effect == Ruling.Effect.DENY ? ItemState.DENIED : ItemState.PENDING,
                weighed.decision(),
                tx.now().plus(weighed.role().rule().decideWithin()),
                weighed.stages(),
                List.of(),
                Optional.empty());
        RequestStore.insert(tx, request.id(), item, weighed.decided());
        switch (effect) {
            case DENY -> outcomes.denied(tx, request, item, "policy");
            case ALLOW ->
                outcomes.approved(
                        tx,
                        request,
                        item,
                        person,
                        weighed.role(),
                        weighed.target(),
                        weighed.decision().terms(),
                        request.duration(),
                        weighed.decision().obligations().postReview());
            case APPROVAL -> {
                // its stages wait
            }
        }
    }

    private Weighed weigh(Tx tx, Person person, List<String> groups, Ask ask, Ask.Wanted wanted) {
        Role role = Catalog.role(tx, wanted.role()).orElseThrow(() -> nothing(wanted));
        Target target = Catalog.target(tx, wanted.target()).orElseThrow(() -> nothing(wanted));
        if (!Catalog.isEligible(tx, person, groups, role, target)) {
            throw nothing(wanted);
        }
        Decided decided = decisions.decide(
                tx,
                new Asked(
                        ask.extended().isPresent() ? Action.EXTEND : Action.REQUEST,
                        person,
                        groups,
                        true,
                        role,
                        target,
                        new Asked.Wish(
                                ask.duration(),
                                ask.startsAt(),
                                ask.reason(),
                                ask.ticket(),
                                ask.breakGlass(),
                                Optional.ofNullable(tx.actor().sourceAddress()),
                                SecondFactor.age(tx, tx.actor()))));
        List<ApprovalStage> stages = Stages.wanted(tx, decided.ruling().stages(), person, target);
        StoredDecision decision = StoredDecision.of(decided, Terms.of(role, target, decided.obligations()));
        if (decision.terms().givesNothing()) {
            decision = decision.denied(target.name() + " admits none of the accounts of the role " + role.name());
        } else {
            Optional<String> nobody = Stages.nobody(decided.ruling().stages(), stages);
            if (nobody.isPresent()) {
                decision = decision.denied("nobody can approve it: needs " + nobody.get() + " for " + target.name()
                        + ", and there is none");
            }
        }
        if (ask.breakGlass() && decision.effect() == Ruling.Effect.ALLOW && reviewing.owes(tx, person.id())) {
            List<String> second = decided.obligations().notified();
            decision = second.isEmpty()
                    ? decision.denied(AWAITS_REVIEW + ", and no rule says who could agree")
                    : decision.afterApproval(
                            AWAITS_REVIEW + ", so a second person has to agree: one of " + String.join(", ", second));
            stages = second.isEmpty() ? List.of() : List.of(ApprovalStage.by(second));
        }
        return new Weighed(role, target, decided, decision, stages);
    }

    private static final String AWAITS_REVIEW = "your last emergency still awaits its review";

    private static Refusal nothing(Ask.Wanted wanted) {
        return RequestRefusal.NOTHING_TO_ASK.because(
                wanted.role() + " on " + wanted.target() + ": no such role or target, or you may not ask for it",
                "sallyport eligible shows what you may ask for");
    }

    private static void checkStart(Ask ask, Instant now) {
        ask.startsAt().ifPresent(start -> {
            if (start.isBefore(now.minus(Duration.ofMinutes(1))) || start.isAfter(now.plus(Ask.AHEAD_MAX))) {
                throw RequestRefusal.INVALID.because(
                        "starts_at: " + start + " (expected: between now and " + now.plus(Ask.AHEAD_MAX) + ")");
            }
        });
    }

    /** An extension is of the asker's own running grant, for just its role and target. */
    private static void checkExtension(Tx tx, Person person, Ask ask) {
        if (ask.extended().isEmpty()) {
            return;
        }
        GrantId id = ask.extended().get();
        var grant = Grants.find(tx, id)
                .filter(found -> found.person().equals(person.id()))
                .orElseThrow(() ->
                        RequestRefusal.INVALID.because("extends: " + id + " (expected: a running grant of yours)"));
        if (!grant.isRunning() || !grant.endsAt().isAfter(tx.now())) {
            throw RequestRefusal.INVALID.because(
                    "extends: " + id + " has ended (expected: a running grant of yours)",
                    "ask anew with sallyport request");
        }
        if (ask.startsAt().isPresent()
                || !ask.items().equals(List.of(new Ask.Wanted(grant.roleName(), grant.targetName())))) {
            throw RequestRefusal.INVALID.because("extends: " + id + " (expected: just its own " + grant.roleName()
                    + " on " + grant.targetName() + ", from now on)");
        }
    }

    void refused(Actor actor, RequestEvent type, Optional<RequestId> request, Refusal refusal, String asked) {
        database.run(
                actor,
                tx -> audit.record(
                        tx,
                        Event.of(type)
                                .outcome(Outcome.REFUSED)
                                .request(request.map(RequestId::value).orElse(null))
                                .data("code", refusal.code())
                                .personal("asked", asked)));
    }

    private static byte[] hash(Ask ask) {
        var parts = new ArrayList<Object>(
                List.of(ask.items(), ask.duration(), ask.startsAt(), ask.reason(), ask.ticket(), ask.extended()));
        if (ask.breakGlass()) {
            parts.add("break-glass");
        }
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(parts.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
