package dev.sallyport.request;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.decision.Kept;
import dev.sallyport.decision.RiskScore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an approver wants to know beside the request itself (RQ9).
 *
 * @param heldBy who else holds the same role on the same target now; the first {@value #NAMES}
 * @param held how often the requester was granted it in the time that is looked back
 * @param lastHeld when that began the last time
 * @param denied how often they were denied it in that time
 * @param risk how unusual it was to ask this, and why
 */
public record Background(
        List<String> heldBy, int held, Optional<Instant> lastHeld, int denied, Optional<RiskScore> risk) {
    /** How many names are told. */
    public static final int NAMES = 20;

    /** How far it looks back. */
    public static final Duration BACK = Duration.ofDays(90);

    static Background of(Rx rx, PersonId requester, Item item) {
        Instant since = rx.now().minus(BACK);
        List<Instant> before = rx.list(
                """
                select starts_at from access_grant where person_id = ? and role_id = ? and target_id = ? and starts_at >= ?
                   and item_id <> ? order by starts_at desc
                """, row -> Rows.instant(row, "starts_at"), requester, item.role(), item.target(), since, item.id());
        return new Background(
                rx.list("""
                        select distinct p.name from access_grant g join person p on p.id = g.person_id
                         where g.role_id = ? and g.target_id = ? and g.state = 'active' and g.person_id <> ? order by 1 limit ?
                        """, row -> row.getString(1), item.role(), item.target(), requester, NAMES),
                before.size(),
                before.stream().findFirst(),
                Math.toIntExact(rx.count("""
                        select count(*) from request_item i join request r on r.id = i.request_id
                         where r.requester_id = ? and i.role_id = ? and i.target_id = ? and i.state = 'denied' and i.id <> ?
                           and r.created_at >= ?
                        """, requester, item.role(), item.target(), item.id(), since)),
                RequestStore.kept(rx, item.id()).flatMap(Kept::risk));
    }

    /** Whether this viewer is told: whoever decides or watches, and not who asked. */
    static boolean isFor(Request request, PersonId viewer) {
        return !request.requester().equals(viewer);
    }
}
