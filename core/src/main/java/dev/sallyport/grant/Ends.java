package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.credential.RevocationList;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.database.Tx;
import dev.sallyport.decision.Decided;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedKind;
import dev.sallyport.finding.Findings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How grants end: first denied (state, feed and revocation list in one transaction), then closed at the target lease by
 * lease, and ended when the last one is confirmed.
 */
final class Ends {
    private final Audit audit;

    Ends(Audit audit) {
        this.audit = audit;
    }

    /** A grant that this change set ending. */
    record Ending(GrantId id, String request, String target, String role, String person) {
        private static final String COLUMNS = "g.id, g.request_id, g.target_name, g.role_name, g.person_id";

        private static Ending of(ResultSet row) throws SQLException {
            return new Ending(
                    new GrantId(row.getString(1)),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5));
        }

        private Event event(GrantEvent type) {
            return Event.of(type)
                    .request(request)
                    .grant(id.value())
                    .target(target)
                    .data("role", role)
                    .data("person", person);
        }
    }

    private record Cut(LeaseId id, GrantId grant, boolean dead) {}

    /**
     * Sets those of the grants ending that still run, and tells of them in the order given. Locks: the grants by id, then
     * their leases by id, and the head of the feed last of all.
     */
    List<Ending> begin(Tx tx, List<GrantId> grants, EndReason reason, @Nullable String comment) {
        return begin(tx, grants, reason, comment, Optional.empty());
    }

    /**
     * The same.
     *
     * @param by what the rules say to it, where they end it
     */
    List<Ending> begin(Tx tx, List<GrantId> grants, EndReason reason, @Nullable String comment, Optional<Decided> by) {
        lock(tx, grants);
        List<Ending> ending =
                inOrder(grants, tx.list("""
                update access_grant g
                   set state = 'ending', end_reason = ?, end_comment = ?, ending_at = ?, never_began = (g.state = 'scheduled')
                 where g.id = any(?::text[]) and g.state in ('scheduled', 'active')
                returning\s""" + Ending.COLUMNS, Ending::of, reason, comment, tx.now(), texts(grants)));
        if (ending.isEmpty()) {
            return ending;
        }
        List<GrantId> ids = ending.stream().map(Ending::id).toList();
        Feed.appendAll(tx, FeedKind.GRANT_ENDED, texts(ids));
        Map<GrantId, List<String>> cut = cut(tx, ids).stream()
                .collect(Collectors.groupingBy(
                        Cut::grant, Collectors.mapping(lease -> lease.id().value(), Collectors.toList())));
        String why = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        audit.recordAll(
                tx,
                ending.stream()
                        .map(end -> end.event(GrantEvent.ENDING)
                                .data("end_reason", why)
                                .data("leases_closing", cut.getOrDefault(end.id(), List.of()))
                                .data("policy", by.map(Decided::policy).orElse(null))
                                .data(
                                        "rules",
                                        by.map(decided -> decided.ruling().matched())
                                                .orElse(null))
                                .personal("comment", comment))
                        .toList());
        finish(tx, ids);
        new Findings(audit).closeAll(tx, Judging.AGAINST, texts(ids));
        CrashPoint.reached("grant.ending");
        return ending;
    }

    private static List<Ending> inOrder(List<GrantId> grants, List<Ending> ending) {
        var places = new HashMap<GrantId, Integer>();
        grants.forEach(grant -> places.putIfAbsent(grant, places.size()));
        return ending.stream()
                .sorted(Comparator.comparing(end -> places.getOrDefault(end.id(), Integer.MAX_VALUE)))
                .toList();
    }

    /** Takes the rows of the grants in the order of their ids, as everybody does who takes more than one. */
    static void lock(Tx tx, List<GrantId> grants) {
        tx.list(
                "select id from access_grant where id = any(?::text[]) order by id for update",
                _ -> true,
                texts(grants));
    }

    /**
     * Grants that are ending and have no open lease left have ended. Who closes leases holds their grants' rows, or two who
     * close the last two leases at once would each see the other's still open.
     */
    void finish(Tx tx, List<GrantId> grants) {
        List<Ending> ended = inOrder(grants, tx.list("""
                update access_grant g set state = 'ended', ended_at = ?
                 where g.id = any(?::text[]) and g.state = 'ending'
                   and not exists (select 1 from lease l where l.grant_id = g.id and l.state <> 'closed')
                returning\s""" + Ending.COLUMNS, Ending::of, tx.now(), texts(grants)));
        audit.recordAll(
                tx, ended.stream().map(end -> end.event(GrantEvent.ENDED)).toList());
    }

    /**
     * Every open lease of the grants goes closing. Those whose certificate may still be believed somewhere join the
     * revocation list; the dead ones need no list, and one that can only expire is not looked at before it has.
     */
    private static List<Cut> cut(Tx tx, List<GrantId> grants) {
        Instant dead = tx.now().minus(SshLeases.SKEW);
        List<Cut> cut = tx.list(
                """
                with open as (select id from lease where grant_id = any(?::text[]) and state in ('issuing', 'issued')
                               order by id for update)
                update lease l set state = 'closing', closing_at = ? from open where l.id = open.id
                returning l.id, l.grant_id, l.expires_at <= ?
                """,
                row -> new Cut(new LeaseId(row.getString(1)), new GrantId(row.getString(2)), row.getBoolean(3)),
                texts(grants),
                tx.now(),
                dead);
        if (cut.isEmpty()) {
            return cut;
        }
        tx.update(
                """
                insert into lease_closing (lease_id, target_id, feed_version, next_attempt_at)
                select id, target_id, 0, case when cut = 'expiry' then greatest(?, expires_at + make_interval(secs => ?)) else ? end
                  from lease where id = any(?::text[])
                """,
                tx.now(),
                SshLeases.SKEW.toSeconds(),
                tx.now(),
                cut.stream().map(lease -> lease.id().value()).toList());
        List<LeaseId> alive =
                cut.stream().filter(lease -> !lease.dead()).map(Cut::id).toList();
        if (!alive.isEmpty()) {
            RevocationList.add(
                    tx,
                    alive,
                    version -> tx.update(
                            "update lease_closing set feed_version = ? where lease_id = any(?::text[])",
                            version,
                            alive.stream().map(LeaseId::value).toList()));
        }
        return cut;
    }

    private static List<String> texts(List<GrantId> ids) {
        return ids.stream().map(GrantId::value).toList();
    }
}
