package dev.sallyport.audit;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Json;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Spec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the audit log: pages newest first, one event, or everything as it comes. */
public final class AuditSearch {
    private static final String EVENT = """
            select e.id, e.happened_at, e.recorded_at, e.class, e.activity, e.outcome, e.actor_person, e.target, e.body,
                   encode(e.leaf_hash, 'hex') as leaf_hash, e.xid, e.position, p.fields
              from event e left join event_personal p on p.event_id = e.id
            """;
    private static final Pattern PLACE = Pattern.compile("(\\d{1,19})\\.(\\d{1,19})");

    private AuditSearch() {}

    /**
     * By when they were recorded. What belongs to a request is found by its indexes first: whoever asks whether each event
     * belongs to one, or to one of its grants or leases, has the whole log read.
     *
     * @param slice which goes on after a place of {@link #cursor}
     */
    public static List<RecordedEvent> page(Rx rx, AuditFilter filter, Slice slice) {
        Optional<Cursor> cursor = slice.after().map(Cursor::parse);
        boolean newest = slice.order() == Order.NEWEST;
        return rx.list(
                EVENT + """
                           where (?::timestamptz is null or e.recorded_at >= ?)
                             and (?::timestamptz is null or e.recorded_at < ?)
                             and (?::text is null or e.id = any(array(
                                  select id from event where request_id = ?
                                  union select v.id from request_item i join access_grant g on g.item_id = i.id
                                          join event v on v.grant_id = g.id where i.request_id = ?
                                  union select v.id from request_item i join access_grant g on g.item_id = i.id
                                          join lease l on l.grant_id = g.id join event v on v.lease_id = l.id
                                         where i.request_id = ?)))
                             and (?::text is null or e.grant_id = ?)
                             and (?::text is null or e.lease_id = ?)
                             and (?::text is null or e.session_id = ?)
                             and (?::text is null or e.actor_person = ? or e.actor_person = (select id from person where name = ?))
                             and (?::text is null or e.activity = ? or e.activity like ?)
                             and (?::text is null or e.outcome = ?)
                             and (?::text is null or e.target = ?)
                             and (?::timestamptz is null or (e.recorded_at, e.id) %s (?, ?))
                           order by e.recorded_at %2$s, e.id %2$s limit ?
                          """.formatted(newest ? "<" : ">", newest ? "desc" : "asc"),
                AuditSearch::event,
                time(filter.since()),
                time(filter.since()),
                time(filter.until()),
                time(filter.until()),
                text(filter.request()),
                text(filter.request()),
                text(filter.request()),
                text(filter.request()),
                text(filter.grant()),
                text(filter.grant()),
                text(filter.lease()),
                text(filter.lease()),
                text(filter.session()),
                text(filter.session()),
                text(filter.actor()),
                text(filter.actor()),
                text(filter.actor()),
                text(filter.activity()),
                text(filter.activity()),
                filter.activity().map(activity -> activity + ".%").orElse(null),
                text(filter.outcome()),
                text(filter.outcome()),
                text(filter.target()),
                text(filter.target()),
                cursor.map(Cursor::at).orElse(null),
                cursor.map(Cursor::at).orElse(null),
                cursor.map(Cursor::id).orElse(null),
                slice.limit());
    }

    public static Optional<RecordedEvent> event(Rx rx, String id) {
        return rx.one(EVENT + " where e.id = ?", AuditSearch::event, id);
    }

    /** Where a page that ended with this event goes on. */
    public static String cursor(RecordedEvent last) {
        return last.recordedAt().toEpochMilli() + "." + last.id();
    }

    /**
     * Oldest first after a place, for those who follow. An event is shown once every change that began before its own is
     * done, so that nothing can appear behind a place already passed.
     */
    public static List<RecordedEvent> tail(Rx rx, String after, int limit) {
        var place = PLACE.matcher(after);
        if (!place.matches() || new java.math.BigInteger(place.group(2)).bitLength() > 63) {
            throw InputRefusal.INVALID_VALUE.because(
                    "after: " + Text.quoted(after) + " (expected: a place such as 1234.567)");
        }
        return rx.list(EVENT + """
                           where (e.xid, e.position) > (?::xid8, ?) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
                           order by e.xid, e.position limit ?
                          """, AuditSearch::event, place.group(1), Long.parseLong(place.group(2)), limit);
    }

    /** The place behind everything there is now. */
    public static String end(Rx rx) {
        return rx.one("select pg_snapshot_xmin(pg_current_snapshot())::text", row -> row.getString(1))
                .map(xid -> (Long.parseLong(xid) - 1) + "." + Long.MAX_VALUE)
                .orElseThrow();
    }

    /** What kinds of things happened since a time, each once; nothing if there were more events than that. */
    public static Optional<Set<String>> activities(Rx rx, Instant since, int most) {
        List<String> activities = rx.list(
                "select activity from event where recorded_at > ? order by recorded_at limit ?",
                row -> row.getString(1),
                since,
                most + 1);
        return activities.size() > most ? Optional.empty() : Optional.of(Set.copyOf(activities));
    }

    /**
     * What kinds of things there are to be seen that were not then, each once; nothing if there are more events than that.
     *
     * @param since what is older is not told of, whatever was seen
     */
    public static Optional<Set<String>> activities(Rx rx, Seen seen, Instant since, int most) {
        List<String> activities = rx.list(
                """
                select activity from event
                 where recorded_at > ? and xid >= ?::xid8 and (xid >= ?::xid8 or xid = any(?::text[]::xid8[]))
                 order by xid limit ?
                """,
                row -> row.getString(1),
                since,
                Long.toString(seen.below()),
                Long.toString(seen.next()),
                seen.running().stream().map(String::valueOf).toList(),
                most + 1);
        return activities.size() > most ? Optional.empty() : Optional.of(Set.copyOf(activities));
    }

    private record Cursor(Instant at, String id) {
        static Cursor parse(String text) {
            int dot = text.indexOf('.');
            if (dot < 1 || dot > 15 || !text.substring(0, dot).chars().allMatch(Character::isDigit)) {
                throw InputRefusal.INVALID_VALUE.because(
                        "after: " + Text.quoted(text) + " (expected: the 'next' of an earlier page)");
            }
            return new Cursor(Instant.ofEpochMilli(Long.parseLong(text.substring(0, dot))), text.substring(dot + 1));
        }
    }

    private static RecordedEvent event(ResultSet row) throws SQLException {
        return new RecordedEvent(
                row.getString("id"),
                Rows.instant(row, "happened_at"),
                Rows.instant(row, "recorded_at"),
                EventType.OcsfClass.of(row.getInt("class")).label(),
                row.getString("activity"),
                row.getString("outcome"),
                Optional.ofNullable(row.getString("actor_person")),
                Optional.ofNullable(row.getString("target")),
                Spec.of(new String(row.getBytes("body"), java.nio.charset.StandardCharsets.UTF_8)),
                personal(row.getString("fields")),
                row.getString("leaf_hash"),
                row.getString("xid") + "." + row.getLong("position"));
    }

    private static Map<String, String> personal(@Nullable String fields) {
        var values = new TreeMap<String, String>();
        if (fields != null) {
            var all = new Spec(Json.object(fields));
            all.tree().keySet().forEach(key -> all.at(key).text("value").ifPresent(value -> values.put(key, value)));
        }
        return values;
    }

    private static @Nullable Instant time(Optional<Instant> time) {
        return time.orElse(null);
    }

    private static @Nullable String text(Optional<String> text) {
        return text.orElse(null);
    }
}
