package dev.sallyport.session;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.SessionId;
import dev.sallyport.database.Json;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.grant.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Rows of sessions and their recordings. */
final class SessionStore {
    private static final String SESSION = """
            select s.*, p.name as person_name, g.name as gateway_name, r.state as r_state, r.key_id, r.location, r.chunks,
                   r.bytes, r.duration_ms, r.sha256, r.gaps
              from session s join person p on p.id = s.person_id join gateway g on g.id = s.gateway_id
              join recording r on r.session_id = s.id
            """;

    private static final Order.Of LIST = Order.Of.byAge("session", "s");

    private SessionStore() {}

    static void insert(Tx tx, Session session, String targetId, String terms) {
        tx.update(
                """
                insert into session (id, state, gateway_id, grant_id, request_id, person_id, target_id, target_name, login,
                                     client_address, client_version, terms, started_at, ends_at)
                values (?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)
                """,
                session.id(),
                session.gateway(),
                session.grant(),
                session.request(),
                session.person(),
                targetId,
                session.target(),
                session.login(),
                session.clientAddress(),
                session.clientVersion(),
                terms,
                session.startedAt(),
                session.endsAt());
        tx.update(
                "insert into recording (session_id, state, key_id) values (?, ?, ?)",
                session.id(),
                session.recording().state(),
                session.recording().key().orElse(null));
    }

    static Optional<Session> find(Rx rx, SessionId id) {
        return rx.one(SESSION + " where s.id = ?", SessionStore::session, id);
    }

    /** Held until the change commits: whoever else tells of this session waits. */
    static Optional<Session> held(Tx tx, SessionId id) {
        return tx.one(SESSION + " where s.id = ? for update of s", SessionStore::session, id);
    }

    static List<Session> list(Rx rx, SessionFilter filter, Slice slice) {
        return rx.list(
                SESSION + """
                           where (?::text is null or s.person_id = ?)
                             and (?::text is null or p.name = ?)
                             and (?::text is null or s.target_name = ?)
                             and (?::text is null or s.grant_id = ?)
                             and (not ? or s.state = 'open')
                             and\s""" + slice.condition(LIST) + " order by "
                        + slice.order().by(LIST) + " limit ?",
                SessionStore::session,
                filter.person().map(PersonId::value).orElse(null),
                filter.person().map(PersonId::value).orElse(null),
                filter.personName().orElse(null),
                filter.personName().orElse(null),
                filter.target().orElse(null),
                filter.target().orElse(null),
                filter.grant().map(GrantId::value).orElse(null),
                filter.grant().map(GrantId::value).orElse(null),
                filter.live(),
                slice.from(),
                slice.from(),
                slice.limit());
    }

    static List<Session> byId(Rx rx, List<String> ids) {
        return rx.list(SESSION + " where s.id = any(?::text[]) order by s.id desc", SessionStore::session, ids);
    }

    static List<Session.Command> commands(Rx rx, SessionId id, int limit) {
        return rx.list(
                "select * from session_command where session_id = ? order by at, place limit ?",
                SessionStore::command,
                id,
                limit);
    }

    /** The last command that is known of each of these. */
    static Map<SessionId, Session.Command> last(Rx rx, List<SessionId> ids) {
        record Last(SessionId session, Session.Command command) {}
        return rx
                .list(
                        """
                        select c.* from unnest(?::text[]) as s(id) cross join lateral
                               (select * from session_command where session_id = s.id order by place desc limit 1) c
                        """,
                        row -> new Last(new SessionId(row.getString("session_id")), command(row)),
                        ids.stream().map(SessionId::value).toList())
                .stream()
                .collect(Collectors.toMap(Last::session, Last::command));
    }

    static Session.Command command(ResultSet row) throws SQLException {
        return new Session.Command(
                Rows.instant(row, "at"),
                row.getInt("channel"),
                row.getString("command"),
                row.getBoolean("exact"),
                Optional.ofNullable(row.getObject("exit_status", Integer.class)),
                Optional.ofNullable(row.getString("pattern")),
                row.getBoolean("blocked"));
    }

    static List<Session.File> files(Rx rx, SessionId id, int limit) {
        return rx.list(
                "select * from session_file where session_id = ? order by at, place limit ?",
                row -> new Session.File(
                        Rows.instant(row, "at"),
                        row.getInt("channel"),
                        row.getString("operation"),
                        row.getString("path"),
                        row.getLong("bytes"),
                        Optional.ofNullable(row.getString("sha256"))),
                id,
                limit);
    }

    static Session session(ResultSet row) throws SQLException {
        return new Session(
                new SessionId(row.getString("id")),
                row.getString("state").equals("open"),
                row.getString("gateway_id"),
                row.getString("gateway_name"),
                new GrantId(row.getString("grant_id")),
                new RequestId(row.getString("request_id")),
                new PersonId(row.getString("person_id")),
                row.getString("person_name"),
                row.getString("target_name"),
                row.getString("login"),
                row.getString("client_address"),
                row.getString("client_version"),
                Terms.of(Spec.of(row.getString("terms"))),
                row.getBoolean("paused"),
                Rows.instant(row, "started_at"),
                Rows.instant(row, "ends_at"),
                Optional.ofNullable(Rows.instantOrNull(row, "ended_at")),
                Optional.ofNullable(row.getString("end_reason")),
                Optional.ofNullable(row.getString("end_detail")),
                row.getLong("bytes_in"),
                row.getLong("bytes_out"),
                new Session.Recording(
                        row.getString("r_state"),
                        Optional.ofNullable(row.getString("key_id")),
                        Optional.ofNullable(row.getString("location")),
                        row.getLong("chunks"),
                        row.getLong("bytes"),
                        row.getLong("duration_ms"),
                        Optional.ofNullable(row.getString("sha256")),
                        new Spec(Json.object("{\"l\":" + row.getString("gaps") + "}")).texts("l")));
    }
}
