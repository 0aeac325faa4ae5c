package dev.sallyport.audit;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Rx;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
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

    /** After this nothing more is recorded in a day that is over: a change that began in it is done or was broken off. */
    private static final Duration SETTLED = Duration.ofHours(1);

    private static final int REMEMBERED = 20_000;

    /** Days that are over are counted once: what is recorded in them stays as it is. */
    private final Map<Day, Long> over = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Day, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** An activity on a day that begins and ends then. */
    private record Day(String activity, Instant begins, Instant ends) {}

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
    public List<Series> daily(Rx rx, List<String> activities, int days, ZoneId zone) {
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
        List<Instant> begins = Stream.iterate(first, day -> day.plusDays(1))
                .limit(days + 1L)
                .map(day -> day.atStartOfDay(zone).toInstant())
                .toList();
        int known = remembered(counts, begins);
        if (known < days) {
            count(rx, counts, begins.subList(known, days + 1), known);
            remember(counts, begins, rx.now());
        }
        return counts.entrySet().stream()
                .map(entry -> new Series(
                        entry.getKey(), Arrays.stream(entry.getValue()).boxed().toList()))
                .toList();
    }

    /** Fills in what is known; how many days from the first on need not be counted. */
    private synchronized int remembered(Map<String, long[]> counts, List<Instant> begins) {
        for (int day = 0; day < begins.size() - 1; day++) {
            for (Map.Entry<String, long[]> each : counts.entrySet()) {
                Long known = over.get(new Day(each.getKey(), begins.get(day), begins.get(day + 1)));
                if (known == null) {
                    return day;
                }
                each.getValue()[day] = known;
            }
        }
        return begins.size() - 1;
    }

    private synchronized void remember(Map<String, long[]> counts, List<Instant> begins, Instant now) {
        for (int day = 0; day < begins.size() - 1; day++) {
            if (begins.get(day + 1).isBefore(now.minus(SETTLED))) {
                for (Map.Entry<String, long[]> each : counts.entrySet()) {
                    over.put(new Day(each.getKey(), begins.get(day), begins.get(day + 1)), each.getValue()[day]);
                }
            }
        }
    }

    /**
     * @param begins of each day that is counted, and the end of the last
     * @param from the place of the first of them
     */
    private static void count(Rx rx, Map<String, long[]> counts, List<Instant> begins, int from) {
        List<Counted> counted = rx.list(
                """
                with days as materialized (select ?::text[]::timestamptz[] as begins)
                select e.activity, width_bucket(e.recorded_at, d.begins) as day, count(*) as events
                  from event e cross join days d
                 where e.activity = any(?) and e.recorded_at >= ?::timestamptz and e.recorded_at < ?::timestamptz group by 1, 2
                """,
                row -> new Counted(row.getString("activity"), row.getInt("day"), row.getLong("events")),
                begins.subList(0, begins.size() - 1).stream()
                        .map(Instant::toString)
                        .toList(),
                List.copyOf(counts.keySet()),
                begins.getFirst(),
                begins.getLast());
        counts.values().forEach(row -> Arrays.fill(row, from, row.length, 0));
        for (Counted each : counted) {
            Objects.requireNonNull(counts.get(each.activity()))[from + each.day() - 1] = each.events();
        }
    }
}
