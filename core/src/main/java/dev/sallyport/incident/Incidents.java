package dev.sallyport.incident;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.IncidentSource;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.OpenIncidents;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Directory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The door to incidents (RQ7). A change of one holds the catalogue's lock, so that a decision comes wholly before it or
 * wholly after; what runs is judged again, and what was granted for an incident ends in the change that closes it.
 */
public final class Incidents implements OpenIncidents {
    /** How many incidents may be open at once. */
    public static final int OPEN_MAX = 200;

    /** How many targets an incident may be about. */
    public static final int TARGETS_MAX = 1_000;

    /** The longest reason, in characters. */
    public static final int REASON_MAX = 1_000;

    private static final int BATCH = 50;

    private final Database database;
    private final Audit audit;
    private final Grants grants;

    public Incidents(Database database, Audit audit, Grants grants) {
        this.database = database;
        this.audit = audit;
        this.grants = grants;
    }

    @Override
    public Now now(Rx rx) {
        return OpenNow.of(rx);
    }

    /** The incident, if it concerns the viewer or they may see all; otherwise the same answer as for none. */
    public Incident find(PersonId viewer, boolean seesAll, String id) {
        return database.read(rx -> IncidentStore.find(rx, id)
                .filter(_ -> seesAll || IncidentStore.concerns(rx, id, viewer))
                .orElseThrow(() -> unknown(id)));
    }

    /**
     * Incidents that are open, or over.
     *
     * @param person only those that they opened or work on
     */
    public List<Incident> list(Optional<PersonId> person, boolean open, Slice slice) {
        return database.read(rx -> IncidentStore.list(rx, person.orElse(null), open, slice));
    }

    /** Opens one. The caller has checked the right to; whoever opens it does not profit from it before somebody else confirms it. */
    public Incident open(Actor actor, PersonId opener, Opening opening) {
        return change(actor, Optional.empty(), tx -> {
            List<Target> targets = targets(tx, opening);
            checkKnown(tx, opening.responders());
            refuseMore(tx);
            String id = Ids.next(Incident.PREFIX);
            IncidentStore.insert(
                    tx,
                    new IncidentStore.Row(
                            id,
                            opening.title(),
                            opening.severity(),
                            null,
                            null,
                            null,
                            opener,
                            false,
                            tx.now().plus(opening.lasts())));
            return opened(tx, id, targets, opening.responders());
        });
    }

    /** Puts down whom and what a new incident is about, and says so. */
    Incident opened(Tx tx, String id, List<Target> targets, Responders responders) {
        IncidentStore.targets(tx, id, targets);
        IncidentStore.add(tx, id, responders);
        Incident incident = IncidentStore.find(tx, id).orElseThrow();
        audit.record(
                tx,
                about(IncidentEvent.OPENED, incident)
                        .data("targets", incident.targets())
                        .data("responders", incident.responders())
                        .data("responder_groups", incident.responderGroups())
                        .data("counts", incident.counts())
                        .data("ends_at", incident.endsAt().toString())
                        .personal("title", incident.title()));
        grants.factsChanged(tx);
        return incident;
    }

    /**
     * Says that it is real. Another person than who opened it does; the caller has checked the right to.
     *
     * @throws Refusal {@code incident.own}, {@code incident.confirmed-already}, {@code incident.closed-already}
     */
    public Incident confirm(Actor actor, PersonId person, String id) {
        return change(actor, Optional.of(id), tx -> {
            Incident incident = stillOpen(tx, id);
            if (tx.exists("select 1 from incident where id = ? and opened_by = ?", id, person)) {
                throw IncidentRefusal.OWN.because(
                        "nobody confirms the incident they opened themselves", "ask somebody else who may");
            }
            if (!IncidentStore.confirm(tx, id, person)) {
                throw IncidentRefusal.CONFIRMED.because(id + " is confirmed already, by "
                        + incident.confirmedBy().orElse("somebody"));
            }
            return changed(tx, about(IncidentEvent.CONFIRMED, incident), id);
        });
    }

    /**
     * More people work on it. Nobody makes themselves one of them.
     *
     * @throws Refusal {@code incident.self}, {@code incident.invalid}
     */
    public Incident addResponders(Actor actor, PersonId person, String id, Responders more) {
        return change(actor, Optional.of(id), tx -> {
            Incident incident = stillOpen(tx, id);
            checkSome(more);
            checkKnown(tx, more);
            if (more.people()
                            .contains(Directory.person(tx, person).orElseThrow().name())
                    || more.groups().stream().anyMatch(Directory.groups(tx, person)::contains)) {
                throw IncidentRefusal.SELF.because(
                        "nobody makes themselves a responder, nor a group they are in", "ask somebody else who may");
            }
            IncidentStore.add(tx, id, more);
            return changed(tx, responders(incident, more, "added"), id);
        });
    }

    /** Fewer people work on it; what they were granted for it ends. */
    public Incident removeResponders(Actor actor, String id, Responders fewer) {
        return change(actor, Optional.of(id), tx -> {
            Incident incident = stillOpen(tx, id);
            checkSome(fewer);
            if (IncidentStore.remove(tx, id, fewer) == 0) {
                throw IncidentRefusal.INVALID.because("responders: none of these is one of " + id + " (expected: "
                        + String.join(", ", both(incident)) + ")");
            }
            return changed(tx, responders(incident, fewer, "removed"), id);
        });
    }

    private static List<String> both(Incident incident) {
        var both = new ArrayList<>(incident.responders());
        both.addAll(incident.responderGroups());
        return both;
    }

    private static Event responders(Incident incident, Responders which, String how) {
        return about(IncidentEvent.RESPONDERS_CHANGED, incident)
                .data(how, which.people())
                .data(how + "_groups", which.groups());
    }

    private Incident changed(Tx tx, Event event, String id) {
        audit.record(tx, event);
        grants.factsChanged(tx);
        return IncidentStore.find(tx, id).orElseThrow();
    }

    /** It is over: rules about it do not hold any more, and what was granted for it ends. */
    public Incident close(Actor actor, String id, String reason) {
        String why = Text.line("reason", reason, 1, REASON_MAX);
        return change(actor, Optional.of(id), tx -> close(tx, stillOpen(tx, id), why));
    }

    Incident close(Tx tx, Incident incident, String reason) {
        IncidentStore.close(tx, incident.id(), tx.actor().person(), reason);
        List<GrantId> ended = grants.incidentClosed(tx, incident.id());
        return changed(
                tx,
                about(IncidentEvent.CLOSED, incident)
                        .data("grants", ended.stream().map(GrantId::value).toList())
                        .personal("reason", reason),
                incident.id());
    }

    /** Closes what nobody closed in time; returns how many. */
    public int closeDue() {
        if (database.read(rx -> IncidentStore.due(rx, 1)).isEmpty()) {
            return Deliveries.forget(database);
        }
        return database.change(Actor.system("incidents"), tx -> {
            Catalog.lock(tx);
            List<String> due = IncidentStore.due(tx, BATCH);
            due.forEach(id -> close(tx, IncidentStore.find(tx, id).orElseThrow(), "nobody closed it in time"));
            return due.size();
        });
    }

    private static List<Target> targets(Tx tx, Opening opening) {
        var targets = new LinkedHashMap<String, Target>();
        opening.service().ifPresent(service -> {
            IncidentSource.targetsOf(tx, service).forEach(target -> targets.put(target.name(), target));
            if (targets.isEmpty()) {
                throw IncidentRefusal.INVALID.because(
                        "service: " + Text.quoted(service)
                                + " (expected: a service that an IncidentSource names, or the label service of a target)",
                        "sallyport targets list shows labels");
            }
        });
        for (String name : opening.targets()) {
            targets.put(
                    name,
                    Catalog.target(tx, name)
                            .orElseThrow(() -> IncidentRefusal.INVALID.because(
                                    "targets: " + Text.quoted(name) + " (expected: a target of the catalogue)")));
        }
        if (targets.size() > TARGETS_MAX) {
            throw IncidentRefusal.INVALID.because(
                    "targets: " + targets.size() + " (expected: at most " + TARGETS_MAX + ")");
        }
        return List.copyOf(targets.values());
    }

    private static void checkSome(Responders responders) {
        if (responders.isNobody()) {
            throw IncidentRefusal.INVALID.because("responders: nobody (expected: persons or groups)");
        }
    }

    private static void checkKnown(Rx rx, Responders responders) {
        List<String> strangers = IncidentStore.strangers(rx, responders.people());
        if (!strangers.isEmpty()) {
            throw IncidentRefusal.INVALID.because(
                    "responders: " + Text.quoted(strangers.getFirst()) + " (expected: an active person)");
        }
        List<String> missing = IncidentStore.noGroups(rx, responders.groups());
        if (!missing.isEmpty()) {
            throw IncidentRefusal.INVALID.because(
                    "responder_groups: " + Text.quoted(missing.getFirst()) + " (expected: a group)");
        }
    }

    static void refuseMore(Tx tx) {
        if (IncidentStore.open(tx) >= OPEN_MAX) {
            throw IncidentRefusal.TOO_MANY.because(
                    OPEN_MAX + " incidents are open (expected: fewer, before another is opened)",
                    "sallyport incidents list shows them");
        }
    }

    private static Incident stillOpen(Tx tx, String id) {
        Incident incident = IncidentStore.find(tx, id).orElseThrow(() -> unknown(id));
        if (!incident.open()) {
            throw IncidentRefusal.CLOSED.because(
                    id + " is closed: " + incident.closeReason().orElse("it is over"));
        }
        return incident;
    }

    private Incident change(Actor actor, Optional<String> id, Function<Tx, Incident> work) {
        try {
            return database.change(actor, tx -> {
                Catalog.lock(tx);
                return work.apply(tx);
            });
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                database.run(
                        actor,
                        tx -> audit.record(
                                tx,
                                Event.of(IncidentEvent.REFUSED)
                                        .outcome(Outcome.REFUSED)
                                        .data("incident", id.orElse(null))
                                        .data("code", refusal.code())));
            }
            throw refusal;
        }
    }

    static Event about(IncidentEvent type, Incident incident) {
        return Event.of(type)
                .data("incident", incident.id())
                .data("severity", incident.severity())
                .data("source", incident.source().orElse(null))
                .data("reference", incident.reference().orElse(null));
    }

    private static Refusal unknown(String id) {
        return IncidentRefusal.UNKNOWN.because(Text.quoted(id) + ": no such incident, or you may not see it");
    }
}
