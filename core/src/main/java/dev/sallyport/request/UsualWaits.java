package dev.sallyport.request;

import dev.sallyport.base.RoleId;
import dev.sallyport.database.Rx;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How long people have lately taken to decide about a role (RQ1); from times alone, nobody's name is in it. */
final class UsualWaits {
    /** What lies further back says little about now. */
    static final Duration LOOKED_BACK = Duration.ofDays(90);

    /** The last decisions of each role that are looked at. */
    static final int LOOKED_AT = 50;

    /** With fewer decisions nothing is said: one person's one decision is not usual. */
    static final int FEWEST = 3;

    private UsualWaits() {}

    private record Of(RoleId role, UsualWait usual) {}

    /** For the roles of which enough is known. */
    static Map<RoleId, UsualWait> of(Rx rx, Collection<RoleId> roles) {
        if (roles.isEmpty()) {
            return Map.of();
        }
        List<Of> found = rx.list(
                """
                select r.id, w.decisions, w.half, w.most
                  from unnest(?::text[]) as r(id)
                 cross join lateral (
                       select count(*) as decisions,
                              percentile_disc(0.5) within group (order by took) as half,
                              percentile_disc(0.9) within group (order by took) as most
                         from (select (extract(epoch from i.decided_at
                                      - (select created_at from request q where q.id = i.request_id)) * 1000)::bigint as took
                                 from (select id, request_id, decided_at from request_item
                                        where role_id = r.id and state in ('approved', 'denied') and decided_at > ?
                                          and decision ->> 'effect' = 'approval'
                                        order by decided_at desc limit ?) i
                                where (select true from approval a where a.item_id = i.id limit 1)) lately) w
                 where w.decisions >= ?
                """,
                row -> new Of(
                        new RoleId(row.getString("id")),
                        new UsualWait(
                                Duration.ofMillis(row.getLong("half")),
                                Duration.ofMillis(row.getLong("most")),
                                row.getInt("decisions"))),
                roles.stream().map(RoleId::value).distinct().toList(),
                rx.now().minus(LOOKED_BACK),
                LOOKED_AT,
                FEWEST);
        return found.stream().collect(Collectors.toMap(Of::role, Of::usual));
    }
}
