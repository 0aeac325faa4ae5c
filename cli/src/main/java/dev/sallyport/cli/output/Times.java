package dev.sallyport.cli.output;

import dev.sallyport.base.Durations;
import dev.sallyport.cli.shell.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** Times as the reader sees and types them: in the reader's zone, with what is left. */
public record Times(Instant now, ZoneId zone) {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm");
    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    /** {@code 14:05 (in 25m)}, {@code 2026-11-23 14:05 (in 1d)}, {@code 13:05 (35m ago)}; empty for an empty text. */
    public String relative(String time) {
        return read(time).map(this::relative).orElse(time);
    }

    public String relative(Instant at) {
        var distance = Duration.between(now, at);
        String shown = coarse(distance.abs());
        return plain(at) + (distance.isNegative() ? " (" + shown + " ago)" : " (in " + shown + ")");
    }

    /** {@code 14:05}, with the date when it is not today. */
    public String plain(String time) {
        return read(time).map(this::plain).orElse(time);
    }

    public String plain(Instant at) {
        ZonedDateTime there = at.atZone(zone);
        boolean today = there.toLocalDate().equals(LocalDate.ofInstant(now, zone));
        return (today ? CLOCK : FULL).format(there);
    }

    /** {@code 2026-11-22 14:05:09}: for logs. */
    public String full(String time) {
        return read(time)
                .map(at -> DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").format(at.atZone(zone)))
                .orElse(time);
    }

    /** What people type for a moment to come: {@code 14:30} (the next one), {@code 45m} from now, or RFC 3339. */
    public Instant future(String field, String text) {
        if (text.matches("\\d{1,2}:\\d{2}")) {
            var next = clockTime(field, text);
            return (next.toInstant().isAfter(now) ? next : next.plusDays(1)).toInstant();
        }
        return text.matches("\\d{4}-.*") ? moment(field, text) : now.plus(Durations.parse(field, text));
    }

    /** What people type for a moment gone by: {@code 14:30} (the last one), {@code 1d} ago, or RFC 3339. */
    public Instant past(String field, String text) {
        if (text.matches("\\d{1,2}:\\d{2}")) {
            var last = clockTime(field, text);
            return (last.toInstant().isAfter(now) ? last.minusDays(1) : last).toInstant();
        }
        return text.matches("\\d{4}-.*") ? moment(field, text) : now.minus(Durations.parse(field, text));
    }

    private ZonedDateTime clockTime(String field, String text) {
        try {
            return LocalTime.parse(text.length() == 4 ? "0" + text : text)
                    .atDate(LocalDate.ofInstant(now, zone))
                    .atZone(zone);
        } catch (DateTimeParseException _) {
            throw unreadable(field, text);
        }
    }

    private static Instant moment(String field, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException _) {
            throw unreadable(field, text);
        }
    }

    private static Failure unreadable(String field, String text) {
        return Failure.usage(
                field + ": " + dev.sallyport.base.Text.quoted(text)
                        + " (expected: a time such as 14:30, 45m or 2026-11-22T14:30:00Z)",
                null);
    }

    /** The two largest units, no seconds beyond a minute: what a person wants to know. */
    private static String coarse(Duration distance) {
        if (distance.compareTo(Duration.ofMinutes(1)) < 0) {
            return Durations.shown(Duration.ofSeconds(distance.toSeconds()));
        }
        if (distance.compareTo(Duration.ofDays(1)) < 0) {
            return Durations.shown(Duration.ofMinutes(distance.toMinutes()));
        }
        return Durations.shown(Duration.ofHours(distance.toHours()));
    }

    private static java.util.Optional<Instant> read(String time) {
        try {
            return java.util.Optional.of(Instant.parse(time));
        } catch (DateTimeParseException _) {
            return java.util.Optional.empty();
        }
    }
}
