package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Decisions;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.spi.LeaseSpec;
import dev.sallyport.spi.Leases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Carries out what is due, on every node at once without a leader: rows are taken with {@code skip locked}, and whatever
 * a node that died had taken is taken again by another. Nothing here is remembered outside the database.
 */
public final class GrantWorker {
    /** How many rows one step takes. */
    static final int BATCH = 500;

    /** How long a node may be busy with closing a lease before another tries too. */
    static final Duration CLAIM = Duration.ofSeconds(30);

    /** The longest pause between two attempts at closing a lease. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private static final String STUCK = "lease-stuck";
    private static final Logger LOG = Logger.getLogger(GrantWorker.class.getName());
    private static final Actor ACTOR = Actor.system("grants");

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final Ends ends;
    private final Judging judging;
    private final Map<String, Leases> kinds;
    private volatile Place passed = Place.FIRST;
    private volatile Instant lookedAgain = Instant.EPOCH;

    public GrantWorker(Database database, Audit audit, Findings findings, Decisions decisions, List<Leases> kinds) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
        this.ends = new Ends(audit);
        this.judging = new Judging(audit, decisions);
        this.kinds = kinds.stream().collect(Collectors.toUnmodifiableMap(Leases::kind, kind -> kind));
    }

    private record Due(
            LeaseSpec lease,
            GrantId grant,
            String targetName,
            boolean onlyExpires,
            Instant closingAt,
            int attempts,
            Instant claimedUntil) {}

    /** A lease that is asked about again, and why it is still open. */
    private record Again(Due due, String why) {
        /** When: after a pause, or when it is dead, if that comes before. */
        Instant at(Instant now) {
            Instant dead = due.lease().expiresAt().plus(SshLeases.SKEW);
            Instant next = due.onlyExpires() ? dead : now.plus(pause(due.attempts()));
            if (dead.isAfter(now) && dead.isBefore(next)) {
                return dead;
            }
            return next.isAfter(now) ? next : now.plus(pause(1));
        }
    }

    /** What came of asking about one lease. */
    private record Answer(Due due, Leases.Closing closing) {}

    /**
     * Does one round of everything that is due and says how much it was; zero means there is time to rest. What fails keeps
     * nothing else from ending.
     */
    public int runOnce() {
        int done = 0;
        RuntimeException failed = null;
        List<IntSupplier> steps = List.of(
                this::expireDue,
                this::loseDue,
                this::startDue,
                this::lookAgain,
                this::judgeDue,
                this::lapseDue,
                this::closeDue);
        for (IntSupplier step : steps) {
            try {
                done += step.getAsInt();
            } catch (RuntimeException e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
        return done;
    }

    /** Scheduled grants whose time has come. */
    int startDue() {
        return database.change(ACTOR, tx -> {
            if (!tx.exists(
                    "select 1 from access_grant where state = 'scheduled' and starts_at <= ? limit 1", tx.now())) {
                return 0;
            }
            Catalog.hold(tx);
            // those that wait keep no others from beginning
            List<Grant> due = beginning(tx, passed);
            int moved = begin(tx, due);
            passed = due.size() < BATCH || moved > 0 ? Place.FIRST : Place.of(due.getLast());
            return moved;
        });
    }

    /** Where to go on among those whose time has come; only this node's, and only to share the looking. */
    private record Place(Instant startsAt, String id) {
        static final Place FIRST = new Place(Instant.EPOCH, "");

        static Place of(Grant grant) {
            return new Place(grant.startsAt(), grant.id().value());
        }
    }

    /** Returns how many began, or ended instead; the others wait. */
    private int begin(Tx tx, List<Grant> due) {
        int moved = 0;
        for (Grant grant : due) {
            // long ago it was decided: who is no longer eligible on the day, or denied, gets nothing
            Optional<Judging.Against> against = Grants.isStillEligible(tx, grant)
                    ? judging.against(tx, grant)
                    : Optional.of(new Judging.Against("no longer eligible when it was to start", Optional.empty()));
            if (against.isEmpty()) {
                tx.update("update access_grant set state = 'active' where id = ?", grant.id());
                audit.record(
                        tx,
                        Grants.about(GrantEvent.STARTED, grant)
                                .data("ends_at", grant.endsAt().toString()));
                Judging.soon(tx, grant.id());
                moved++;
            } else if (!waits(tx, grant)) {
                ends.begin(
                        tx,
                        List.of(grant.id()),
                        EndReason.POLICY,
                        against.get().why(),
                        against.get().by());
                moved++;
            }
        }
        return moved;
    }

    private static List<Grant> beginning(Tx tx, Place after) {
        return GrantStore.grantsById(
                        tx,
                        tx.list(
                                """
                select id from access_grant where state = 'scheduled' and starts_at <= ? and (starts_at, id) > (?, ?)
                 order by starts_at, id limit ? for update skip locked
                """,
                                row -> new GrantId(row.getString(1)),
                                tx.now(),
                                after.startsAt(),
                                after.id(),
                                BATCH))
                .stream()
                .sorted(Comparator.comparing(Grant::startsAt)
                        .thenComparing(grant -> grant.id().value()))
                .toList();
    }

    /** Whether what stands against it may only be something that is just being ended: it is looked at again a moment later. */
    private static boolean waits(Tx tx, Grant grant) {
        return tx.now().isBefore(grant.endsAt())
                && tx.exists("""
                        select 1 from access_grant
                         where (person_id = ? or target_id = ? and role_id = ?) and id <> ? and starts_at <= ?
                           and (state = 'ending' or state = 'active' and ends_at <= ?) limit 1
                        """, grant.person(), grant.target(), grant.role(), grant.id(), tx.now(), tx.now());
    }

    /** What goes on against a rule that only warns is judged each minute: what stood against it may be over. */
    int lookAgain() {
        return database.change(ACTOR, tx -> {
            if (tx.now().isBefore(lookedAgain.plus(LOOKS_AGAIN))) {
                return 0;
            }
            lookedAgain = tx.now();
            return judging.warned(tx);
        });
    }

    private static final Duration LOOKS_AGAIN = Duration.ofMinutes(1);

    /** Grants that policy has to look at again. */
    int judgeDue() {
        return database.change(ACTOR, judging::due);
    }

    /** What rested on eligibilities whose own time is over, and on none that is left. */
    int loseDue() {
        return database.change(ACTOR, tx -> {
            List<Lapsed> lapsed = lapsed(tx);
            if (lapsed.isEmpty()) {
                return 0;
            }
            Catalog.hold(tx);
            int lost = 0;
            for (Lapsed each : lapsed) {
                List<GrantId> grants = GrantStore.running(tx, each.role()).stream()
                        .filter(grant -> !Grants.isStillEligible(tx, grant))
                        .map(Grant::id)
                        .toList();
                lost += ends.begin(
                                tx,
                                grants,
                                EndReason.POLICY,
                                "no longer eligible: the eligibility " + each.name() + " has ended")
                        .size();
                tx.update("""
                        insert into eligibility_lapse (eligibility_id, until, at) values (?, ?, ?)
                            on conflict (eligibility_id) do update set until = excluded.until, at = excluded.at
                        """, each.id(), each.until(), tx.now());
            }
            return lost;
        });
    }

    private record Lapsed(String id, String name, RoleId role, String until) {}

    private static List<Lapsed> lapsed(Tx tx) {
        return tx.list(
                """
                select e.id, e.name, e.role_id, e.spec ->> 'until' as until from eligibility e
                 where e.spec ->> 'until' is not null and (e.spec ->> 'until')::timestamptz <= ?
                   and not exists (select 1 from eligibility_lapse l
                                    where l.eligibility_id = e.id and l.until = e.spec ->> 'until')
                 limit 20
                """,
                row -> new Lapsed(
                        row.getString("id"),
                        row.getString("name"),
                        new RoleId(row.getString("role_id")),
                        row.getString("until")),
                tx.now());
    }

    /** Grants whose time is over. */
    int expireDue() {
        return database.change(ACTOR, tx -> {
            List<GrantId> due = tx.list("""
                    select id from access_grant where state in ('scheduled', 'active') and ends_at <= ?
                     order by ends_at limit ? for update skip locked
                    """, row -> new GrantId(row.getString(1)), tx.now(), BATCH);
            return due.isEmpty()
                    ? 0
                    : ends.begin(tx, due, EndReason.EXPIRED, null).size();
        });
    }

    /** Leases of running grants that have died by themselves. */
    int lapseDue() {
        return database.change(ACTOR, tx -> {
            List<LeaseId> due =
                    tx.list("""
                    select id from lease where state = 'issued' and expires_at <= ?
                     order by expires_at limit ? for update skip locked
                    """, row -> new LeaseId(row.getString(1)), tx.now().minus(SshLeases.SKEW), BATCH);
            if (!due.isEmpty()) {
                tx.update(
                        "update lease set state = 'closing', closing_at = ? where id = any(?::text[])",
                        tx.now(),
                        texts(due));
                closed(tx, due, Map.of());
            }
            return due.size();
        });
    }

    /** Leases that are closing: asks their targets, and notes what those say, all that have closed in one change. */
    int closeDue() {
        List<Due> due = database.change(ACTOR, GrantWorker::claim);
        if (due.isEmpty()) {
            return 0;
        }
        CrashPoint.reached("lease.closing");
        Instant now = database.read(Rx::now);
        List<Answer> answers = ask(due, now);
        Map<LeaseId, Answer> closed = answers.stream()
                .filter(answer -> answer.closing() instanceof Leases.Closing.Closed)
                .collect(Collectors.toMap(answer -> answer.due().lease().id(), answer -> answer));
        if (!closed.isEmpty()) {
            confirmed(closed);
        }
        List<Again> open = answers.stream()
                .flatMap(answer -> answer.closing() instanceof Leases.Closing.Unconfirmed(String why)
                        ? Stream.of(new Again(answer.due(), why))
                        : Stream.empty())
                .toList();
        if (!open.isEmpty()) {
            database.run(ACTOR, tx -> again(tx, open));
        }
        return due.size();
    }

    /**
     * Takes a batch by pushing its next attempt into the future; whoever dies with it lets go by that. What can only expire
     * makes no attempts.
     */
    private static List<Due> claim(Tx tx) {
        return tx.list(
                """
                with due as (
                    select lease_id from lease_closing where next_attempt_at <= ?
                     order by next_attempt_at limit ? for update skip locked),
                taken as (
                    update lease_closing c
                       set next_attempt_at = ?, attempts = c.attempts + case when l.cut = 'expiry' then 0 else 1 end
                      from due join lease l on l.id = due.lease_id
                     where c.lease_id = due.lease_id
                    returning c.lease_id, c.feed_version, c.attempts, c.next_attempt_at)
                select l.id, l.kind, l.cut, l.target_id, l.issued_at, l.expires_at, l.spec, l.grant_id, l.closing_at,
                       t.feed_version, t.attempts, t.next_attempt_at, g.target_name
                  from taken t join lease l on l.id = t.lease_id join access_grant g on g.id = l.grant_id
                 order by l.id
                """,
                row -> new Due(
                        new LeaseSpec(
                                new LeaseId(row.getString("id")),
                                row.getString("kind"),
                                new TargetId(row.getString("target_id")),
                                Rows.instant(row, "issued_at"),
                                Rows.instant(row, "expires_at"),
                                row.getLong("feed_version"),
                                Spec.of(row.getString("spec")).tree()),
                        new GrantId(row.getString("grant_id")),
                        row.getString("target_name"),
                        row.getString("cut").equals("expiry"),
                        Rows.instant(row, "closing_at"),
                        row.getInt("attempts"),
                        Rows.instant(row, "next_attempt_at")),
                tx.now(),
                BATCH,
                tx.now().plus(CLAIM));
    }

    /** Asks each kind about all of its leases. */
    private List<Answer> ask(List<Due> due, Instant now) {
        var answers = new ArrayList<Answer>();
        due.stream().collect(Collectors.groupingBy(each -> each.lease().kind())).forEach((name, mine) -> {
            List<Leases.Closing> closings =
                    ask(name, mine.stream().map(Due::lease).toList(), now);
            for (int i = 0; i < mine.size(); i++) {
                answers.add(new Answer(mine.get(i), closings.get(i)));
            }
        });
        return answers;
    }

    private List<Leases.Closing> ask(String name, List<LeaseSpec> leases, Instant now) {
        Leases kind = kinds.get(name);
        try {
            if (kind != null) {
                return kind.closeAll(leases, now);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "leases of kind " + name + " could not be closed", e);
        }
        String why = kind == null ? "this server knows no leases of kind " + name : "internal error";
        return Collections.nCopies(leases.size(), new Leases.Closing.Unconfirmed(why));
    }

    private void confirmed(Map<LeaseId, Answer> answers) {
        CrashPoint.reached("lease.confirmed");
        List<GrantId> grants = answers.values().stream()
                .map(answer -> answer.due().grant())
                .distinct()
                .toList();
        database.run(ACTOR, tx -> {
            Ends.lock(tx, grants);
            List<LeaseId> open = tx.list(
                    "select id from lease where id = any(?::text[]) and state = 'closing' order by id for update",
                    row -> new LeaseId(row.getString(1)),
                    texts(answers.keySet()));
            if (!open.isEmpty()) { // another node was faster with the others
                closed(tx, open, answers);
                ends.finish(tx, grants);
            }
        });
    }

    /** These leases, whose rows are locked, are closed: as answered, or because they have expired. */
    private void closed(Tx tx, List<LeaseId> ids, Map<LeaseId, Answer> answers) {
        List<Lease> leases = GrantStore.leasesById(tx, ids);
        tx.update("""
                update lease l set state = 'closed', closed_at = ?,
                       attempts = coalesce((select c.attempts from lease_closing c where c.lease_id = l.id), l.attempts)
                 where l.id = any(?::text[])
                """, tx.now(), texts(ids));
        tx.list("""
                with gone as (select lease_id from lease_closing where lease_id = any(?::text[]) order by lease_id for update)
                delete from lease_closing c using gone where c.lease_id = gone.lease_id returning c.lease_id
                """, _ -> true, texts(ids));
        audit.recordAll(
                tx,
                leases.stream()
                        .map(lease -> closed(lease, Optional.ofNullable(answers.get(lease.id())), tx.now()))
                        .toList());
        findings.closeAll(tx, STUCK, texts(ids));
    }

    private static Event closed(Lease lease, Optional<Answer> answer, Instant now) {
        String how = answer.map(Answer::closing)
                .filter(Leases.Closing.Closed.class::isInstance)
                .map(closing -> ((Leases.Closing.Closed) closing).how())
                .orElse("expired");
        Instant since = answer.map(given -> given.due().closingAt()).orElse(now);
        return Event.of(GrantEvent.LEASE_CLOSED)
                .grant(lease.grant().value())
                .lease(lease.id().value())
                .target(lease.targetName())
                .data("how", how)
                .data("closing_ms", Duration.between(since, now).toMillis())
                .data("attempts", lease.attempts());
    }

    /** A confirmation that came meanwhile has set an earlier time: it stays. */
    private void again(Tx tx, List<Again> open) {
        tx.update(
                """
                update lease_closing c
                   set last_error = o.why,
                       next_attempt_at = case when c.next_attempt_at = o.claimed::timestamptz
                                              then o.next::timestamptz else c.next_attempt_at end
                  from unnest(?::text[], ?::text[], ?::text[], ?::text[]) as o (id, why, claimed, next)
                 where c.lease_id = o.id
                """,
                open.stream().map(each -> each.due().lease().id().value()).toList(),
                open.stream().map(Again::why).toList(),
                open.stream().map(each -> each.due().claimedUntil().toString()).toList(),
                open.stream().map(each -> each.at(tx.now()).toString()).toList());
        open.stream().filter(each -> each.due().attempts() == Lease.STUCK_AFTER).forEach(each -> stuck(tx, each));
    }

    private void stuck(Tx tx, Again open) {
        LeaseId id = open.due().lease().id();
        findings.open(
                tx,
                STUCK,
                Severity.HIGH,
                id.value(),
                "lease " + id + " on " + open.due().targetName() + " is still open after "
                        + open.due().attempts() + " attempts: " + open.why());
    }

    private static List<String> texts(Collection<LeaseId> ids) {
        return ids.stream().map(LeaseId::value).toList();
    }

    /** One second, doubling. */
    static Duration pause(int attempts) {
        Duration pause = Duration.ofSeconds(1L << Math.min(Math.max(attempts - 1, 0), 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
