package dev.sallyport.formats.document;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Names;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The sorts of text that documents of every kind are made of. */
public final class TextShapes {
    public static final Shape.Word NAME = new Shape.Word(
            "a name: 1 to " + Names.MAX + " lower-case letters, digits, '.', '_' or '-', such as web-1",
            value -> unlessRefused(() -> Names.check("name", value)));

    public static final Shape.Word TIME = new Shape.Word("a time such as 2027-01-31T08:00:00Z", TextShapes::time);

    private TextShapes() {}

    public static Shape.Word line(int min, int max) {
        return new Shape.Word(
                "one line of " + min + " to " + max + " characters",
                value -> unlessRefused(() -> Text.line("", value, min, max)));
    }

    public static Shape.Word matching(String expected, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return new Shape.Word(
                expected,
                value ->
                        Optional.of(value).filter(text -> compiled.matcher(text).matches()));
    }

    /** Stored in the short form: {@code PT90M} becomes {@code 1h30m}. */
    public static Shape.Word span(Duration min, Duration max) {
        String expected =
                "a duration such as 30m or PT1H, from " + Durations.shown(min) + " to " + Durations.shown(max);
        return new Shape.Word(
                expected,
                value -> unlessRefused(() -> {
                            Duration length = Durations.within("", Durations.parse("", value), max);
                            return length.compareTo(min) < 0 || !length.equals(length.truncatedTo(ChronoUnit.SECONDS))
                                    ? ""
                                    : Durations.shown(length);
                        })
                        .filter(shown -> !shown.isEmpty()));
    }

    /** The same, or none at all: it is stored as {@code 0s}. */
    public static Shape.Word spanOrNone(Duration min, Duration max) {
        Shape.Word some = span(min, max);
        return new Shape.Word(
                "0s, or " + some.expected(),
                value -> unlessRefused(() -> Durations.parseOrNone("", value).isZero() ? "0s" : "")
                        .filter(zero -> !zero.isEmpty())
                        .or(() -> some.reader().apply(value)));
    }

    private static Optional<String> time(String value) {
        try {
            var time = OffsetDateTime.parse(value).toInstant();
            boolean sane = time.isAfter(java.time.Instant.EPOCH) && time.getEpochSecond() < 32_503_680_000L;
            return sane ? Optional.of(time.truncatedTo(ChronoUnit.MILLIS).toString()) : Optional.empty();
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    /** What the reader gives, or nothing when it refuses. */
    public static Optional<String> unlessRefused(Supplier<String> read) {
        try {
            return Optional.of(read.get());
        } catch (Refusal _) {
            return Optional.empty();
        }
    }
}
