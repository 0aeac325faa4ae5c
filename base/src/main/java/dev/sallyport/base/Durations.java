package dev.sallyport.base;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lengths of time as people write them: {@code 1h30m} or ISO 8601 {@code PT1H30M}; both are read everywhere. */
public final class Durations {
    private static final Pattern SHORT = Pattern.compile(
            "(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,7})m)?(?:(\\d{1,9})s)?", Pattern.CASE_INSENSITIVE);

    private Durations() {}

    /**
     * Reads a positive duration.
     *
     * @throws Refusal {@code input.invalid-duration} naming the value, what was expected and an example
     */
    public static Duration parse(String field, String value) {
        Duration duration = read(field, value.strip());
        if (!duration.isPositive()) {
            throw InputRefusal.INVALID_DURATION.because(
                    field + ": " + Text.quoted(value) + " (expected: longer than 0)");
        }
        return duration;
    }

    /**
     * Reads a duration that may be none at all: {@code 0}, or {@code 0s}.
     *
     * @throws Refusal {@code input.invalid-duration} naming the value, what was expected and an example
     */
    public static Duration parseOrNone(String field, String value) {
        Duration duration = value.strip().equals("0") ? Duration.ZERO : read(field, value.strip());
        if (duration.isNegative()) {
            throw InputRefusal.INVALID_DURATION.because(
                    field + ": " + Text.quoted(value) + " (expected: not less than 0)");
        }
        return duration;
    }

    /**
     * Returns the duration if it is positive and within the limit.
     *
     * @throws Refusal {@code input.invalid-duration} naming value and limit
     */
    public static Duration within(String field, Duration value, Duration limit) {
        if (!value.isPositive() || value.compareTo(limit) > 0) {
            throw InputRefusal.INVALID_DURATION.because(
                    field + ": " + value + " (expected: <= " + limit + ")", "ask for at most " + shown(limit));
        }
        return value;
    }

    /** The duration as a person writes it: {@code 1h30m}, {@code 45s}; whole seconds. */
    public static String shown(Duration duration) {
        if (duration.isNegative()) {
            return "-" + shown(duration.negated());
        }
        var text = new StringBuilder();
        append(text, duration.toDaysPart(), 'd');
        append(text, duration.toHoursPart(), 'h');
        append(text, duration.toMinutesPart(), 'm');
        append(text, duration.toSecondsPart(), 's');
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static Duration read(String field, String value) {
        if (value.length() <= 40) {
            if (value.toUpperCase(Locale.ROOT).startsWith("P")) {
                try {
                    return Duration.parse(value);
                } catch (DateTimeParseException | ArithmeticException _) {
                    throw unreadable(field, value);
                }
            }
            var match = SHORT.matcher(value);
            if (!value.isEmpty() && match.matches()) {
                return Duration.ofDays(number(match.group(1)))
                        .plusHours(number(match.group(2)))
                        .plusMinutes(number(match.group(3)))
                        .plusSeconds(number(match.group(4)));
            }
        }
        throw unreadable(field, value);
    }

    private static Refusal unreadable(String field, String value) {
        return InputRefusal.INVALID_DURATION.because(
                field + ": " + Text.quoted(value) + " (expected: a duration such as 30m, 1h30m or PT1H)");
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static void append(StringBuilder text, long amount, char unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }
}
