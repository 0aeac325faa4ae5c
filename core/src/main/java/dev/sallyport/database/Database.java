package dev.sallyport.database;

import dev.sallyport.base.InputRefusal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The only way to state: {@link #change} commits state and its event together or not at all, {@link #read} sees one
 * snapshot of committed rows. When the database is away both refuse with {@code unavailable.database}; a change that was
 * refused so may or may not have been committed only if the connection broke during the commit itself, which is why
 * callers' requests carry idempotency keys.
 */
public final class Database {
    /** How often a change is tried when the database chose it as the victim of a deadlock. */
    private static final int ATTEMPTS = 3;

    private final JdbcTemplate jdbc;
    private final PlatformTransactionManager manager;
    private final TransactionTemplate writing;
    private final TransactionTemplate reading;
    private final Supplier<Duration> offset;
    private final Rx.Clock clock = new DatabaseClock();
    private final LongAdder deadlocks = new LongAdder();

    /** The offset shifts {@link Rx#now()}; it is zero outside tests. */
    public Database(DataSource source, Supplier<Duration> offset) {
        this.jdbc = new JdbcTemplate(source);
        this.manager = new DataSourceTransactionManager(source);
        this.writing = new TransactionTemplate(manager);
        this.reading = new TransactionTemplate(manager);
        this.reading.setReadOnly(true);
        this.offset = offset;
    }

    public Database(DataSource source) {
        this(source, () -> Duration.ZERO);
    }

    /** Runs the work in one transaction; it may run again after a deadlock, so it has no effects of its own. */
    public <T extends @Nullable Object> T change(Actor actor, Function<Tx, T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return changeOnce(actor, work);
            } catch (DataAccessException | TransactionException e) {
                if (attempt < ATTEMPTS && isDeadlock(e)) {
                    deadlocks.increment();
                    continue;
                }
                throw refused(e);
            }
        }
    }

    /** As {@link #change}, for work without an answer. */
    public void run(Actor actor, Consumer<Tx> work) {
        this.<@Nullable Object>change(actor, tx -> {
            work.accept(tx);
            return null;
        });
    }

    public <T extends @Nullable Object> T read(Function<Rx, T> work) {
        try {
            return reading.execute(_ -> work.apply(new Rx(jdbc, clock)));
        } catch (DataAccessException | TransactionException e) {
            throw refused(e);
        }
    }

    /**
     * Runs one statement that is a transaction by itself and returns rows, in one round trip instead of three: for rows that
     * are no state worth an event ({@link ExemptTable}), such as a proof that was seen.
     */
    public <T> List<T> alone(String sql, Rows.Mapper<T> mapper, @Nullable Object... parameters) {
        for (String table : Sql.tablesWritten(sql)) {
            if (!ExemptTable.contains(table)) {
                throw new IllegalStateException("a change of " + table + " outside a change");
            }
        }
        try {
            return jdbc.query(sql, (row, _) -> mapper.map(row), Rx.bound(parameters));
        } catch (DataAccessException e) {
            throw refused(e);
        }
    }

    /** How many changes have been run again because of a deadlock; the order of locks is there to keep it at zero. */
    public long deadlocks() {
        return deadlocks.sum();
    }

    /** For framework stores that must join a change of ours. */
    public PlatformTransactionManager transactionManager() {
        return manager;
    }

    private <T extends @Nullable Object> T changeOnce(Actor actor, Function<Tx, T> work) {
        var committed = new java.util.concurrent.atomic.AtomicReference<@Nullable Tx>();
        T result = writing.execute(_ -> {
            var tx = new Tx(jdbc, clock, actor);
            T answer = work.apply(tx);
            tx.complete();
            committed.set(tx);
            return answer;
        });
        Tx tx = committed.get();
        if (tx != null) {
            tx.actionsAfterCommit().forEach(Runnable::run);
        }
        return result;
    }

    private final class DatabaseClock implements Rx.Clock {
        @Override
        public Instant read() {
            return of(java.util.Objects.requireNonNull(jdbc.queryForObject(
                    "select now()",
                    (row, _) -> row.getObject(1, java.time.OffsetDateTime.class).toInstant())));
        }

        @Override
        public Instant of(Instant database) {
            return database.plus(offset.get()).truncatedTo(ChronoUnit.MILLIS);
        }
    }

    private static boolean isDeadlock(Exception fault) {
        String state = sqlState(fault);
        return state.equals("40P01") || state.equals("40001");
    }

    private static RuntimeException refused(RuntimeException fault) {
        String state = sqlState(fault);
        if (state.equals("53100")) {
            return DatabaseRefusal.FULL.because(
                    "the database has no room left; nothing was changed", "free space, then try again");
        }
        if (state.equals("22021") || state.equals("22P05")) {
            return InputRefusal.INVALID_TEXT.because("a text holds U+0000 (expected: text without it)");
        }
        boolean away = state.startsWith("08")
                || state.startsWith("57P")
                || state.startsWith("53")
                || fault instanceof CannotCreateTransactionException
                || fault instanceof CannotGetJdbcConnectionException
                || fault instanceof TransactionSystemException; // not even a rollback got through
        return away
                ? DatabaseRefusal.AWAY.because("the database cannot be reached right now", "try again in a few seconds")
                : fault;
    }

    private static String sqlState(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }
}
