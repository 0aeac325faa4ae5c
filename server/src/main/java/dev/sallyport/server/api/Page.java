package dev.sallyport.server.api;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import java.util.List;
import java.util.Optional;
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

    /** A page of what is known whole; it goes on after as many rows as came before. */
    static <R, T> Page<T> part(List<R> all, @Nullable String after, int limit, Function<R, T> shown) {
        int from = Math.min(all.size(), rows(after));
        int to = Math.min(all.size(), from + limit);
        return new Page<>(
                all.subList(from, to).stream().map(shown).toList(), to < all.size() ? Integer.toString(to) : null);
    }

    /**
     * How many rows came before, where each page finds those again.
     *
     * @param most how far pages lead; a search finds the rest
     */
    static int rows(@Nullable String after, int most) {
        int before = rows(after);
        if (before > most) {
            throw InputRefusal.INVALID_VALUE.because(
                    "after: " + before + " (expected: at most " + most + ")", "search with q for what lies further on");
        }
        return before;
    }

    /** How many rows came before. */
    static int rows(@Nullable String after) {
        return number(after).map(Integer::valueOf).orElse(0);
    }

    /** Where a page goes on that is told by a number. */
    static Optional<String> number(@Nullable String after) {
        if (after == null || after.isEmpty()) {
            return Optional.empty();
        }
        if (!after.matches("[0-9]{1,9}")) {
            throw InputRefusal.INVALID_VALUE.because(
                    "after: " + Text.quoted(after) + " (expected: what the page before named as next)");
        }
        return Optional.of(after);
    }

    /** A full page has a next one. */
    static <R, T> Page<T> of(List<R> rows, int limit, Function<R, T> shown, Function<R, String> cursor) {
        return new Page<>(rows.stream().map(shown).toList(), rows.size() < limit ? null : cursor.apply(rows.getLast()));
    }
}
