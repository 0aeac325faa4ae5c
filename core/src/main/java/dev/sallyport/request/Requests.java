package dev.sallyport.request;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Id;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Search;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.WhoCan;
import dev.sallyport.decision.Words;
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.Terms;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.identity.SecondFactor;
import dev.sallyport.identity.StepUps;
import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.Ruling;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The door to requests: asking, looking, withdrawing. Approvers use {@link Approving}. */
public final class Requests {
    private final Database database;
    private final Audit audit;
    private final Decisions decisions;
    private final Weighing weighing;
    private final Outcomes outcomes;

    public Requests(Database database, Audit audit, Decisions decisions, Grants grants, Reviewing reviewing) {
        this.database = database;
        this.audit = audit;
        this.decisions = decisions;
        this.weighing = new Weighing(decisions, reviewing);
        this.outcomes = new Outcomes(audit, grants, reviewing);
    }

    /**
     * What somebody may ask for, and what would be decided.
     *
     * @param stages whose word it would need
     * @param favourite whether they want it at hand
     * @param usualWait how long people lately took to decide about the role; nothing where too little is known
     */
    public record Offer(
            Role role,
            Target target,
            StoredDecision decision,
            List<ApprovalStage> stages,
            Optional<GrantId> running,
            Optional<UsualWait> usualWait,
            boolean favourite) {}

    /**
     * Asks, and decides at once what can be decided at once. All items are known and may be asked for, or nothing happens.
     *
     * @throws Refusal with the same answer for a role or target that does not exist and one the asker may not know of
     */
    public Request ask(Actor actor, PersonId requester, Ask ask) {
        return ask(actor, requester, ask, Shown.NOWHERE);
    }

    /**
     * As {@link #ask(Actor, PersonId, Ask)}, from where a second factor can be shown.
     *
     * @param proof of one, made for just this
     * @throws Refusal {@code auth.step-up-required} when it would be granted or wait for approval if a factor were shown
     */
    public Request ask(Actor actor, PersonId requester, Ask ask, Optional<Secret> proof) {
        return ask(actor, requester, ask, new Shown(true, proof));
    }

    /**
     * What the asker shows of a second factor beside their session.
     *
     * @param possible whether they can be asked for one; the terminal of an ssh client is no place for it
     */
    private record Shown(boolean possible, Optional<Secret> proof) {
        static final Shown NOWHERE = new Shown(false, Optional.empty());
    }

    private Request ask(Actor actor, PersonId requester, Ask ask, Shown shown) {
        try {
            return database.change(actor, tx -> ask(tx, requester, ask, shown));
        } catch (Refusal refusal) {
            if (isWorthAnEvent(refusal)) {
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
    public List<Offer> offers(PersonId person, Search search, int limit) {
        return offers(person, search, 0, limit).offers();
    }

    /**
     * Some of what somebody may ask for.
     *
     * @param more whether the list goes on
     */
    public record Offers(List<Offer> offers, boolean more) {}

    /** The same from further on. */
    public Offers offers(PersonId person, Search search, int before, int limit) {
        return database.read(rx -> {
            Person asker = Directory.person(rx, person).orElseThrow();
            List<String> groups = Directory.groups(rx, person);
            List<Catalog.Offer> open = Catalog.offers(rx, asker, groups, search, before + limit + 1);
            List<Catalog.Offer> wanted = open.stream()
                    .skip(before)
                    .limit(limit)
                    .filter(offer -> Terms.gives(offer.role(), offer.target()))
                    .toList();
            return new Offers(offers(rx, asker, groups, wanted), open.size() > before + limit);
        });
    }

    /** The same of what is known to be open to them. */
    List<Offer> offers(Rx rx, Person asker, List<String> groups, List<Catalog.Offer> open) {
        Decisions.Asking enforced = decisions.enforced(rx);
        Function<Asked, Ruling> judged = enforced::offerOfSomeLength;
        Function<Asked, Ruling> offered =
                enforced.looksAtRisk() ? judged.compose(decisions.weighing(rx, asker, groups)) : judged;
        var waits =
                UsualWaits.of(rx, open.stream().map(offer -> offer.role().id()).toList());
        Set<Favourites.Pair> favourites = Favourites.of(rx, asker.id());
        Map<Grants.Held, GrantId> running = Grants.running(rx, asker.id());
        return open.stream()
                .map(offer -> offer(rx, asker, groups, offer, offered, waits, favourites, running))
                .toList();
    }

    private static Offer offer(
            Rx rx,
            Person asker,
            List<String> groups,
            Catalog.Offer offer,
            Function<Asked, Ruling> offered,
            Map<RoleId, UsualWait> waits,
            Set<Favourites.Pair> favourites,
            Map<Grants.Held, GrantId> running) {
        Role role = offer.role();
        Target target = offer.target();
        Ruling ruling = offered.apply(new Asked(Action.REQUEST, asker, groups, true, role, target, WhoCan.wish(role)));
        Obligations obligations = ruling.demands().obligations(role.rule());
        return new Offer(
                role,
                target,
                StoredDecision.of(ruling, obligations, Terms.of(role, target, obligations), ""),
                Stages.wanted(rx, ruling.stages(), asker, target),
                Optional.ofNullable(running.get(new Grants.Held(role.id(), target.id()))),
                ruling.effect() == Ruling.Effect.APPROVAL
                        ? Optional.ofNullable(waits.get(role.id()))
                        : Optional.empty(),
                favourites.contains(new Favourites.Pair(role.id(), target.id())));
    }

    /** Whether it could be granted to them as an emergency, or wait for somebody's word: for one offer of theirs. */
    public boolean couldBreakGlass(Actor actor, PersonId person, Offer offer) {
        return database.read(rx -> {
            Person asker = Directory.person(rx, person).orElseThrow();
            List<String> groups = Directory.groups(rx, person);
            var wish = new Asked.Wish(
                    offer.role().rule().maxDuration(),
                    Optional.empty(),
                    "as asked",
                    Optional.empty(),
                    true,
                    Optional.ofNullable(actor.sourceAddress()),
                    Optional.empty());
            // a factor can still be shown
            Asked asked = new Asked(Action.REQUEST, asker, groups, true, offer.role(), offer.target(), wish)
                    .withFreshFactor();
            return decisions
                    .enforced(rx)
                    .couldBreakGlass(decisions.weighing(rx, asker, groups).apply(asked));
        });
    }

    /** The request, if the person made it, may decide it, or may see all; otherwise the same answer as for none. */
    public Request find(PersonId viewer, boolean seesAll, RequestId id) {
        return database.read(rx -> RequestStore.request(rx, id)
                .filter(request -> seesAll || isVisible(rx, request, viewer))
                .orElseThrow(() -> unknown(id)));
    }

    /** The same, by the id of one of its items. */
    public Request find(PersonId viewer, boolean seesAll, ItemId id) {
        return database.read(rx -> RequestStore.requestWith(rx, id)
                .flatMap(request -> RequestStore.request(rx, request))
                .filter(request -> seesAll || isVisible(rx, request, viewer))
                .orElseThrow(() -> unknown(id)));
    }

    /** The request, for parts of the product that have their own reason to look. */
    public static Optional<Request> find(Rx rx, RequestId id) {
        return RequestStore.request(rx, id);
    }

    /** What an approver wants to know of each item, in their order; nothing for who asked. */
    public List<Background> background(PersonId viewer, Request request) {
        return Background.isFor(request, viewer)
                ? database.read(rx -> request.items().stream()
                        .map(item -> Background.of(rx, request.requester(), item))
                        .toList())
                : List.of();
    }

    /** What is due is what expires first. The caller has checked the right to see those of others. */
    public List<Request> list(RequestFilter filter, Slice slice) {
        return database.read(rx -> RequestStore.list(rx, filter, slice));
    }

    public List<Request> toDecide(PersonId person, Slice slice) {
        return toDecide(person, RequestFilter.ALL, slice);
    }

    public List<Request> toDecide(PersonId person, RequestFilter filter, Slice slice) {
        return database.read(rx -> RequestStore.toDecide(rx, person, filter, slice));
    }

    /** What this person may do now with each of these, as the doors that do it would judge; nothing with those left out. */
    public Map<RequestId, Set<Doing>> doings(PersonId person, List<Request> those) {
        return database.read(rx -> {
            Set<RequestId> theirs = RequestStore.toDecide(
                    rx, person, those.stream().map(Request::id).toList());
            var may = new HashMap<RequestId, Set<Doing>>();
            for (Request request : those) {
                if (request.requester().equals(person)) {
                    if (request.state() == ItemState.PENDING) {
                        may.put(request.id(), EnumSet.of(Doing.WITHDRAW));
                    }
                } else if (theirs.contains(request.id())) {
                    // who holds the requester's own right to decide may only say no
                    may.put(
                            request.id(),
                            Delegations.holds(rx, person, request.requester())
                                    ? EnumSet.of(Doing.DENY)
                                    : EnumSet.of(Doing.APPROVE, Doing.DENY));
                }
            }
            return may;
        });
    }

    /** The same about one. */
    public Set<Doing> doings(PersonId person, Request request) {
        return doings(person, List.of(request)).getOrDefault(request.id(), Set.of());
    }

    /** The items of a request that wait for a word of this person, who may give it about each apart. */
    public Set<ItemId> itemsToDecide(PersonId person, RequestId request) {
        return database.read(rx -> RequestStore.itemsToDecide(rx, person, request));
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

    /**
     * Reminds those whose word a stage waits for, and asks others where it has waited long enough for them, in the order in
     * which that became due and each once, however long nobody looked; returns for how many stages it asked others.
     */
    public int escalateDue() {
        return database.change(Actor.system("requests"), tx -> {
            List<StageTimes.Overdue> overdue = StageTimes.takeOverdue(tx, 100);
            for (StageTimes.Overdue each : overdue) {
                if (each.reminder()) {
                    StageTimes.remind(tx, each)
                            .ifPresent(nth -> audit.record(
                                    tx,
                                    aboutStage(tx, RequestEvent.REMINDED, each.item(), each.number())
                                            .data("reminder", nth)));
                } else {
                    escalate(tx, each, "nobody answered");
                }
            }
            return Math.toIntExact(
                    overdue.stream().filter(each -> !each.reminder()).count());
        });
    }

    /** The same at once where fewer are left than it takes; looked at less often than what is due. */
    public int escalateDeserted() {
        return database.change(Actor.system("requests"), tx -> {
            List<StageTimes.Overdue> deserted = StageTimes.takeDeserted(tx, 100);
            deserted.forEach(each -> escalate(tx, each, TOO_FEW_LEFT));
            return deserted.size();
        });
    }

    private static final String TOO_FEW_LEFT = "fewer people were left than it takes to decide it";

    /** Asks others too, or passes the stage over; nothing where that has happened. */
    void escalate(Tx tx, StageTimes.Overdue overdue, String why) {
        StageTimes.escalate(tx, overdue).ifPresent(stage -> escalated(tx, overdue.item(), stage, why));
    }

    private void escalated(Tx tx, ItemId item, ApprovalStage stage, String why) {
        audit.record(
                tx,
                aboutStage(tx, RequestEvent.ESCALATED, item, stage.number())
                        .data("waited_for", stage.by().shown())
                        .data("why", why)
                        .data("untold", stage.untold().map(Rows::stored).orElse(null))
                        .data(
                                "to",
                                stage.escalateTo().isNobody()
                                        ? "the next stage"
                                        : stage.escalateTo().shown()));
    }

    private static Event aboutStage(Rx rx, RequestEvent type, ItemId item, int stage) {
        return Event.of(type)
                .request(RequestStore.requestOf(rx, item).value())
                .data("item", item.value())
                .data("stage", stage);
    }

    /** Nobody could be told that a stage waits for them: it says so, and asks others at once where there are any. */
    public static void untold(Tx tx, Audit audit, ItemId item, int stage, Untold why) {
        if (StageTimes.untold(tx, item, stage, why)) {
            audit.record(tx, aboutStage(tx, RequestEvent.UNTOLD, item, stage).data("why", Rows.stored(why)));
        }
    }

    /** Somebody could be told after all. */
    public static void told(Tx tx, Audit audit, ItemId item, int stage) {
        if (StageTimes.told(tx, item, stage)) {
            audit.record(tx, aboutStage(tx, RequestEvent.TOLD, item, stage));
        }
    }

    /** Expires what nobody decided in time, in the order in which its time was over; returns how many items. */
    public int expireDue() {
        return database.change(Actor.system("requests"), tx -> {
            List<Item> expired = RequestStore.takeExpired(tx, 500);
            List<ItemId> deserted =
                    StageTimes.deserted(tx, expired.stream().map(Item::id).toList());
            deserted.forEach(item -> RequestStore.explain(tx, item, "it expired: " + TOO_FEW_LEFT));
            expired.forEach(item -> audit.record(
                    tx,
                    Event.of(RequestEvent.EXPIRED)
                            .request(RequestStore.requestOf(tx, item.id()).value())
                            .target(item.targetName())
                            .data("item", item.id().value())
                            .data("why", deserted.contains(item.id()) ? TOO_FEW_LEFT : null)
                            .data("role", item.roleName())));
            return expired.size();
        });
    }

    static boolean isVisible(Rx rx, Request request, PersonId viewer) {
        return request.requester().equals(viewer) || Stages.concern(rx, request.id(), viewer);
    }

    static Refusal unknown(Id id) {
        return RequestRefusal.UNKNOWN.because(id + ": no such request, or you may not see it");
    }

    /** What somebody tried and may not, or not yet. */
    static boolean isWorthAnEvent(Refusal refusal) {
        return switch (refusal.kind()) {
            case NOT_FOUND, FORBIDDEN, UNAUTHENTICATED -> true;
            case INVALID, CONFLICT, STALE, TOO_LARGE, TOO_MANY, UNAVAILABLE -> false;
        };
    }

    private Request ask(Tx tx, PersonId requester, Ask ask, Shown shown) {
        Catalog.hold(tx);
        Person person = asker(tx, requester);
        var id = RequestId.next();
        if (ask.idempotencyKey().isPresent()) {
            Optional<RequestId> earlier =
                    IdempotencyKeys.earlier(tx, requester, ask.idempotencyKey().get(), hash(ask), id);
            if (earlier.isPresent()) {
                return RequestStore.request(tx, earlier.get()).orElseThrow();
            }
        }
        decisions.inTurn(
                tx,
                requester,
                ask.items().stream()
                        .map(item -> new Asked.Along(item.role(), item.target()))
                        .toList());
        if (ask.breakGlass() || decisions.mayRestOnIncidents(tx)) {
            // emergencies of one person come one after another, so that the second finds the review of the first
            tx.list("select id from person where id = ? for update", _ -> true, requester);
        }
        checkTimes(tx, person, ask);
        List<String> groups = Directory.groups(tx, requester);
        Optional<Duration> mfaAge = StepUps.age(tx, audit, shown.proof(), ask.purpose());
        List<Weighed> weighed = weighing.all(
                tx,
                new Weighing.Asker(
                        person, groups, Optional.ofNullable(tx.actor().sourceAddress()), mfaAge),
                ask);
        if (shown.possible()) {
            weighed.forEach(each -> wantFactor(tx, ask, each));
        }
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
                        .data(
                                "windows",
                                ask.repeat().isEmpty()
                                        ? null
                                        : ask.windows().stream()
                                                .flatMap(Optional::stream)
                                                .map(Instant::toString)
                                                .toList())
                        .data("break_glass", ask.breakGlass() ? true : null)
                        .data("extends", ask.extended().map(GrantId::value).orElse(null))
                        .personal("reason", ask.reason())
                        .personal("ticket", ask.ticket().orElse(null)));
        weighed.forEach(each -> decide(tx, request, person, each));
        return RequestStore.request(tx, id).orElseThrow();
    }

    private static Person asker(Rx rx, PersonId requester) {
        Person person = Directory.person(rx, requester).orElseThrow();
        if (!person.isActive()) {
            throw RequestRefusal.NOT_ACTIVE.because(
                    "your account may not ask for anything right now", "talk to whoever runs Sallyport");
        }
        return person;
    }

    /**
     * What would come of just this, item by item as they would stand in the request. Nothing is kept and nobody is told;
     * where a second factor would be asked for, it is taken for shown.
     *
     * @throws Refusal as {@link #ask(Actor, PersonId, Ask)} does
     */
    public List<Preview> preview(Actor actor, PersonId requester, Ask ask) {
        return database.read(rx -> {
            Person person = asker(rx, requester);
            checkTimes(rx, person, ask);
            var asker = new Weighing.Asker(
                    person,
                    Directory.groups(rx, requester),
                    Optional.ofNullable(actor.sourceAddress()),
                    SecondFactor.age(rx, actor));
            return weighing.previews(rx, asker, ask);
        });
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
                weighed.decideBy(request, tx.now()),
                weighed.stages(),
                List.of(),
                Optional.empty(),
                weighed.startsAt());
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
                        new Given(
                                weighed.decision().terms(),
                                request.duration(),
                                weighed.decision().obligations().postReview(),
                                request.breakGlass()
                                        ? Emergency.BREAK_GLASS
                                        : weighed.decided().ruling().isAutomaticInIncident()
                                                ? Emergency.INCIDENT
                                                : Emergency.NONE,
                                weighed.decided()));
            case APPROVAL -> {
                // its stages wait
                if (Words.missing(tx, weighed.decided().ruling(), person, weighed.target())
                        .isPresent()) {
                    RequestStore.explain(tx, item.id(), Weighing.TOO_FEW);
                }
            }
        }
    }

    /** Where nothing but a fresh second factor is missing, it is asked for; what is denied anyway is denied. */
    private void wantFactor(Tx tx, Ask ask, Weighed weighed) {
        weighing.missingFactor(tx, weighed).ifPresent(within -> {
            throw StepUps.wanted(tx, within, ask.purpose());
        });
    }

    /** The same answer for what does not exist and for what one may not ask for. */
    static Refusal nothing(String role, String target) {
        return RequestRefusal.NOTHING_TO_ASK.because(
                role + " on " + target + ": no such role or target, or you may not ask for it",
                "sallyport eligible shows what you may ask for");
    }

    private static void checkTimes(Rx rx, Person person, Ask ask) {
        checkStart(ask, rx.now());
        checkLast(ask, rx.now());
        checkExtension(rx, person, ask);
    }

    private static void checkLast(Ask ask, Instant now) {
        ask.windows().getLast().filter(now.plus(Ask.AHEAD_MAX)::isBefore).ifPresent(last -> {
            throw RequestRefusal.INVALID.because("repeat.times: the last window begins " + last + " (expected: at most "
                    + Ask.AHEAD_MAX.toDays() + " days ahead)");
        });
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
    private static void checkExtension(Rx rx, Person person, Ask ask) {
        if (ask.extended().isEmpty()) {
            return;
        }
        GrantId id = ask.extended().get();
        var grant = Grants.find(rx, id)
                .filter(found -> found.person().equals(person.id()))
                .orElseThrow(() ->
                        RequestRefusal.INVALID.because("extends: " + id + " (expected: a running grant of yours)"));
        if (!grant.isRunning() || !grant.endsAt().isAfter(rx.now())) {
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
        ask.repeat().ifPresent(parts::add);
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(parts.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
