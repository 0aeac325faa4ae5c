package dev.sallyport.database;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** A transaction that reads. Parameters may be instants, durations (as milliseconds), enums and lists of strings. */
public class Rx {
    private final JdbcTemplate jdbc;
    private final Supplier<Instant> clock;
    private @Nullable Instant now;

    Rx(JdbcTemplate jdbc, Supplier<Instant> clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * The time of this transaction: the database's, in milliseconds, plus the test offset. The only "now" of a change. The
     * database says when the transaction began whenever it is asked, so it is asked only by work that wants to know.
     */
    public final Instant now() {
        Instant known = now;
        if (known == null) {
            known = clock.get();
            now = known;
        }
        return known;
    }

    public <T> List<T> list(String sql, Rows.Mapper<T> mapper, @Nullable Object... parameters) {
        before(sql);
        List<T> rows = jdbc.query(sql, (row, _) -> mapper.map(row), bound(parameters));
        after(sql, rows.size());
        return rows;
    }

    /**
     * The only row, or nothing.
     *
     * @throws IllegalStateException when there is more than one
     */
    public <T> Optional<T> one(String sql, Rows.Mapper<T> mapper, @Nullable Object... parameters) {
        List<T> rows = list(sql, mapper, parameters);
        if (rows.size() > 1) {
            throw new IllegalStateException("more than one row: " + sql);
        }
        return rows.stream().findFirst();
    }

    public long count(String sql, @Nullable Object... parameters) {
        return one(sql, row -> row.getLong(1), parameters).orElse(0L);
    }

    public boolean exists(String sql, @Nullable Object... parameters) {
        return !list(sql, _ -> true, parameters).isEmpty();
    }

    void before(String sql) {
        if (!Sql.tablesWritten(sql).isEmpty()) {
            throw new IllegalStateException("a reading transaction may not write: " + sql);
        }
    }

    void after(String sql, int rows) {}

    final JdbcTemplate jdbc() {
        return jdbc;
    }

    static @Nullable Object[] bound(@Nullable Object[] parameters) {
        var bound = new @Nullable Object[parameters.length];
        for (int i = 0; i < parameters.length; i++) {
            bound[i] = Rows.parameter(parameters[i]);
        }
        return bound;
    }
}
