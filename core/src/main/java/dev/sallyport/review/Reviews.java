package dev.sallyport.review;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.grant.Grant;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.request.Emergency;
import dev.sallyport.request.Request;
import dev.sallyport.request.Reviewing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The door to reviews: owed when a grant begins, done by somebody else, and a finding until then (BG1, BG3, BG4). */
public final class Reviews implements Reviewing {
    private static final Order.Of LIST = new Order.Of("review", "v", "due_at");

    /** How often it is told again that a review is late, until it is made. */
    public static final Duration CHASED_EVERY = Duration.ofDays(1);

    /** The longest comment, in characters. */
    public static final int COMMENT_MAX = 1_000;

    /** The attribute by which emergencies are counted. */
    private static final String TEAM = "team";

    private static final Actor ACTOR = Actor.system("reviews");
    private static final String USED = "break-glass-used";
    private static final String OVERDUE = "review-overdue";
    private static final String OVER_BUDGET = "break-glass-budget";

    private static final String SELECT = """
            select v.*, p.name as person_name, w.name as reviewer_name, g.role_name, g.target_name, r.reason
              from review v join person p on p.id = v.person_id left join person w on w.id = v.reviewer_id
              join access_grant g on g.id = v.grant_id join request r on r.id = v.request_id
            """;

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final EmergencyLimits limits;

    public Reviews(Database database, Audit audit, Findings findings, EmergencyLimits limits) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
        this.limits = limits;
    }

    @Override
    public boolean owes(Rx rx, PersonId person, List<String> incidents) {
        return rx.exists("""
                select 1 from review where person_id = ? and emergency and closed_at is null
                   and (incident_id is null or not incident_id = any(?::text[]))
                """, person, incidents);
    }

    @Override
    public void owed(Tx tx, Request request, Grant grant, Emergency emergency, List<String> incidents) {
        String id = Ids.next("rev_");
        Instant begins = grant.startsAt().isAfter(tx.now()) ? grant.startsAt() : tx.now();
        Instant due = begins.plus(limits.reviewWithin());
        int opened = tx.update(
                """
                insert into review (id, emergency, because, incident_id, person_id, request_id, grant_id, opened_at, due_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (grant_id) where closed_at is null
                    do update set emergency = true, because = excluded.because, incident_id = excluded.incident_id
                     where excluded.emergency and not review.emergency
                """,
                id,
                emergency.isOne(),
                because(emergency).orElse(null),
                incidents.isEmpty() ? null : incidents.getFirst(),
                grant.person(),
                request.id(),
                grant.id(),
                tx.now(),
                due);
        if (opened == 0) {
            return; // it is extended, and its review is still owed
        }
        id = tx.one(
                        "select id from review where grant_id = ? and closed_at is null",
                        row -> row.getString(1),
                        grant.id())
                .orElseThrow();
        audit.record(
                tx,
                about(ReviewEvent.OPENED, id, request.id(), grant.id())
                        .data("emergency", emergency.isOne())
                        .data("because", because(emergency).orElse(null))
                        .data("incidents", incidents.isEmpty() ? null : incidents)
                        .data("due_at", due.toString()));
        if (emergency.isOne()) {
            findings.open(
                    tx,
                    USED,
                    Severity.HIGH,
                    grant.id().value(),
                    grant.personName() + " " + emergency.how(incidents) + ": " + grant.roleName() + " on "
                            + grant.targetName() + "; review " + id + " is owed");
            budget(tx, grant);
        }
    }

    /** As it is stored; breaking glass is what an emergency is if nothing is said. */
    private static Optional<String> because(Emergency emergency) {
        return switch (emergency) {
            case NONE, BREAK_GLASS -> Optional.empty();
            case INCIDENT, FALLBACK -> Optional.of(Rows.stored(emergency));
        };
    }

    private void budget(Tx tx, Grant grant) {
        String team = team(Directory.person(tx, grant.person()).orElseThrow());
        int used = emergencies(tx, limits).getOrDefault(team, 0);
        if (used > limits.budget()) {
            findings.open(
                    tx,
                    OVER_BUDGET,
                    Severity.HIGH,
                    team,
                    "the team " + Text.printable(team) + " had " + used + " emergencies in "
                            + limits.budgetTime().toDays()
                            + " days (budget: " + limits.budget() + ")");
        }
    }

    /** How many emergencies each team had lately, whoever says in which team somebody is; one incident is one of them. */
    public static Map<String, Integer> emergencies(Rx rx, EmergencyLimits limits) {
        var each = new HashMap<String, List<String>>();
        rx.list(
                """
                select distinct person_id, coalesce(incident_id, id) as emergency from review where emergency and opened_at > ?
                """,
                row -> each.computeIfAbsent(row.getString("person_id"), _ -> new ArrayList<>())
                        .add(row.getString("emergency")),
                rx.now().minus(limits.budgetTime()));
        var teams = new HashMap<String, Set<String>>();
        Directory.persons(rx, List.copyOf(each.keySet()))
                .forEach(person -> teams.computeIfAbsent(team(person), _ -> new HashSet<>())
                        .addAll(each.getOrDefault(person.id().value(), List.of())));
        var counted = new HashMap<String, Integer>();
        teams.forEach((team, emergencies) -> counted.put(team, emergencies.size()));
        return counted;
    }

    private static String team(Person person) {
        return person.attributes().getOrDefault(TEAM, "none");
    }

    /** Closes the findings of teams that are within their budget again; returns how many. */
    private int withinBudget(Tx tx) {
        List<String> over = tx.list(
                "select subject from finding where kind = ? and closed_at is null",
                row -> row.getString(1),
                OVER_BUDGET);
        if (over.isEmpty()) {
            return 0;
        }
        Map<String, Integer> used = emergencies(tx, limits);
        List<String> within = over.stream()
                .filter(team -> used.getOrDefault(team, 0) <= limits.budget())
                .toList();
        findings.closeAll(tx, OVER_BUDGET, within);
        return within.size();
    }

    /** What is due is what has to be done first. */
    public List<Review> list(boolean open, Slice slice) {
        return database.read(rx -> rx.list(
                SELECT
                        + " where (v.closed_at is null) = ? and " + slice.condition(LIST) + " order by "
                        + slice.order().by(LIST) + " limit ?",
                Reviews::review,
                open,
                slice.from(),
                slice.from(),
                slice.limit()));
    }

    public Optional<Review> find(String id) {
        return database.read(rx -> find(rx, id));
    }

    private static Optional<Review> find(Rx rx, String id) {
        return rx.one(SELECT + " where v.id = ?", Reviews::review, id);
    }

    /**
     * Ends a review. The caller has checked the right to; nobody reviews themselves.
     *
     * @throws Refusal {@code review.unknown}, {@code review.done-already}, {@code review.own}
     */
    public Review close(Actor actor, PersonId reviewer, String id, Review.Verdict verdict, String comment) {
        String said = Text.line("comment", comment, 1, COMMENT_MAX);
        try {
            return database.change(actor, tx -> close(tx, reviewer, id, verdict, said));
        } catch (Refusal refusal) {
            if (refusal.kind() == Refusal.Kind.FORBIDDEN) {
                database.run(
                        actor,
                        tx -> audit.record(
                                tx,
                                Event.of(ReviewEvent.REFUSED)
                                        .outcome(Outcome.REFUSED)
                                        .data("review", id)
                                        .data("code", refusal.code())));
            }
            throw refusal;
        }
    }

    private Review close(Tx tx, PersonId reviewer, String id, Review.Verdict verdict, String comment) {
        String person = tx.one("select person_id from review where id = ? for update", row -> row.getString(1), id)
                .orElseThrow(() -> ReviewRefusal.UNKNOWN.because(Text.quoted(id) + ": no such review"));
        if (person.equals(reviewer.value())) {
            throw ReviewRefusal.OWN.because("nobody reviews what they were granted themselves", "ask somebody else");
        }
        int closed = tx.update("""
                update review set closed_at = ?, reviewer_id = ?, verdict = ?, comment = ? where id = ? and closed_at is null
                """, tx.now(), reviewer, verdict, comment, id);
        Review review = find(tx, id).orElseThrow();
        if (closed == 0) {
            throw ReviewRefusal.DONE.because(review.reviewer()
                    .map(name -> id + " is done already, by " + name)
                    .orElse(id + " needs no review: the grant never began"));
        }
        audit.record(
                tx,
                about(ReviewEvent.DONE, id, review.request(), review.grant())
                        .data("verdict", Rows.stored(verdict))
                        .personal("comment", comment));
        findings.close(tx, OVERDUE, id);
        findings.close(tx, USED, review.grant().value());
        return review;
    }

    /**
     * Reviews that nobody did in time become findings and are told of, again each day until somebody does them, and budgets
     * that are kept again end theirs; returns how many.
     */
    public int watch() {
        return database.change(ACTOR, tx -> {
            List<String> late = tx.list(
                    """
                    update review set overdue_at = ? where id in
                           (select id from review
                             where closed_at is null and due_at <= ? and (overdue_at is null or overdue_at <= ?)
                             order by due_at limit 100 for update skip locked)
                    returning id
                    """, row -> row.getString(1), tx.now(), tx.now(), tx.now().minus(CHASED_EVERY));
            List<Review> chased = late.stream()
                    .map(id -> find(tx, id).orElseThrow())
                    .sorted(Comparator.comparing(Review::dueAt))
                    .toList();
            for (Review review : chased) {
                audit.record(
                        tx,
                        about(ReviewEvent.OVERDUE, review.id(), review.request(), review.grant())
                                .data(
                                        "days",
                                        Duration.between(review.dueAt(), tx.now())
                                                .toDays()));
                findings.open(
                        tx,
                        OVERDUE,
                        Severity.HIGH,
                        review.id(),
                        "nobody has reviewed " + review.role() + " on " + review.target() + " by " + review.person()
                                + ", due " + review.dueAt());
            }
            return late.size() + withinBudget(tx) + neverBegun(tx);
        });
    }

    /** Nobody has to review what ended before it began, emergencies excepted; returns how many. */
    private int neverBegun(Tx tx) {
        List<String> over = tx.list("""
                update review set closed_at = ?, verdict = 'never began' where id in
                       (select v.id from review v join access_grant g on g.id = v.grant_id
                         where v.closed_at is null and not v.emergency and g.never_began
                         limit 100 for update of v skip locked)
                returning id
                """, row -> row.getString(1), tx.now());
        for (String id : over) {
            Review review = find(tx, id).orElseThrow();
            audit.record(
                    tx,
                    about(ReviewEvent.DONE, id, review.request(), review.grant())
                            .data("verdict", Rows.stored(Review.Verdict.NEVER_BEGAN)));
        }
        findings.closeAll(tx, OVERDUE, over);
        return over.size();
    }

    private static Event about(ReviewEvent type, String review, RequestId request, GrantId grant) {
        return Event.of(type).request(request.value()).grant(grant.value()).data("review", review);
    }

    private static Review review(ResultSet row) throws SQLException {
        return new Review(
                row.getString("id"),
                row.getBoolean("emergency"),
                Optional.ofNullable(row.getString("because"))
                        .orElse(row.getBoolean("emergency") ? "break-glass" : "policy"),
                Optional.ofNullable(row.getString("incident_id")),
                row.getString("person_name"),
                row.getString("role_name"),
                row.getString("target_name"),
                row.getString("reason"),
                new GrantId(row.getString("grant_id")),
                new RequestId(row.getString("request_id")),
                Rows.instant(row, "opened_at"),
                Rows.instant(row, "due_at"),
                Optional.ofNullable(Rows.instantOrNull(row, "closed_at")),
                Optional.ofNullable(row.getString("reviewer_name")),
                Optional.ofNullable(row.getString("verdict"))
                        .map(word -> Review.Verdict.valueOf(
                                word.toUpperCase(Locale.ROOT).replace(' ', '_'))),
                Optional.ofNullable(row.getString("comment")));
    }
}
