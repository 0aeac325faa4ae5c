package dev.sallyport.audit;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Rx;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** How often something happened, day by day. */
public final class AuditCounts {
    /** The most days that are counted at once. */
    public static final int DAYS_MAX = 92;

    /** The most activities that are counted at once. */
    public static final int ACTIVITIES_MAX = 20;

    private static final int ACTIVITY_MAX = 100;

    private AuditCounts() {}

    /**
     * @param counts one for each day from the first on; the last day is not over yet
     */
    public record Series(String activity, List<Long> counts) {
        public Series {
            counts = List.copyOf(counts);
        }

        public long total() {
            return counts.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** @param day the first is 1 */
    private record Counted(String activity, int day, long events) {}

    /** The first day of so many that end with today. */
    public static LocalDate first(Instant now, int days, ZoneId zone) {
        return LocalDate.ofInstant(now, zone).minusDays(days - 1L);
    }

    /**
     * The last days up to today, as they are in a zone.
     *
     * @throws dev.sallyport.base.Refusal {@code input.invalid-value} beyond the limits
     */
    public static List<Series> daily(Rx rx, List<String> activities, int days, ZoneId zone) {
        if (days < 1 || days > DAYS_MAX) {
            throw InputRefusal.INVALID_VALUE.because("days: " + days + " (expected: 1 to " + DAYS_MAX + ")");
        }
        if (activities.isEmpty() || activities.size() > ACTIVITIES_MAX) {
            throw InputRefusal.INVALID_VALUE.because("activity: " + Text.quoted(String.join(",", activities))
                    + " (expected: 1 to " + ACTIVITIES_MAX + " names with commas between, such as request.created)");
        }
        activities.forEach(activity -> Text.line("activity", activity, 1, ACTIVITY_MAX));
        LocalDate first = first(rx.now(), days, zone);
        Map<String, long[]> counts = new LinkedHashMap<>();
        activities.forEach(activity -> counts.put(activity, new long[days]));
        // where days begin is for the zone to say, and zones are ours: the database knows others by the same names
        List<String> begins = Stream.iterate(first, day -> day.plusDays(1))
                .limit(days)
                .map(day -> day.atStartOfDay(zone).toInstant().toString())
                .toList();
        List<Counted> counted = rx.list(
                """
                select activity, width_bucket(recorded_at, ?::text[]::timestamptz[]) as day, count(*) as events
                  from event where activity = any(?) and recorded_at >= ?::timestamptz group by 1, 2
                """,
                row -> new Counted(row.getString("activity"), row.getInt("day"), row.getLong("events")),
                begins,
                List.copyOf(counts.keySet()),
                begins.getFirst());
        for (Counted each : counted) {
            Objects.requireNonNull(counts.get(each.activity()))[each.day() - 1] += each.events();
        }
        return counts.entrySet().stream()
                .map(entry -> new Series(
                        entry.getKey(),
                        java.util.Arrays.stream(entry.getValue()).boxed().toList()))
                .toList();
    }
}
