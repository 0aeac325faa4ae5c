package dev.sallyport.request;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The same window again and again (RQ8): each is an item of the request, decided by itself for its own time.
 *
 * @param times how many windows there are, the first included
 * @param zone in which a window begins at the same time of day, through changes to and from daylight saving
 */
public record Repeat(Every every, int times, ZoneId zone) {
    /** The most windows of one request. */
    public static final int TIMES_MAX = 31;

    /** How far windows are apart. */
    public enum Every {
        DAY(Duration.ofDays(1)),
        WEEK(Duration.ofDays(7));

        /** A change of the clock takes an hour of a day, and windows may not run into each other. */
        private static final Duration CHANGE = Duration.ofHours(1);

        private final Duration apart;

        Every(Duration apart) {
            this.apart = apart;
        }

        Duration longest() {
            return apart.minus(CHANGE);
        }

        private ZonedDateTime after(ZonedDateTime first, int windows) {
            return switch (this) {
                case DAY -> first.plusDays(windows);
                case WEEK -> first.plusWeeks(windows);
            };
        }

        /** As callers say it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Repeat {
        if (times < 2 || times > TIMES_MAX) {
            throw RequestRefusal.INVALID.because("repeat.times: " + times + " (expected: 2 to " + TIMES_MAX + ")");
        }
    }

    /** When each window begins, if the first one begins then. */
    List<Instant> starts(Instant first) {
        ZonedDateTime local = first.atZone(zone);
        return IntStream.range(0, times)
                .mapToObj(window -> every.after(local, window).toInstant())
                .toList();
    }
}
