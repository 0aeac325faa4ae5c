package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.SessionId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import dev.sallyport.grant.GatewayGrants;
import java.time.Duration;
import java.util.List;

/** Looks after what gateways leave behind: sessions of those that fell silent, recordings that never came, old permits. */
public final class SessionDuty {
    /** A recording that was demanded and is not there; the subject is the session. */
    public static final String MISSING = "recording-missing";

    /** A gateway with open sessions that says nothing; the subject is its name. */
    public static final String SILENT = "gateway-silent";

    /** A session that its gateway lets go on past its end, or does not tell of; the subject is the session. */
    public static final String OVERDUE = "session-overdue";

    /** How long after its end a session may still be told of. */
    static final Duration OVERDUE_AFTER = Duration.ofMinutes(2);

    /** How long after the end of its session a recording may take to arrive. */
    static final Duration ARRIVES_WITHIN = Duration.ofMinutes(10);

    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final int ROUND = 100;
    private static final Actor SELF = Actor.system("sessions");

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private long lookedAt = System.nanoTime() - PERIOD.toNanos();

    public SessionDuty(Database database, Audit audit, Findings findings) {
        this.database = database;
        this.audit = audit;
        this.findings = findings;
    }

    /** A duty: looks, unless it has just looked, and says how much it changed. */
    public synchronized int watch() {
        if (System.nanoTime() - lookedAt < PERIOD.toNanos()) {
            return 0;
        }
        int changed = look();
        lookedAt = System.nanoTime();
        return changed;
    }

    int look() {
        return silent() + overdue() + missing() + recovered() + forget();
    }

    private int silent() {
        return database.change(SELF, tx -> {
            List<SessionId> lost = tx.list(
                    """
                    select s.id from session s join gateway_contact c on c.gateway_id = s.gateway_id
                     where s.state = 'open' and c.seen_at < ? order by s.id limit ?
                    """, row -> new SessionId(row.getString(1)), tx.now().minus(Gateways.SILENT_AFTER), ROUND);
            lost.forEach(id -> SessionStore.held(tx, id).filter(Session::open).ifPresent(session -> lose(tx, session)));
            return lost.size();
        });
    }

    private void close(Tx tx, Session session, String reason, String detail) {
        tx.update(
                "update session set state = 'closed', ended_at = ?, end_reason = ?, end_detail = ? where id = ?",
                tx.now(),
                reason,
                detail,
                session.id());
        tx.update("update recording set state = 'cut short' where session_id = ? and state = 'pending'", session.id());
        GatewayGrants.letGo(tx, session.grant(), session.id());
        audit.record(
                tx,
                Opening.about(SessionEvent.CLOSED, session)
                        .outcome(Outcome.FAILURE)
                        .data("reason", reason));
    }

    private void lose(Tx tx, Session session) {
        close(tx, session, "gateway lost", "nothing was heard of " + session.gatewayName());
        findings.open(
                tx,
                SILENT,
                Severity.HIGH,
                session.gatewayName(),
                "the gateway " + session.gatewayName() + " has not been heard for more than "
                        + Gateways.SILENT_AFTER.toMinutes()
                        + " minutes; its sessions count as ended, and their recordings as cut short: is it running, and does it reach this server?");
    }

    /** Sessions past their end that a gateway, which is heard, does not call ended. */
    private int overdue() {
        return database.change(SELF, tx -> {
            List<SessionId> late = tx.list(
                    "select id from session where state = 'open' and ends_at < ? order by id limit ?",
                    row -> new SessionId(row.getString(1)),
                    tx.now().minus(OVERDUE_AFTER),
                    ROUND);
            late.forEach(id -> SessionStore.held(tx, id).filter(Session::open).ifPresent(session -> {
                close(tx, session, "overdue", session.gatewayName() + " has not told of its end");
                findings.open(
                        tx,
                        OVERDUE,
                        Severity.HIGH,
                        id.value(),
                        "the session " + id + " of " + session.personName() + " on " + session.target()
                                + " should have ended at " + session.endsAt() + ", and the gateway "
                                + session.gatewayName()
                                + " has not said that it did: look whether it still runs there");
            }));
            return late.size();
        });
    }

    private int missing() {
        return database.change(SELF, tx -> {
            List<SessionId> gone = tx.list(
                    """
                    select s.id from session s join recording r on r.session_id = s.id
                     where r.state in ('pending', 'cut short') and r.location is null
                       and s.state = 'closed' and s.ended_at < ? order by s.id limit ?
                    """, row -> new SessionId(row.getString(1)), tx.now().minus(ARRIVES_WITHIN), ROUND);
            gone.forEach(id -> SessionStore.held(tx, id).ifPresent(session -> {
                int changed = tx.update("""
                        update recording set state = 'missing'
                         where session_id = ? and state in ('pending', 'cut short') and location is null
                        """, id);
                if (changed == 1) {
                    audit.record(
                            tx,
                            Opening.about(SessionEvent.RECORDING_MISSING, session)
                                    .outcome(Outcome.FAILURE));
                    findings.open(
                            tx,
                            MISSING,
                            Severity.CRITICAL,
                            id.value(),
                            "the session " + id + " of " + session.personName() + " on " + session.target()
                                    + " has ended, and its recording has not arrived from " + session.gatewayName());
                }
            }));
            return gone.size();
        });
    }

    private int recovered() {
        List<String> back = database.read(
                rx -> rx.list("""
                select f.subject from finding f join gateway g on g.name = f.subject
                  join gateway_contact c on c.gateway_id = g.id
                 where f.kind = ? and f.closed_at is null and c.seen_at >= ? order by 1 limit ?
                """, row -> row.getString(1), SILENT, rx.now().minus(Gateways.SILENT_AFTER), ROUND));
        if (!back.isEmpty()) {
            database.run(SELF, tx -> findings.closeAll(tx, SILENT, back));
        }
        return back.size();
    }

    /** What has served its time; none of it is state. */
    private int forget() {
        database.run(SELF, tx -> {
            tx.update("delete from permit where expires_at < ?", tx.now().minus(Duration.ofDays(1)));
            tx.update("delete from handshake where shown_at < ?", tx.now().minus(Duration.ofDays(1)));
            tx.update("delete from sign_in_link where expires_at < ?", tx.now().minus(Duration.ofDays(1)));
            tx.update("delete from proved_key where expires_at < ?", tx.now());
            tx.update("delete from watch where until < ?", tx.now());
            tx.update("delete from live_frame where at < ?", tx.now().minus(LiveFrames.KEPT));
            tx.update("delete from gateway_order where at < ?", tx.now().minus(Duration.ofDays(1)));
        });
        return 0;
    }
}
