package dev.sallyport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Search;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.request.Request;
import dev.sallyport.request.RequestFilter;
import dev.sallyport.testkit.TestDatabase;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an installation has seen in years makes nothing of today slower: no table of past things is read through. */
@NullMarked
class ScansTest {
    private static final int PAST = 5_000;

    /** What asking, deciding, judging and ending may read through of a table that grows. */
    private static final long FEW = 2_000;

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void thePastIsNotReadThrough() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("ops", 0), "developers");
        world.eligible(world.role("root", 1), "developers");
        past();

        Map<String, Long> before = read();
        for (Runnable each : today()) {
            each.run();
            world.settle();
        }
        Map<String, Long> after = read();

        after.replaceAll((table, rows) -> rows - before.getOrDefault(table, 0L));
        after.values().removeIf(rows -> rows <= FEW);
        assertThat(after).as("rows that were read in sequence, by table").isEmpty();
    }

    /** What people and servers do all day. */
    private List<Runnable> today() {
        var grant = new AtomicReference<GrantId>();
        var request = new AtomicReference<Request>();
        return List.of(
                () -> grant.set(world.grant(dev, "ops", "web-1", Duration.ofHours(1))),
                () -> request.set(world.ask(dev, "root", "web-1", Duration.ofHours(1))),
                () -> world.approve(lead, request.get()),
                () -> world.enforce(lead, "p", List.of(Map.of("name", "a", "effect", "allow", "approvals", "none"))),
                () -> world.requests.offers(dev, Search.ALL, 50),
                () -> world.requests.list(RequestFilter.of(dev), Slice.newest(20)),
                () -> world.requests.toDecide(lead, Slice.newest(20)),
                () -> world.requests.escalateDue(),
                () -> world.requests.escalateDeserted(),
                () -> world.approving.fallBackDue(),
                () -> world.reviews.list(true, Slice.newest(20)),
                () -> world.findings(),
                () -> world.grants.giveBack(world.actor(dev), grant.get(), dev),
                () -> world.leave(dev, "developers"),
                () -> world.later(Duration.ofHours(2)));
    }

    /** One request after another, approved, granted, used and over. */
    private void past() {
        PersonId veteran = world.person("veteran", "developers");
        Request request = world.approve(lead, world.ask(veteran, "root", "web-1", Duration.ofHours(1)));
        GrantId grant = request.items().getFirst().grant().orElseThrow();
        world.settle();
        world.grants.revoke(world.actor(dev), new EndSelector.OneGrant(grant), "enough");
        world.settle();
        String id = "lpad(i::text, 26, '0')";
        world.arrange(tx -> {
            copies(tx, "request", "'id', 'req_' || " + id);
            copies(tx, "request_item", "'id', 'itm_' || " + id + ", 'request_id', 'req_' || " + id);
            copies(tx, "approval_stage", "'item_id', 'itm_' || " + id);
            copies(tx, "approval", "'item_id', 'itm_' || " + id);
            copies(
                    tx,
                    "access_grant",
                    "'id', 'grt_' || " + id + ", 'item_id', 'itm_' || " + id + ", 'request_id', 'req_' || " + id);
            copies(tx, "finding", "'id', 'fnd_' || " + id + ", 'subject', 'grt_' || " + id + ", 'closed_at', now()");
        });
        analyze();
    }

    private void analyze() {
        TestDatabase database = world.testDatabase();
        try (var connection = DriverManager.getConnection(
                        database.jdbcUrl(),
                        database.owner().user(),
                        database.owner().password().reveal());
                var statement = connection.createStatement()) {
            statement.execute("analyze");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copies(Tx tx, String table, String other) {
        tx.update("""
                insert into %1$s select r.* from (select to_jsonb(t) as j from %1$s t limit 1) m, generate_series(1, ?) i,
                  lateral jsonb_populate_record(null::%1$s, m.j || jsonb_build_object(%2$s)) r
                """.formatted(table, other), PAST);
    }

    private Map<String, Long> read() {
        // what each connection counted is told by itself
        IntStream.range(0, 8)
                .mapToObj(_ -> CompletableFuture.runAsync(
                        () -> world.database.read(
                                rx -> rx.one("select pg_stat_force_next_flush(), pg_sleep(0.2)", row -> true)),
                        Thread::startVirtualThread))
                .toList()
                .forEach(CompletableFuture::join);
        var counts = new TreeMap<String, Long>();
        world.database
                .read(rx -> rx.list(
                        "select relname, seq_tup_read from pg_stat_user_tables where seq_tup_read is not null",
                        row -> Map.entry(row.getString(1), row.getLong(2))))
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }
}
