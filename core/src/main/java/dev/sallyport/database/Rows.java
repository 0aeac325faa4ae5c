package dev.sallyport.database;

import dev.sallyport.base.Id;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads columns in our types, and turns our types into parameters. */
public final class Rows {
    private Rows() {}

    /** Makes one value of a row; may throw what the driver throws. */
    @FunctionalInterface
    public interface Mapper<T extends @Nullable Object> {
        T map(ResultSet row) throws SQLException;
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** A column that holds whole milliseconds. */
    public static Duration millis(ResultSet row, String column) throws SQLException {
        return Duration.ofMillis(row.getLong(column));
    }

    public static List<String> strings(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    /** A constant as it stands in a column: {@code TARGET_GONE} is {@code target gone}. */
    public static String stored(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    static @Nullable Object parameter(@Nullable Object value) {
        return switch (value) {
            case Instant instant -> OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
            case Duration duration -> duration.toMillis();
            case Enum<?> constant -> stored(constant);
            case List<?> list -> list.toArray(String[]::new);
            case Id id -> id.value();
            case null -> null;
            default -> value;
        };
    }
}
