package dev.sallyport.risk;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.SignIn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Reads histories: three statements, each with a limit. */
final class HistoryStore {
    private HistoryStore() {}

    static History of(Rx rx, PersonId person) {
        Instant since = rx.now().minus(History.BACK);
        List<String> peers = rx.list("""
                select distinct theirs.person_id from group_member mine join group_member theirs on theirs.group_id = mine.group_id
                 where mine.person_id = ? and theirs.person_id <> ? limit ?
                """, row -> row.getString(1), person, person, History.PEERS_MAX);
        return new History(items(rx, person, since), peers.size(), new HashSet<>(held(rx, peers, since)));
    }

    private static List<History.Past> items(Rx rx, PersonId person, Instant since) {
        return rx.list(
                """
                select r.id, r.created_at, r.duration_ms, i.role_id, i.target_id, i.state,
                       i.facts #>> '{facts,context,address}' as address
                  from (select * from request where requester_id = ? order by id desc limit ?) r
                  join request_item i on i.request_id = r.id
                 where r.created_at >= ? order by i.id desc limit ?
                """,
                row -> new History.Past(
                        row.getString("id"),
                        Rows.instant(row, "created_at"),
                        Rows.millis(row, "duration_ms"),
                        right(row),
                        row.getString("state").equals("denied"),
                        row.getString("state").equals("approved"),
                        Optional.ofNullable(row.getString("address")).map(SignIn::network)),
                person,
                History.ITEMS_MAX,
                since,
                History.ITEMS_MAX);
    }

    private static List<History.Right> held(Rx rx, List<String> peers, Instant since) {
        return rx.list("""
                select distinct role_id, target_id from access_grant
                 where person_id = any(?::text[]) and (starts_at >= ? or state = 'active') limit ?
                """, HistoryStore::right, peers, since, History.RIGHTS_MAX);
    }

    private static History.Right right(ResultSet row) throws SQLException {
        return new History.Right(new RoleId(row.getString("role_id")), new TargetId(row.getString("target_id")));
    }
}
