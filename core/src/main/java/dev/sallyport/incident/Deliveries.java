package dev.sallyport.incident;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Ids;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.IncidentSource;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.grant.Grants;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The door for messages of incident sources. Each counts once, whatever is delivered twice, and their order is that of the
 * source's own times: what a later message has settled an earlier one does not undo. Responders are those of the source's
 * document, targets those that it says a service is.
 */
public final class Deliveries {
    /** The largest message. */
    public static final int BYTES_MAX = 256 * 1024;

    /** How old a message may be: as long as sources try again. */
    public static final Duration OLDEST = Duration.ofHours(24);

    /** How far a source's clock may be ahead. */
    public static final Duration AHEAD = Duration.ofMinutes(5);

    /** How long messages are remembered: longer than they may be old. */
    private static final Duration REMEMBERED = Duration.ofDays(2);

    private static final int BATCH = 1_000;
    private static final String REFUSED = "incident-source-refused";
    private static final Secret NOBODYS = Secret.of("no source has this secret");

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final Incidents incidents;
    private final Grants grants;
    private final SourceSecrets secrets;

    public Deliveries(
            Database database,
            Audit audit,
            Findings findings,
            Incidents incidents,
            Grants grants,
            SourceSecrets secrets) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
        this.incidents = incidents;
        this.grants = grants;
        this.secrets = secrets;
    }

    /** What became of a message. */
    public enum Taken {
        OPENED,
        CHANGED,
        CLOSED,
        /** It was taken before. */
        REPEATED,
        /** It says nothing that is not known, or that is kept. */
        NOTHING
    }

    /**
     * Takes a message.
     *
     * @param header gives a header of it; empty if it has none of the name
     * @throws Refusal {@code incident.unproven}, the same whether there is no such source or its proof is wrong; {@code
     *     incident.too-old}, {@code incident.invalid}, {@code incident.too-many}
     */
    public Taken take(@Nullable String address, String name, UnaryOperator<String> header, byte[] body) {
        Optional<IncidentSource> source = database.read(rx -> IncidentSource.named(rx, name));
        Shape shape = source.flatMap(known -> Shape.named(known.shape())).orElseGet(PagerDuty::new);
        List<Secret> known = source.map(IncidentSource::secretFile)
                .map(secrets::of)
                .filter(lines -> !lines.isEmpty())
                .orElse(List.of());
        boolean proven = shape.isProven(header.apply(shape.proof()), body, known.isEmpty() ? List.of(NOBODYS) : known);
        if (!proven || source.isEmpty() || known.isEmpty()) {
            source.ifPresent(refused -> tell(refused, known.isEmpty()));
            throw IncidentRefusal.UNPROVEN.because(
                    "no incident source of this name has sent this message",
                    "look at the findings of the server, at the source's secret and at its name");
        }
        Told told = shape.read(body);
        var actor = new Actor(null, null, "incident-source/" + name, address, null);
        return database.change(actor, tx -> take(tx, source.get(), told));
    }

    /** A finding, opened once: whoever sends rubbish does not fill the log. */
    private void tell(IncidentSource source, boolean noSecret) {
        database.run(
                Actor.system("incidents"),
                tx -> findings.open(
                        tx,
                        REFUSED,
                        Severity.MEDIUM,
                        source.name(),
                        noSecret
                                ? "messages of the incident source " + source.name()
                                        + " are refused: this server has no secret of at least "
                                        + SourceSecrets.SHORTEST
                                        + " characters in the file " + source.secretFile()
                                : "a message for the incident source " + source.name()
                                        + " was refused: its proof is wrong (was the secret changed?)"));
    }

    private Taken take(Tx tx, IncidentSource source, Told told) {
        if (told.what() == Told.What.OTHER) {
            findings.close(tx, REFUSED, source.name());
            return Taken.NOTHING;
        }
        if (told.at().isBefore(tx.now().minus(OLDEST))
                || told.at().isAfter(tx.now().plus(AHEAD))) {
            throw IncidentRefusal.TOO_OLD.because("the message is of " + told.at() + " (expected: between "
                    + tx.now().minus(OLDEST) + " and " + tx.now().plus(AHEAD) + ")");
        }
        if (tx.update(
                        "insert into incident_delivery (source, delivery, at) values (?, ?, ?) on conflict do nothing",
                        source.name(),
                        told.delivery(),
                        tx.now())
                == 0) {
            return Taken.REPEATED;
        }
        Catalog.lock(tx);
        findings.close(tx, REFUSED, source.name());
        Optional<String> open = tx.one(
                "select id from incident where source = ? and reference = ? and state = 'open'",
                row -> row.getString(1),
                source.name(),
                told.reference());
        boolean late = tx.exists(
                "select 1 from incident where source = ? and reference = ? and (heard_at > ? or heard_at = ? and state = 'closed')",
                source.name(),
                told.reference(),
                told.at(),
                told.at());
        if (late) {
            return Taken.NOTHING;
        }
        return switch (told.what()) {
            case OPENED -> open.isPresent() ? changed(tx, source, told, open.get()) : opened(tx, source, told);
            case CHANGED -> open.isPresent() ? changed(tx, source, told, open.get()) : Taken.NOTHING;
            case CLOSED -> closed(tx, source, told, open);
            case OTHER -> Taken.NOTHING;
        };
    }

    private Taken opened(Tx tx, IncidentSource source, Told told) {
        Incidents.refuseMore(tx);
        String id = Ids.next(Incident.PREFIX);
        IncidentStore.insert(tx, row(source, told, id, tx.now().plus(source.longest())));
        List<Target> targets = source.targets(tx, told.services()).stream()
                .limit(Incidents.TARGETS_MAX)
                .toList();
        incidents.opened(tx, id, targets, new Responders(source.responders(), source.responderGroups()));
        return Taken.OPENED;
    }

    private static IncidentStore.Row row(IncidentSource source, Told told, String id, Instant endsAt) {
        return new IncidentStore.Row(
                id,
                told.title(),
                source.severity(told.severity()),
                source.name(),
                told.reference(),
                told.at(),
                null,
                source.needsConfirmation(),
                endsAt);
    }

    private Taken changed(Tx tx, IncidentSource source, Told told, String id) {
        Incident before = IncidentStore.find(tx, id).orElseThrow();
        String severity = source.severity(told.severity());
        boolean reopened = told.what() == Told.What.OPENED; // its time must stand against a resolution that comes late
        if (!reopened && before.severity().equals(severity) && before.title().equals(told.title())) {
            return Taken.NOTHING;
        }
        tx.update(
                "update incident set severity = ?, title = ?, heard_at = ? where id = ?",
                severity,
                told.title(),
                told.at(),
                id);
        Incident after = IncidentStore.find(tx, id).orElseThrow();
        audit.record(
                tx,
                Incidents.about(IncidentEvent.CHANGED, after)
                        .data("severity_before", before.severity())
                        .personal("title", after.title()));
        grants.factsChanged(tx);
        return Taken.CHANGED;
    }

    /** What is resolved before it was told as opened is put down as closed, so that what is late opens nothing. */
    private Taken closed(Tx tx, IncidentSource source, Told told, Optional<String> open) {
        if (open.isPresent()) {
            tx.update("update incident set heard_at = ? where id = ?", told.at(), open.get());
            incidents.close(tx, IncidentStore.find(tx, open.get()).orElseThrow(), "resolved at " + source.name());
            return Taken.CLOSED;
        }
        boolean known =
                tx.exists("select 1 from incident where source = ? and reference = ?", source.name(), told.reference());
        if (known) {
            tx.update("""
                    update incident set heard_at = ?
                     where id = (select id from incident where source = ? and reference = ? order by id desc limit 1)
                    """, told.at(), source.name(), told.reference());
        } else {
            String id = Ids.next(Incident.PREFIX);
            IncidentStore.insert(tx, row(source, told, id, tx.now()));
            IncidentStore.close(tx, id, null, "resolved at " + source.name() + " before it was told here");
        }
        audit.record(
                tx,
                Event.of(IncidentEvent.CLOSED)
                        .data("source", source.name())
                        .data("reference", told.reference())
                        .data("known", known));
        return Taken.NOTHING;
    }

    /** Forgets messages that are too old to be sent again; returns how many. */
    static int forget(Database database) {
        boolean any = database.read(rx -> rx.exists(
                "select 1 from incident_delivery where at < ? limit 1", rx.now().minus(REMEMBERED)));
        return any
                ? database.change(
                        Actor.system("incidents"), tx -> tx.update("""
                                delete from incident_delivery where (source, delivery) in
                                       (select source, delivery from incident_delivery where at < ? limit ?)
                                """, tx.now().minus(REMEMBERED), BATCH))
                : 0;
    }
}
