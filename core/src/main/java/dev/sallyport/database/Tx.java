package dev.sallyport.database;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** A transaction that changes state: it commits only if what it changed has an event beside it. */
public final class Tx extends Rx {
    /** The table whose rows are the events. */
    private static final String EVENT = "event";

    private final Actor actor;
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final List<Runnable> last = new ArrayList<>();
    private final Map<Object, Kept<?>> kept = new LinkedHashMap<>();
    private @Nullable String stateWritten;
    private boolean eventWritten;
    private int attempts;

    Tx(JdbcTemplate jdbc, Clock clock, Actor actor) {
        super(jdbc, clock);
        this.actor = actor;
    }

    public Actor actor() {
        return actor;
    }

    /** Runs a statement and returns how many rows it changed. */
    public int update(String sql, @Nullable Object... parameters) {
        int rows = jdbc().update(sql, bound(parameters));
        after(sql, rows);
        return rows;
    }

    /** Does something once the change is durable, such as waking a worker; never state. */
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    /**
     * Does something in this transaction after all the rest of the work, in the order of the calls: for the one row that
     * everybody waits for, so that it is locked last and shortly (see "Locks" in docs/ARCHITECTURE.md).
     */
    public void last(Runnable action) {
        last.add(action);
    }

    /**
     * Keeps a row until the work is done, and then has all rows of the same key written together, in their order and before
     * what is {@link #last}: for rows that nothing in this transaction reads.
     */
    @SuppressWarnings("unchecked") // a key always comes with rows of one type
    public <T> void together(Object key, T row, Consumer<List<T>> write) {
        ((Kept<T>) kept.computeIfAbsent(key, _ -> new Kept<>(new ArrayList<T>(), write))).rows.add(row);
    }

    /**
     * Does something in this change, or nothing of it: when it throws, what it wrote and kept is undone, and the change can go
     * on.
     */
    public void attempt(Runnable work) {
        var before = new Mark(Map.copyOf(sizes()), afterCommit.size(), last.size(), stateWritten, eventWritten);
        String savepoint = "attempt_" + ++attempts;
        jdbc().execute("savepoint " + savepoint);
        try {
            work.run();
        } catch (RuntimeException e) {
            jdbc().execute("rollback to savepoint " + savepoint);
            goBack(before);
            throw e;
        }
        jdbc().execute("release savepoint " + savepoint);
    }

    /** How far the change had got. */
    private record Mark(
            Map<Object, Integer> kept,
            int afterCommit,
            int last,
            @Nullable String stateWritten,
            boolean eventWritten) {}

    private Map<Object, Integer> sizes() {
        var sizes = new HashMap<Object, Integer>();
        kept.forEach((key, rows) -> sizes.put(key, rows.rows().size()));
        return sizes;
    }

    private void goBack(Mark mark) {
        kept.forEach((key, rows) -> cut(rows.rows(), mark.kept().getOrDefault(key, 0)));
        cut(afterCommit, mark.afterCommit());
        cut(last, mark.last());
        stateWritten = mark.stateWritten();
        eventWritten = mark.eventWritten();
    }

    private static void cut(List<?> rows, int size) {
        rows.subList(size, rows.size()).clear();
    }

    private record Kept<T>(List<T> rows, Consumer<List<T>> write) {
        void flush() {
            if (!rows.isEmpty()) {
                write.accept(List.copyOf(rows));
                rows.clear();
            }
        }
    }

    @Override
    void before(String sql) {}

    /** A statement that writes says with its rows (by count, or by {@code returning}) whether it did. */
    @Override
    void after(String sql, int rows) {
        if (rows == 0) {
            return;
        }
        for (String table : Sql.tablesWritten(sql)) {
            if (table.equals(EVENT)) {
                eventWritten = true;
            } else if (!ExemptTable.contains(table)) {
                stateWritten = table;
            }
        }
    }

    /** Called when the work is done and before the commit. */
    void complete() {
        kept.values().forEach(Kept::flush);
        for (int i = 0; i < last.size(); i++) {
            last.get(i).run();
        }
        kept.values().forEach(Kept::flush);
        check();
    }

    private void check() {
        if (stateWritten != null && !eventWritten) {
            throw new IllegalStateException("a change of " + stateWritten + " without an event");
        }
    }

    List<Runnable> actionsAfterCommit() {
        return afterCommit;
    }
}
