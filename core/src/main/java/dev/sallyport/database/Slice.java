package dev.sallyport.database;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param after the id of the last row of the part before; nothing for the first part
 */
public record Slice(Order order, Optional<String> after, int limit) {
    public static Slice newest(int limit) {
        return new Slice(Order.NEWEST, Optional.empty(), limit);
    }

    /** As a parameter of a statement. */
    public @Nullable String from() {
        return after.orElse(null);
    }

    /** The end of a condition, with two parameters: {@link #from} both times. */
    public String condition(Order.Of list) {
        return "(?::text is null or " + order.after(list) + ")";
    }
}
