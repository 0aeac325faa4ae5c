package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
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
                        .data("expires_at", expiresAt.toString()));
    }

    public Optional<Session> find(Rx rx, String id) {
        return rx.one("""
                select s.id, s.person_id, p.name, s.identity_id, p.epoch, s.amr, s.auth_time, s.expires_at,
                       s.ended_at is not null or p.state <> 'active' or p.quarantined_at is not null as ended
                  from sign_in_session s join person p on p.id = s.person_id where s.id = ?
                """, Sessions::session, id);
    }

    /** Ends one session; one that has ended stays as it is. Says whether this ended it. */
    public boolean end(Tx tx, String id, EndReason reason) {
        int changed = tx.update(
                "update sign_in_session set ended_at = ?, end_reason = ? where id = ? and ended_at is null",
                tx.now(),
                reason,
                id);
        if (changed == 1) {
            tell(tx, id, reason);
        }
        return changed == 1;
    }

    /** Ends all open sessions of a person, browsers too, but for one if it is named; returns how many clients that were. */
    public int endAll(Tx tx, PersonId person, EndReason reason, @Nullable String except) {
        tx.update("delete from web_session where person_id = ?", person);
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
                Rows.instant(row, "auth_time"),
                Rows.instant(row, "expires_at"),
                row.getBoolean("ended"));
    }
}
