package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Text;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts and ends sign-in sessions; an end goes into the feed, so that every node refuses the session's tokens. */
public final class Sessions {
    private static final String OPEN = """
            select id, client, amr, created_at, expires_at, client_address, user_agent from sign_in_session s
             where person_id = ? and ended_at is null and expires_at > ? and\s""";

    private static final Order.Of LIST = new Order.Of("sign_in_session", "s", "expires_at");

    /** How long a client stays signed in without a new sign-in. */
    public static final Duration LENGTH = Duration.ofHours(12);

    private final Audit audit;

    public Sessions(Audit audit) {
        this.audit = audit;
    }

    /** Starts the session of this id; the id was handed out when its first code was. */
    public void start(Tx tx, String id, Login login, String client, Instant expiresAt) {
        tx.update(
                """
                insert into sign_in_session (id, person_id, identity_id, client, amr, acr, auth_time, created_at, expires_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                id,
                login.person(),
                login.identity(),
                client,
                login.amr(),
                login.acr().orElse(null),
                login.authTime(),
                tx.now(),
                expiresAt);
        audit.record(
                tx,
                Event.of(IdentityEvent.SESSION_STARTED)
                        .session(id)
                        .data("client", client)
                        .data("amr", login.amr())
                        .data("acr", login.acr().orElse(null))
                        .data("auth_time", login.authTime().toString())
                        .data("expires_at", expiresAt.toString()));
    }

    public Optional<Session> find(Rx rx, String id) {
        return rx.one("""
                select s.id, s.person_id, p.name, s.identity_id, p.epoch, s.amr, s.acr, s.auth_time, s.expires_at,
                       s.ended_at is not null or p.state <> 'active' or p.quarantined_at is not null as ended
                  from sign_in_session s join person p on p.id = s.person_id where s.id = ?
                """, Sessions::session, id);
    }

    /** The clients that a person is signed in with; what is due is the end of each. */
    public static List<OpenSession> open(Rx rx, PersonId person, Slice slice) {
        return rx.list(
                OPEN + slice.condition(LIST) + " order by " + slice.order().by(LIST) + " limit ?",
                Sessions::openSession,
                person,
                rx.now(),
                slice.from(),
                slice.from(),
                slice.limit());
    }

    /**
     * One that the person has open; somebody else's does not exist for them.
     *
     * @throws dev.sallyport.base.Refusal {@code sign-in.unknown}, also for one that has ended
     */
    public static OpenSession open(Rx rx, PersonId person, String id) {
        return rx.one(OPEN + "s.id = ?", Sessions::openSession, person, rx.now(), id)
                .orElseThrow(() -> IdentityRefusal.SESSION_UNKNOWN.because(
                        Text.quoted(id) + ": no such sign-in of yours is open", "sallyport sign-ins list"));
    }

    private static OpenSession openSession(ResultSet row) throws SQLException {
        return new OpenSession(
                row.getString("id"),
                row.getString("client"),
                Rows.strings(row, "amr"),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "expires_at"),
                Optional.ofNullable(row.getString("client_address")),
                Optional.ofNullable(row.getString("user_agent")));
    }

    /**
     * Ends one of the person's own; somebody else's does not exist for them.
     *
     * @throws dev.sallyport.base.Refusal {@code sign-in.unknown} or {@code sign-in.ended-already}
     */
    public void endOwn(Tx tx, PersonId person, String id) {
        boolean open = tx.one(
                        "select ended_at is null and expires_at > ? from sign_in_session where id = ? and person_id = ? for update",
                        row -> row.getBoolean(1),
                        tx.now(),
                        id,
                        person)
                .orElseThrow(() -> IdentityRefusal.SESSION_UNKNOWN.because(
                        Text.quoted(id) + ": no such sign-in of yours", "sallyport sign-ins list"));
        if (!open) {
            throw IdentityRefusal.SESSION_ENDED.because(id + " has ended already");
        }
        end(tx, id, EndReason.SIGNED_OUT);
    }

    /** Ends all that the person has open but this one; says how many. */
    public int endOthers(Tx tx, PersonId person, String kept) {
        return endAll(tx, person, EndReason.SIGNED_OUT, kept);
    }

    /** Ends one session; one that has ended stays as it is. Says whether this ended it. */
    public boolean end(Tx tx, String id, EndReason reason) {
        int changed = tx.update(
                "update sign_in_session set ended_at = ?, end_reason = ? where id = ? and ended_at is null",
                tx.now(),
                reason,
                id);
        if (changed == 1) {
            tx.update("delete from web_session where session_id = ?", id);
            // what it let in and what has not come for its tokens yet comes too late
            tx.update("delete from oauth_grant where asked_in = ? and refresh_hash is null", id);
            tell(tx, id, reason);
        }
        return changed == 1;
    }

    /** Where a client came from and how it named itself; a browser, whose cookie hashes to the key. */
    public void startBrowser(Tx tx, String id, Login login, Browser browser, Instant idleAt) {
        start(tx, id, login, Browser.CLIENT, tx.now().plus(LENGTH));
        tx.update(
                "update sign_in_session set client_address = ?, user_agent = ? where id = ?",
                browser.address(),
                browser.userAgent(),
                id);
        tx.update(
                """
                insert into web_session (id_hash, person_id, identity_id, epoch, amr, acr, auth_time, expires_at, session_id)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                browser.cookieHash(),
                login.person(),
                login.identity(),
                login.epoch(),
                login.amr(),
                login.acr().orElse(null),
                login.authTime(),
                idleAt,
                id);
    }

    /** Ends the sessions of browsers that were not used for too long; returns how many. */
    public int endIdle(Tx tx, int limit) {
        List<String> idle = tx.list("""
                delete from web_session where id_hash in
                       (select id_hash from web_session where expires_at <= ? order by expires_at limit ? for update skip locked)
                returning coalesce(session_id, '')
                """, row -> row.getString(1), tx.now(), limit);
        idle.stream().filter(id -> !id.isEmpty()).forEach(id -> end(tx, id, EndReason.IDLE));
        return idle.size();
    }

    /** A sign-in that is on its way right now counts for nothing: it carries the epoch it began in. */
    static void outdate(Tx tx, PersonId person) {
        tx.update("update person set epoch = epoch + 1 where id = ?", person);
    }

    /** Ends all open sessions of a person, browsers too, but for one if it is named; returns how many clients that were. */
    public int endAll(Tx tx, PersonId person, EndReason reason, @Nullable String except) {
        tx.update(
                "delete from web_session where person_id = ? and (session_id is null or session_id is distinct from ?)",
                person,
                except);
        if (except != null) {
            tx.update("""
                    update web_session w set epoch = p.epoch from person p
                     where p.id = w.person_id and w.person_id = ? and w.session_id = ?
                    """, person, except);
        }
        tx.update("delete from sign_in_half where person_id = ?", person);
        // codes that were given out and not yet exchanged
        tx.update("delete from oauth_grant where person_id = ? and refresh_hash is null", person);
        List<String> ended = tx.list("""
                update sign_in_session set ended_at = ?, end_reason = ?
                 where id in (select id from sign_in_session
                               where person_id = ? and ended_at is null and expires_at > ? and id is distinct from ?
                               order by id for update)
                returning id
                """, row -> row.getString(1), tx.now(), reason, person, tx.now(), except);
        ended.forEach(id -> tell(tx, id, reason));
        return ended.size();
    }

    /** Ends all that came in through one login, browsers and codes too; returns how many clients that were. */
    int endThrough(Tx tx, IdentityId identity, EndReason reason) {
        tx.update("delete from web_session where identity_id = ?", identity);
        tx.update("delete from oauth_grant where identity_id = ?", identity);
        List<String> ended = tx.list("""
                update sign_in_session set ended_at = ?, end_reason = ?
                 where id in (select id from sign_in_session
                               where identity_id = ? and ended_at is null and expires_at > ? order by id for update)
                returning id
                """, row -> row.getString(1), tx.now(), reason, identity, tx.now());
        ended.forEach(id -> tell(tx, id, reason));
        return ended.size();
    }

    private void tell(Tx tx, String id, EndReason reason) {
        Feed.append(tx, FeedKind.SESSION_ENDED, id);
        audit.record(
                tx,
                Event.of(IdentityEvent.SESSION_ENDED)
                        .session(id)
                        .data(
                                "reason",
                                reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')));
    }

    private static Session session(ResultSet row) throws SQLException {
        return new Session(
                row.getString("id"),
                new PersonId(row.getString("person_id")),
                row.getString("name"),
                new IdentityId(row.getString("identity_id")),
                row.getLong("epoch"),
                Rows.strings(row, "amr"),
                Optional.ofNullable(row.getString("acr")),
                Rows.instant(row, "auth_time"),
                Rows.instant(row, "expires_at"),
                row.getBoolean("ended"));
    }
}
