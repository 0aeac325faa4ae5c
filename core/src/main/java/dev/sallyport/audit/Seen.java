package dev.sallyport.audit;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import dev.sallyport.database.Rx;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What of the log there was to be seen at a moment, exactly: the events of changes that had been done by then, and of no
 * others, whichever of them began first. As text it stands in addresses.
 *
 * @param below changes with a smaller number were done
 * @param next changes with this number or a greater one had not begun
 * @param running of those between, the ones that were not done yet
 */
public record Seen(long below, long next, List<Long> running) {
    /** Of more changes at once, all that began after the oldest of them count as not seen. */
    static final int RUNNING_MAX = 50;

    private static final Pattern FORM = Pattern.compile("\\d{1,19}:\\d{1,19}:(\\d{1,19}(,\\d{1,19})*)?");

    public Seen {
        running = List.copyOf(running);
    }

    /** What the caller sees from here on is at least as new. */
    public static Seen now(Rx rx) {
        String snapshot = rx.one("select pg_current_snapshot()::text", row -> row.getString(1))
                .orElseThrow();
        Seen seen = read(snapshot).orElseThrow();
        return seen.running.size() <= RUNNING_MAX ? seen : new Seen(seen.below, seen.below, List.of());
    }

    /** @throws dev.sallyport.base.Refusal {@code input.invalid-value} for what {@link #text} did not make */
    public static Seen of(String field, String text) {
        return read(text)
                .filter(seen -> seen.running.size() <= RUNNING_MAX && seen.below <= seen.next)
                .orElseThrow(() -> InputRefusal.INVALID_VALUE.because(field + ": " + Text.quoted(text)
                        + " (expected: a place in the log such as 1234:1240:1234,1237)"));
    }

    private static Optional<Seen> read(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        String[] parts = text.split(":", -1);
        List<BigInteger> numbers = Arrays.stream(text.split("[:,]"))
                .filter(number -> !number.isEmpty())
                .map(BigInteger::new)
                .toList();
        if (numbers.stream().anyMatch(number -> number.bitLength() > 63)) {
            return Optional.empty();
        }
        return Optional.of(new Seen(
                Long.parseLong(parts[0]),
                Long.parseLong(parts[1]),
                numbers.stream().skip(2).map(BigInteger::longValueExact).toList()));
    }

    public String text() {
        return below + ":" + next + ":" + running.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    public boolean has(RecordedEvent event) {
        return has(event.change());
    }

    boolean has(long change) {
        return change < below || change < next && !running.contains(change);
    }
}
