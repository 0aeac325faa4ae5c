package dev.sallyport.audit;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Rx;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How often something happened, day by day. */
public final class AuditCounts {
    /** The most days that are counted at once. */
    public static final int DAYS_MAX = 92;

    /** The most activities that are counted at once. */
    public static final int ACTIVITIES_MAX = 20;

    private static final int ACTIVITY_MAX = 100;

    /** After this nothing more is recorded in what is over: a change that began in it is done or was broken off. */
    private static final Duration SETTLED = Duration.ofHours(1);

    private static final int REMEMBERED = 20_000;

    /** What is over is counted once: what is recorded in it stays as it is. */
    private final Map<Counted, Long> over = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Counted, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** An activity between two instants. */
    private record Counted(String activity, Instant begins, Instant ends) {}

    /** @param day the place of the day that it is all of, or a part */
    private record Piece(Instant begins, Instant ends, int day) {}

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
        List<Piece> pieces = pieces(first, days, zone, rx.now());
        int known = remembered(counts, pieces);
        if (known < pieces.size()) {
            Map<String, long[]> counted = count(rx, List.copyOf(counts.keySet()), pieces.subList(known, pieces.size()));
            for (int i = known; i < pieces.size(); i++) {
                for (Map.Entry<String, long[]> each : counted.entrySet()) {
                    Objects.requireNonNull(counts.get(each.getKey()))[
                            pieces.get(i).day()] += each.getValue()[i - known];
                }
            }
            remember(counted, pieces.subList(known, pieces.size()), rx.now());
        }
        return counts.entrySet().stream()
                .map(entry -> new Series(
                        entry.getKey(), Arrays.stream(entry.getValue()).boxed().toList()))
                .toList();
    }

    /** Days that are over, and the hours of those that are not, or only just. */
    private static List<Piece> pieces(LocalDate first, int days, ZoneId zone, Instant now) {
        var pieces = new ArrayList<Piece>();
        for (int day = 0; day < days; day++) {
            // where days begin is for the zone to say, and zones are ours: the database knows others by the same names
            Instant begins = first.plusDays(day).atStartOfDay(zone).toInstant();
            Instant ends = first.plusDays(day + 1L).atStartOfDay(zone).toInstant();
            Duration step = isSettled(ends, now) ? Duration.between(begins, ends) : Duration.ofHours(1);
            for (Instant from = begins; from.isBefore(ends) && !from.isAfter(now); from = from.plus(step)) {
                Instant to = from.plus(step);
                pieces.add(new Piece(from, to.isBefore(ends) ? to : ends, day));
            }
        }
        return pieces;
    }

    private static boolean isSettled(Instant end, Instant now) {
        return end.isBefore(now.minus(SETTLED));
    }

    /** Fills in what is known; how many pieces from the first on need not be counted. */
    private synchronized int remembered(Map<String, long[]> counts, List<Piece> pieces) {
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            for (String activity : counts.keySet()) {
                if (!over.containsKey(new Counted(activity, piece.begins(), piece.ends()))) {
                    return i;
                }
            }
            counts.forEach((activity, row) -> row[piece.day()] +=
                    Objects.requireNonNull(over.get(new Counted(activity, piece.begins(), piece.ends()))));
        }
        return pieces.size();
    }

    private synchronized void remember(Map<String, long[]> counted, List<Piece> pieces, Instant now) {
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (isSettled(piece.ends(), now)) {
                int place = i;
                counted.forEach(
                        (activity, row) -> over.put(new Counted(activity, piece.begins(), piece.ends()), row[place]));
            }
        }
    }

    /** How often each activity happened in each of these pieces, which follow one another. */
    private static Map<String, long[]> count(Rx rx, List<String> activities, List<Piece> pieces) {
        record Row(String activity, int piece, long events) {}
        Map<String, long[]> counted = new LinkedHashMap<>();
        activities.forEach(activity -> counted.put(activity, new long[pieces.size()]));
        rx.list(
                        """
                        with pieces as materialized (select ?::text[]::timestamptz[] as begins)
                        select e.activity, width_bucket(e.recorded_at, p.begins) as piece, count(*) as events
                          from event e cross join pieces p
                         where e.activity = any(?) and e.recorded_at >= ?::timestamptz and e.recorded_at < ?::timestamptz
                         group by 1, 2
                        """,
                        row -> new Row(row.getString("activity"), row.getInt("piece"), row.getLong("events")),
                        pieces.stream().map(piece -> piece.begins().toString()).toList(),
                        activities,
                        pieces.getFirst().begins(),
                        pieces.getLast().ends())
                .forEach(row -> Objects.requireNonNull(counted.get(row.activity()))[row.piece() - 1] = row.events());
        return counted;
    }
}
