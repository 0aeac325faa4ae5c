package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.TargetId;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.spi.LeaseSpec;
import dev.sallyport.spi.Leases;
import dev.sallyport.spi.TargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

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

    private static final Logger LOG = Logger.getLogger(GrantWorker.class.getName());
    private static final Actor ACTOR = Actor.system("grants");

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final Ends ends;
    private final Map<String, Leases> kinds;

    public GrantWorker(Database database, Audit audit, Findings findings, List<Leases> kinds) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
        this.ends = new Ends(audit);
        this.kinds = kinds.stream().collect(java.util.stream.Collectors.toUnmodifiableMap(Leases::kind, kind -> kind));
    }

    private record Due(
            LeaseSpec lease,
            GrantId grant,
            String request,
            String targetName,
            Instant closingAt,
            int attempts,
            Instant claimedUntil) {}

    /** Does one round of everything that is due and says how much it was; zero means there is time to rest. */
    public int runOnce() {
        return startDue() + expireDue() + lapseDue() + closeDue();
    }

    /** Scheduled grants whose time has come. */
    int startDue() {
        return database.change(ACTOR, tx -> {
            List<GrantId> started = tx.list("""
                    update access_grant set state = 'active'
                     where id in (select id from access_grant where state = 'scheduled' and starts_at <= ?
                                   order by starts_at limit ? for update skip locked)
                    returning id
                    """, row -> new GrantId(row.getString(1)), tx.now(), BATCH);
            started.forEach(id -> audit.record(
                    tx,
                    Grants.about(GrantEvent.STARTED, GrantStore.grant(tx, id).orElseThrow())));
            return started.size();
        });
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
                        due.stream().map(LeaseId::value).toList());
                due.forEach(id -> closed(tx, GrantStore.lease(tx, id).orElseThrow(), "expired", tx.now()));
            }
            return due.size();
        });
    }

    /** Leases that are closing: asks their targets, and notes what those say. */
    int closeDue() {
        List<Due> due = database.change(ACTOR, GrantWorker::claim);
        if (!due.isEmpty()) {
            CrashPoint.reached("lease.closing");
        }
        due.forEach(this::close);
        return due.size();
    }

    /** Takes a batch by pushing its next attempt into the future; whoever dies with it lets go by that. */
    private static List<Due> claim(Tx tx) {
        return tx.list(
                """
                with taken as (
                    update lease_closing set next_attempt_at = ?, attempts = attempts + 1
                     where lease_id in (select lease_id from lease_closing where next_attempt_at <= ?
                                         order by next_attempt_at limit ? for update skip locked)
                    returning lease_id, feed_version, attempts, next_attempt_at)
                select l.id, l.kind, l.target_id, l.issued_at, l.expires_at, l.spec, l.grant_id, l.closing_at,
                       t.feed_version, t.attempts, t.next_attempt_at, g.request_id, g.target_name
                  from taken t join lease l on l.id = t.lease_id join access_grant g on g.id = l.grant_id
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
                        row.getString("request_id"),
                        row.getString("target_name"),
                        Rows.instant(row, "closing_at"),
                        row.getInt("attempts"),
                        Rows.instant(row, "next_attempt_at")),
                tx.now().plus(CLAIM),
                tx.now(),
                BATCH);
    }

    private void close(Due due) {
        Leases kind = kinds.get(due.lease().kind());
        try {
            Leases.Closing closing = kind == null
                    ? new Leases.Closing.Unconfirmed(
                            "this server knows no leases of kind " + due.lease().kind())
                    : kind.close(due.lease(), database.read(dev.sallyport.database.Rx::now));
            switch (closing) {
                case Leases.Closing.Closed(String how) -> confirmed(due, how);
                case Leases.Closing.Unconfirmed(String why) -> again(due, why);
            }
        } catch (TargetException e) {
            again(due, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "lease " + due.lease().id() + " could not be closed", e);
            again(due, "internal error");
        }
    }

    private void confirmed(Due due, String how) {
        CrashPoint.reached("lease.confirmed");
        database.run(ACTOR, tx -> {
            if (!tx.exists(
                    "select 1 from lease where id = ? and state = 'closing' for update",
                    due.lease().id())) {
                return; // another node was faster
            }
            closed(tx, GrantStore.lease(tx, due.lease().id()).orElseThrow(), how, due.closingAt());
            ends.finish(tx, List.of(due.grant()));
        });
    }

    private void closed(Tx tx, Lease lease, String how, Instant since) {
        tx.update(
                "update lease set state = 'closed', closed_at = ?, attempts = ? where id = ?",
                tx.now(),
                lease.attempts(),
                lease.id());
        tx.update("delete from lease_closing where lease_id = ?", lease.id());
        audit.record(
                tx,
                Event.of(GrantEvent.LEASE_CLOSED)
                        .grant(lease.grant().value())
                        .lease(lease.id().value())
                        .target(lease.targetName())
                        .data("how", how)
                        .data("closing_ms", Duration.between(since, tx.now()).toMillis())
                        .data("attempts", lease.attempts()));
        findings.close(tx, "lease-stuck", lease.id().value());
    }

    private void again(Due due, String why) {
        database.run(ACTOR, tx -> {
            Instant next = tx.now().plus(pause(due.attempts()));
            Instant dead = due.lease().expiresAt().plus(SshLeases.SKEW);
            // a confirmation that came meanwhile has set an earlier time: it stays
            tx.update(
                    """
                    update lease_closing set last_error = ?, next_attempt_at = case when next_attempt_at = ? then ? else next_attempt_at end
                     where lease_id = ?
                    """,
                    why,
                    due.claimedUntil(),
                    dead.isAfter(tx.now()) && dead.isBefore(next) ? dead : next,
                    due.lease().id());
            if (due.attempts() == Lease.STUCK_AFTER) {
                findings.open(
                        tx,
                        "lease-stuck",
                        Severity.HIGH,
                        due.lease().id().value(),
                        "lease " + due.lease().id() + " on " + due.targetName() + " is still open after "
                                + due.attempts() + " attempts: " + why);
            }
        });
    }

    /** One second, doubling. */
    static Duration pause(int attempts) {
        Duration pause = Duration.ofSeconds(1L << Math.min(Math.max(attempts - 1, 0), 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
