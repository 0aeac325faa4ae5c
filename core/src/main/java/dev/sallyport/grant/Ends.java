package dev.sallyport.grant;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.credential.RevocationList;
import dev.sallyport.database.Tx;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedKind;
import java.util.List;
import java.util.Locale;
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
    record Ending(GrantId id, String request, String target, String role, String person) {}

    private record Cut(LeaseId id, GrantId grant) {}

    /**
     * Sets those of the grants ending that still run. Rows are locked in the order of their ids, so that two who end the
     * same grants do not wait for each other in a circle.
     */
    List<Ending> begin(Tx tx, List<GrantId> grants, EndReason reason, @Nullable String comment) {
        List<String> ids = texts(grants);
        tx.list("select id from access_grant where id = any(?::text[]) order by id for update", _ -> true, ids);
        List<Ending> ending = tx.list(
                """
                update access_grant g set state = 'ending', end_reason = ?, end_comment = ?, ending_at = ?
                 where g.id = any(?::text[]) and g.state in ('scheduled', 'active')
                returning g.id, g.request_id, g.target_name, g.role_name, g.person_id
                """,
                row -> new Ending(
                        new GrantId(row.getString(1)),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5)),
                reason,
                comment,
                tx.now(),
                ids);
        if (ending.isEmpty()) {
            return ending;
        }
        Feed.appendAll(
                tx,
                FeedKind.GRANT_ENDED,
                ending.stream().map(end -> end.id().value()).toList());
        List<Cut> cut = cut(tx, ending.stream().map(Ending::id).toList());
        for (Ending end : ending) {
            audit.record(
                    tx,
                    Event.of(GrantEvent.ENDING)
                            .request(end.request())
                            .grant(end.id().value())
                            .target(end.target())
                            .data("role", end.role())
                            .data("person", end.person())
                            .data(
                                    "end_reason",
                                    reason.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                            .data(
                                    "leases_closing",
                                    cut.stream()
                                            .filter(lease -> lease.grant().equals(end.id()))
                                            .map(lease -> lease.id().value())
                                            .toList())
                            .personal("comment", comment));
        }
        finish(tx, ending.stream().map(Ending::id).toList());
        CrashPoint.reached("grant.ending");
        return ending;
    }

    /** Grants that are ending and have no open lease left have ended. */
    void finish(Tx tx, List<GrantId> grants) {
        tx.list(
                        """
                        update access_grant g set state = 'ended', ended_at = ?
                         where g.id = any(?::text[]) and g.state = 'ending'
                           and not exists (select 1 from lease l where l.grant_id = g.id and l.state <> 'closed')
                        returning g.id, g.request_id, g.target_name, g.role_name, g.person_id
                        """,
                        row -> new Ending(
                                new GrantId(row.getString(1)),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5)),
                        tx.now(),
                        texts(grants))
                .forEach(end -> audit.record(
                        tx,
                        Event.of(GrantEvent.ENDED)
                                .request(end.request())
                                .grant(end.id().value())
                                .target(end.target())
                                .data("role", end.role())
                                .data("person", end.person())));
    }

    /** Every open lease of the grants goes closing, and onto the revocation list if its certificate still lives. */
    private static List<Cut> cut(Tx tx, List<GrantId> grants) {
        List<Cut> cut = tx.list(
                """
                update lease set state = 'closing', closing_at = ?
                 where grant_id = any(?::text[]) and state in ('issuing', 'issued') returning id, grant_id
                """,
                row -> new Cut(new LeaseId(row.getString(1)), new GrantId(row.getString(2))),
                tx.now(),
                texts(grants));
        if (!cut.isEmpty()) {
            List<LeaseId> leases = cut.stream().map(Cut::id).toList();
            long version = RevocationList.add(tx, leases);
            tx.update(
                    """
                    insert into lease_closing (lease_id, target_id, feed_version, next_attempt_at)
                    select id, target_id, ?, ? from lease where id = any(?::text[])
                    """, version, tx.now(), leases.stream().map(LeaseId::value).toList());
        }
        return cut;
    }

    private static List<String> texts(List<GrantId> ids) {
        return ids.stream().map(GrantId::value).toList();
    }
}
