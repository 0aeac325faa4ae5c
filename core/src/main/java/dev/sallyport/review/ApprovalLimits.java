package dev.sallyport.review;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * From where on somebody's way of approving is a finding.
 *
 * @param window how far it is looked back
 * @param least how many words somebody must have given before shares of them mean anything
 * @param perDay the most words on one day
 * @param quick a word within this after its stage opened is one without much looking
 * @param quickPercent how many of those are too many
 * @param offHoursPercent how many words outside of working hours are too many
 * @param pairs how often two persons may approve for each other
 * @param zone where working hours, {@code from} to {@code until} on Monday to Friday, are meant
 */
public record ApprovalLimits(
        Duration window,
        int least,
        int perDay,
        Duration quick,
        int quickPercent,
        int offHoursPercent,
        int pairs,
        ZoneId zone,
        LocalTime from,
        LocalTime until) {
    private static final Duration WINDOW_MAX = Duration.ofDays(90);

    public static final ApprovalLimits DEFAULT = new ApprovalLimits(
            Duration.ofDays(30),
            10,
            50,
            Duration.ofSeconds(20),
            50,
            50,
            5,
            ZoneOffset.UTC,
            LocalTime.of(7, 0),
            LocalTime.of(20, 0));

    public ApprovalLimits {
        if (!window.isPositive() || window.compareTo(WINDOW_MAX) > 0) {
            throw wrong("window", window, "up to 90d");
        }
        if (quick.isNegative()) {
            throw wrong("quick", quick, "0s or more");
        }
        positive("least", least);
        positive("per_day", perDay);
        positive("pairs", pairs);
        percent("quick_percent", quickPercent);
        percent("off_hours_percent", offHoursPercent);
        if (!from.isBefore(until)) {
            throw wrong("from", from, "before until, " + until);
        }
    }

    private static void positive(String key, int value) {
        if (value < 1) {
            throw wrong(key, value, "1 or more");
        }
    }

    private static void percent(String key, int value) {
        if (value < 1 || value > 100) {
            throw wrong(key, value, "1 to 100");
        }
    }

    private static IllegalArgumentException wrong(String key, Object value, String expected) {
        return new IllegalArgumentException("approvals." + key + ": " + value + " (expected: " + expected + ")");
    }

    boolean isOffHours(Instant at) {
        ZonedDateTime local = at.atZone(zone);
        return local.getDayOfWeek() == DayOfWeek.SATURDAY
                || local.getDayOfWeek() == DayOfWeek.SUNDAY
                || local.toLocalTime().isBefore(from)
                || !local.toLocalTime().isBefore(until);
    }
}
