package dev.sallyport.database;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** A transaction that reads. Parameters may be instants, durations (as milliseconds), enums and lists of strings. */
public class Rx {
    private final JdbcTemplate jdbc;
    private final Clock clock;
    private @Nullable Instant now;

    Rx(JdbcTemplate jdbc, Clock clock) {
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
            known = clock.read();
            now = known;
        }
        return known;
    }

    /** The column of {@link #listNow} that holds the database's time. */
    public static final String NOW = "now() as tx_now";

    /** Where the time of a transaction comes from. */
    interface Clock {
        /** Asks the database. */
        Instant read();

        /** What the database said, as time here. */
        Instant of(Instant database);
    }

    /** As {@link #list}, for a statement that selects {@link #NOW}: its first row also says what time it is. */
    public final <T> List<T> listNow(String sql, Rows.Mapper<T> mapper, @Nullable Object... parameters) {
        return list(
                sql,
                row -> {
                    if (now == null) {
                        now = clock.of(Rows.instant(row, "tx_now"));
                    }
                    return mapper.map(row);
                },
                parameters);
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
