package dev.sallyport.acceptance;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** What must hold in the database after a crash; each method returns the sentences that say what does not. */
@NullMarked
final class KillChecks {
    /** Everything with a life has exactly the events of the life it has had: a row without its event, or twice, is listed. */
    private static final String EVENTS_OF_ROWS = """
            with wanted (activity, subject, times) as (
                select 'grant.created', id, 1 from access_grant
                union all select 'grant.ending', id, (state in ('ending', 'ended'))::int from access_grant
                union all select 'grant.ended', id, (state = 'ended')::int from access_grant
                union all select 'lease.issued', id, 1 from lease
                union all select 'lease.closed', id, (state = 'closed')::int from lease
                union all select 'request.created', id, 1 from request
                union all select 'request.approved', r.id, count(i.id) filter (where i.state = 'approved')::int
                            from request r left join request_item i on i.request_id = r.id group by r.id),
            told (activity, subject) as (
                select activity, case split_part(activity, '.', 1)
                                     when 'grant' then grant_id when 'lease' then lease_id else request_id end
                  from event where outcome = 'success')
            select w.subject || ': ' || count(t.subject) || ' times ' || w.activity || ', not ' || w.times
              from wanted w left join told t on t.activity = w.activity and t.subject = w.subject
             group by w.activity, w.subject, w.times having count(t.subject) <> w.times
            """;

    private static final Map<String, String> EMPTY = Map.of(
            "events without what they tell of",
            """
            select id || ' ' || activity from event e
             where outcome = 'success'
               and (grant_id is not null and not exists (select 1 from access_grant g where g.id = e.grant_id)
                 or lease_id is not null and not exists (select 1 from lease l where l.id = e.lease_id)
                 or request_id is not null and not exists (select 1 from request r where r.id = e.request_id))
            """,
            "requests without items, approved items without a grant",
            """
            select id from request r where not exists (select 1 from request_item i where i.request_id = r.id)
            union all
            select id from request_item i where state = 'approved'
               and not exists (select 1 from access_grant g where g.item_id = i.id)
            """,
            "grants whose end is not in the feed just once",
            """
            select g.id || ' ' || g.state || ' ' || count(f.version) from access_grant g
              left join feed f on f.kind = 'grant ended' and f.subject = g.id
             group by g.id, g.state having count(f.version) <> (g.state in ('ending', 'ended'))::int
            """,
            "a feed with holes",
            "select version::text from feed_head where version <> (select count(*) from feed)",
            "leases cut before their time that are not on the revocation list",
            """
            select id from lease l where closing_at < expires_at and expires_at > now()
               and not exists (select 1 from ssh_revocation r where r.lease_id = l.id)
            """,
            "closing leases nobody works on, or work on leases that are not closing",
            """
            select coalesce(l.id, c.lease_id) from lease l full join lease_closing c on c.lease_id = l.id
             where (coalesce(l.state, '') = 'closing') <> (c.lease_id is not null)
            """,
            "ended grants with open leases",
            "select l.id from lease l join access_grant g on g.id = l.grant_id where g.state = 'ended' and l.state <> 'closed'",
            "certificates that outlive their grant",
            "select l.id from lease l join access_grant g on g.id = l.grant_id where l.expires_at > g.ends_at",
            "events without their personal part, or the reverse",
            """
            select coalesce(e.id, p.event_id) from event e full join event_personal p on p.event_id = e.id
             where e.id is null or p.event_id is null
            """);

    /** What has not come to its end yet although its time is over. */
    private static final String UNFINISHED = """
            select id || ' ' || state from access_grant
             where state = 'ending' or state = 'active' and ends_at < now() or state = 'scheduled' and starts_at < now()
            union all select id || ' ' || state from lease where state in ('issuing', 'closing')
            """;

    private KillChecks() {}

    /** A lease and its grant as they stand. */
    record Row(String lease, String grant, Instant expiresAt, String grantState, Instant grantEndsAt) {
        boolean hasEnded() {
            return grantState.equals("ended");
        }

        boolean runsUntil(Instant instant) {
            return grantState.equals("active") && grantEndsAt.isAfter(instant) && expiresAt.isAfter(instant);
        }
    }

    static List<String> unfinished(Connection sql) throws SQLException {
        return texts(sql, UNFINISHED);
    }

    /** Looks at one snapshot, so that what goes on meanwhile does not matter. */
    static List<String> violations(Connection sql, KillLedger ledger) throws SQLException {
        sql.setAutoCommit(false);
        sql.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        var found = new ArrayList<String>();
        texts(sql, EVENTS_OF_ROWS).forEach(text -> found.add("events: " + text));
        for (var check : EMPTY.entrySet()) {
            List<String> rows = texts(sql, check.getValue());
            if (!rows.isEmpty()) {
                found.add(check.getKey() + ": " + rows);
            }
        }
        found.addAll(takenBack(sql, ledger));
        sql.commit();
        sql.setAutoCommit(true);
        return found;
    }

    /** Answers that the database knows nothing of any more. */
    private static List<String> takenBack(Connection sql, KillLedger ledger) throws SQLException {
        var reasons = new HashMap<String, @Nullable String>();
        try (PreparedStatement query = sql.prepareStatement("select id, state, end_reason from access_grant");
                var rows = query.executeQuery()) {
            while (rows.next()) {
                boolean over = Set.of("ending", "ended").contains(rows.getString(2));
                reasons.put(rows.getString(1), over ? rows.getString(3) : "");
            }
        }
        var found = new ArrayList<String>();
        ledger.granted().stream()
                .filter(grant -> !reasons.containsKey(grant))
                .forEach(grant -> found.add("a grant that was answered is gone: " + grant));
        ledger.ended().forEach((grant, reason) -> {
            if (!reason.equals(reasons.get(grant))) {
                found.add("an end that was answered was taken back: " + grant + " " + reason + ", now "
                        + reasons.get(grant));
            }
        });
        Map<String, Row> leases = leases(sql);
        for (KillLedger.Certificate held : ledger.certificates()) {
            Row row = leases.get(held.lease());
            if (row == null
                    || !row.grant().equals(held.grant())
                    || !row.expiresAt().equals(held.expiresAt())
                    || !row.grantEndsAt().equals(held.grantEndsAt())) {
                found.add("a certificate somebody holds has no such lease: " + held + ", but " + row);
            }
        }
        return found;
    }

    /** All SSH leases by id. */
    static Map<String, Row> leases(Connection sql) throws SQLException {
        var found = new HashMap<String, Row>();
        try (PreparedStatement query = sql.prepareStatement("""
                        select l.id, l.grant_id, l.expires_at, g.state, g.ends_at
                          from lease l join access_grant g on g.id = l.grant_id
                        """);
                var rows = query.executeQuery()) {
            while (rows.next()) {
                found.put(
                        rows.getString(1),
                        new Row(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getObject(3, OffsetDateTime.class).toInstant(),
                                rows.getString(4),
                                rows.getObject(5, OffsetDateTime.class).toInstant()));
            }
        }
        return found;
    }

    /** Leases that were closing at this instant. */
    static Set<String> closingAt(Connection sql, Instant at) throws SQLException {
        return set(sql, "select id from lease where closing_at <= ? and (closed_at is null or closed_at > ?)", at, at);
    }

    /** Leases that were issued in the last moments before it. */
    static Set<String> issuedUntil(Connection sql, Instant at) throws SQLException {
        return set(sql, "select id from lease where issued_at between ? and ?", at.minusSeconds(1), at);
    }

    private static Set<String> set(Connection sql, String text, Instant one, Instant other) throws SQLException {
        try (PreparedStatement query = sql.prepareStatement(text)) {
            query.setObject(1, OffsetDateTime.ofInstant(one, ZoneOffset.UTC));
            query.setObject(2, OffsetDateTime.ofInstant(other, ZoneOffset.UTC));
            return new HashSet<>(texts(query));
        }
    }

    private static List<String> texts(Connection sql, String text) throws SQLException {
        try (PreparedStatement query = sql.prepareStatement(text)) {
            return texts(query);
        }
    }

    private static List<String> texts(PreparedStatement query) throws SQLException {
        var found = new ArrayList<String>();
        try (var rows = query.executeQuery()) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
