package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A page of a list, and where the next one goes on. */
record Page<T>(List<T> items, @Nullable String next) {
    static final int LIMIT = 50;
    static final int LIMIT_MAX = 500;

    Page {
        items = List.copyOf(items);
    }

    /** The limit a caller asked for. */
    static int limit(@Nullable Integer asked) {
        int limit = asked == null ? LIMIT : asked;
        if (limit < 1 || limit > LIMIT_MAX) {
            throw InputRefusal.INVALID_VALUE.because("limit: " + limit + " (expected: 1 to " + LIMIT_MAX + ")");
        }
        return limit;
    }

    /** A full page has a next one. */
    static <R, T> Page<T> of(List<R> rows, int limit, Function<R, T> shown, Function<R, String> cursor) {
        return new Page<>(rows.stream().map(shown).toList(), rows.size() < limit ? null : cursor.apply(rows.getLast()));
    }
}
