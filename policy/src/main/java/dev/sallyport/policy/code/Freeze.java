package dev.sallyport.policy.code;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** A time in which nothing new is granted: between two instants, while a calendar is open, or both. */
record Freeze(Optional<Instant> from, Optional<Instant> until, Optional<Calendar> calendar) {
    boolean isOn(Instant now) {
        return from.map(start -> !now.isBefore(start)).orElse(true)
                && until.map(now::isBefore).orElse(true)
                && calendar.map(open -> open.isOpen(now)).orElse(true);
    }

    /** A time after now before which it neither begins nor ends; none when it never changes again. */
    Optional<Instant> next(Instant now) {
        return Stream.of(from, until, calendar.map(open -> open.next(now)))
                .flatMap(Optional::stream)
                .filter(now::isBefore)
                .min(Instant::compareTo);
    }
}
