package dev.sallyport.session;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.SessionId;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds texts in what sessions showed and in what was run in them, over all sessions that a filter lets through. */
final class SessionSearch {
    /** Moments that are told of one session. */
    private static final int MOMENTS = 20;

    private static final Order.Of LIST = Order.Of.byAge("session", "s");

    private static final String FILTERED = """
             and (?::text is null or s.person_id = ?)
             and (?::text is null or exists (select 1 from person p where p.id = s.person_id and p.name = ?))
             and (?::text is null or s.target_name = ?)
             and (?::text is null or s.grant_id = ?)
             and (not ? or s.state = 'open')
            """;

    private static final String SHOWED = "t.grams @> ?::int4[] and position(? in lower(t.lead || t.body)) > 0";

    private SessionSearch() {}

    /**
     * Sessions that showed a text.
     *
     * @param wanted folded
     */
    static List<GatewaySessions.Found> showed(Rx rx, SessionFilter filter, String wanted, Slice slice) {
        List<Object> values = values(filter);
        values.addAll(Arrays.asList(slice.from(), slice.from(), Grams.of(wanted), wanted, slice.limit()));
        List<String> ids = rx.list(
                "select s.id from session s where true" + FILTERED + " and " + slice.condition(LIST)
                        + " and s.id in (select t.session_id from recording_text t where " + SHOWED + ") order by "
                        + slice.order().by(LIST) + " limit ?",
                row -> row.getString(1),
                values.toArray());
        Map<String, List<Long>> moments = moments(rx, ids, wanted);
        Map<String, Session> sessions = SessionStore.byId(rx, ids).stream()
                .collect(Collectors.toMap(session -> session.id().value(), session -> session));
        return ids.stream()
                .flatMap(id -> Optional.ofNullable(sessions.get(id)).stream())
                .map(session -> new GatewaySessions.Found(
                        session, moments.getOrDefault(session.id().value(), List.of())))
                .toList();
    }

    private static Map<String, List<Long>> moments(Rx rx, List<String> ids, String wanted) {
        record Moment(String session, long offset) {}
        return rx
                .list(
                        "select s.id, t.offset_ms from unnest(?::text[]) as s(id) cross join lateral"
                                + " (select t.offset_ms from recording_text t where t.session_id = s.id and " + SHOWED
                                + " order by t.offset_ms limit " + MOMENTS + ") t",
                        row -> new Moment(row.getString(1), row.getLong(2)),
                        ids,
                        Grams.of(wanted),
                        wanted)
                .stream()
                .collect(Collectors.groupingBy(
                        Moment::session, Collectors.mapping(Moment::offset, Collectors.toList())));
    }

    /**
     * Commands, of the newest sessions first, the last first.
     *
     * @param wanted folded; empty for all
     */
    static List<GatewaySessions.Ran> ran(
            Rx rx, SessionFilter filter, String wanted, Optional<GatewaySessions.Place> after, int limit) {
        List<Object> values = values(filter);
        after.ifPresent(place -> values.addAll(List.of(place.session(), place.number())));
        if (!wanted.isEmpty()) {
            values.addAll(Arrays.asList(Grams.of(wanted), wanted));
        }
        values.add(limit);
        return rx.list(
                "select c.*, s.started_at, s.target_name, s.login, p.name as person_name, s.grant_id"
                        + " from session_command c join session s on s.id = c.session_id"
                        + " join person p on p.id = s.person_id where true" + FILTERED
                        + (after.isPresent() ? " and (c.session_id, c.place) < (?, ?)" : "")
                        + (wanted.isEmpty()
                                ? ""
                                : " and (c.grams @> ?::int4[] or c.grams is null) and position(? in lower(c.command)) > 0")
                        + " order by c.session_id desc, c.place desc limit ?",
                row -> new GatewaySessions.Ran(
                        new GatewaySessions.Place(new SessionId(row.getString("session_id")), row.getLong("place")),
                        row.getString("person_name"),
                        row.getString("target_name"),
                        row.getString("login"),
                        dev.sallyport.database.Rows.instant(row, "started_at"),
                        SessionStore.command(row)),
                values.toArray());
    }

    private static List<Object> values(SessionFilter filter) {
        var values = new ArrayList<Object>();
        for (Object each : Arrays.asList(
                filter.person().map(PersonId::value).orElse(null),
                filter.personName().orElse(null),
                filter.target().orElse(null),
                filter.grant().map(GrantId::value).orElse(null))) {
            values.addAll(Arrays.asList(each, each));
        }
        values.add(filter.live());
        return values;
    }
}
