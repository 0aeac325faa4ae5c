package dev.sallyport.policy.code;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Hours of a week in one place of the world, without the dates on which it is closed. A time that the clock skips begins
 * when the clock goes on; one that comes twice counts from the first on.
 */
record Calendar(ZoneId zone, List<Window> windows, Set<LocalDate> closed) {
    /** How far ahead a change is looked for; who asks is told to look again then. */
    private static final int DAYS_AHEAD = 8;

    /**
     * Hours of some days; until a time that is not later than its start means until that time of the next day.
     *
     * @param until midnight at the day's end when it is 00:00
     */
    record Window(Set<DayOfWeek> days, LocalTime from, LocalTime until) {
        Window {
            days = Set.copyOf(days);
        }
    }

    private record Span(Instant start, Instant end) {
        boolean contains(Instant time) {
            return !time.isBefore(start) && time.isBefore(end);
        }
    }

    Calendar {
        windows = List.copyOf(windows);
        closed = Set.copyOf(closed);
    }

    boolean isOpen(Instant now) {
        return spans(now.atZone(zone).toLocalDate(), 0).stream().anyMatch(span -> span.contains(now));
    }

    /** A time after now before which it neither opens nor closes. */
    Instant next(Instant now) {
        return spans(now.atZone(zone).toLocalDate(), DAYS_AHEAD).stream()
                .flatMap(span -> java.util.stream.Stream.of(span.start(), span.end()))
                .filter(now::isBefore)
                .min(Instant::compareTo)
                .orElse(now.plus(Duration.ofDays(DAYS_AHEAD - 1)));
    }

    private List<Span> spans(LocalDate today, int ahead) {
        var spans = new ArrayList<Span>();
        for (LocalDate date = today.minusDays(1); !date.isAfter(today.plusDays(ahead)); date = date.plusDays(1)) {
            if (!closed.contains(date)) {
                for (Window window : windows) {
                    if (window.days().contains(date.getDayOfWeek())) {
                        spans.add(span(date, window));
                    }
                }
            }
        }
        return spans;
    }

    private Span span(LocalDate date, Window window) {
        boolean nextDay = !window.until().isAfter(window.from());
        return new Span(
                ZonedDateTime.of(date, window.from(), zone).toInstant(),
                ZonedDateTime.of(nextDay ? date.plusDays(1) : date, window.until(), zone)
                        .toInstant());
    }
}
