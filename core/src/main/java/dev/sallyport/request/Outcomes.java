package dev.sallyport.request;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Tx;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Person;
import java.time.Duration;
import java.time.Instant;

/** What follows from a decision about an item. */
final class Outcomes {
    private final Audit audit;
    private final Grants grants;
    private final Reviewing reviewing;

    Outcomes(Audit audit, Grants grants, Reviewing reviewing) {
        this.audit = audit;
        this.grants = grants;
        this.reviewing = reviewing;
    }

    /**
     * The item is approved: a grant begins or grows. "Now" begins with the approval; a window keeps its own end, however
     * late the approval came.
     */
    void approved(Tx tx, Request request, Item item, Person requester, Role role, Target target, Given given) {
        if (!RequestStore.decide(tx, item.id(), ItemState.APPROVED)) {
            throw RequestRefusal.NOT_PENDING.because(request.id() + " was decided meanwhile");
        }
        audit.record(
                tx,
                Event.of(RequestEvent.ITEM_APPROVED)
                        .request(request.id().value())
                        .target(item.targetName())
                        .data("item", item.id().value())
                        .data("role", item.roleName())
                        .data("duration", given.duration().toString())
                        .data("incidents", given.incidents().isEmpty() ? null : given.incidents())
                        .data("emergency", given.emergency().isOne() ? Rows.stored(given.emergency()) : null)
                        .data("policy", given.by().policy())
                        .data("rules", given.by().ruling().matched())
                        .data(
                                "waited_ms",
                                Duration.between(request.createdAt(), tx.now()).toMillis()));
        if (request.extended().isPresent()) {
            Grant longer =
                    grants.extend(tx, request.extended().get(), given.duration(), given.terms(), given.incidents());
            owed(tx, request, item, longer, given);
            return;
        }
        Instant start = item.startsAt(request).filter(tx.now()::isBefore).orElse(tx.now());
        Instant end = item.startsAt(request).orElse(tx.now()).plus(given.duration());
        if (!end.isAfter(start)) {
            throw RequestRefusal.EXPIRED.because("the window " + request.id() + " asked for is over");
        }
        Grant grant = grants.create(
                tx, request.id(), item.id(), requester, role, target, given.terms(), start, end, given.incidents());
        owed(tx, request, item, grant, given);
    }

    /** What is an emergency is told, and somebody has to review it. */
    private void owed(Tx tx, Request request, Item item, Grant grant, Given given) {
        if (given.emergency().isOne()) {
            audit.record(
                    tx,
                    Event.of(RequestEvent.GLASS_BROKEN)
                            .request(request.id().value())
                            .grant(grant.id().value())
                            .target(item.targetName())
                            .data("role", item.roleName())
                            .data("because", Rows.stored(given.emergency()))
                            .data("incidents", given.incidents().isEmpty() ? null : given.incidents())
                            .data("notify", item.decision().obligations().notified())
                            .personal("reason", request.reason()));
        }
        if (given.emergency().isOne() || given.reviewed()) {
            reviewing.owed(tx, request, grant, given.emergency(), given.incidents());
        }
    }

    /** The item is denied. */
    void denied(Tx tx, Request request, Item item, String by) {
        audit.record(tx, denial(request, item, by));
    }

    private static Event denial(Request request, Item item, String by) {
        return Event.of(RequestEvent.ITEM_DENIED)
                .request(request.id().value())
                .target(item.targetName())
                .data("item", item.id().value())
                .data("role", item.roleName())
                .data("denied_by", by)
                .data("explanation", item.decision().explanation());
    }

    /**
     * The item is denied although it had every word it needed: nobody's word could bring it about any more.
     *
     * @param why may name people
     */
    void barred(Tx tx, RequestId id, ItemId item, String by, String why) {
        Request request = RequestStore.request(tx, id).orElseThrow();
        Item before = request.item(item).orElseThrow();
        if (RequestStore.decide(tx, item, ItemState.DENIED)) {
            RequestStore.explain(tx, item, why);
            audit.record(tx, denial(request, before, by).personal("why", why));
        }
    }

    static Refusal notPending(Request request) {
        return switch (request.state()) {
            case EXPIRED ->
                RequestRefusal.EXPIRED.because(
                        request.id() + " expired before it was decided", "it must be asked for again");
            case PENDING, APPROVED, DENIED, WITHDRAWN ->
                RequestRefusal.NOT_PENDING.because(request.id() + " is no longer waiting: it is "
                        + request.state().name().toLowerCase(java.util.Locale.ROOT));
        };
    }
}
