package dev.sallyport.grant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.request.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More grants that begin later than one step of a worker takes. */
@NullMarked
class ManyStartsTest {
    private static final int MANY = 2 * GrantWorker.BATCH + 1;
    private static final String SCHEDULED = "select count(*) from access_grant where state = 'scheduled'";

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId mate = world.person("mate", "developers");
    private final PersonId guard = world.person("guard", "security");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.target("web-2", Map.of("tier", "web"));
        world.eligible(world.role("ops", 0), "developers");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private GrantId planned(String target, Duration ahead) {
        Instant start = world.database.read(rx -> rx.now()).plus(ahead);
        return world.requests
                .ask(
                        world.actor(dev),
                        dev,
                        new Ask(
                                List.of(new Ask.Wanted("ops", target)),
                                Duration.ofHours(2),
                                Optional.of(start),
                                "later",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))
                .items()
                .getFirst()
                .grant()
                .orElseThrow();
    }

    /** As if it had been asked for so many times. */
    private void copies(GrantId grant, int count) {
        world.arrange(tx -> {
            tx.update("""
                    insert into request_item (id, request_id, role_id, role_name, target_id, target_name, state, decision,
                                              facts, decide_by, decided_at)
                    select 'itm_' || lpad(i::text, 26, '0'), t.request_id, t.role_id, t.role_name, t.target_id, t.target_name,
                           t.state, t.decision, t.facts, t.decide_by, t.decided_at
                      from access_grant g join request_item t on t.id = g.item_id, generate_series(1, ?) i where g.id = ?
                    """, count, grant);
            tx.update("""
                    insert into access_grant (id, state, person_id, role_id, role_name, target_id, target_name, request_id,
                                              item_id, terms, starts_at, ends_at)
                    select 'grt_' || lpad(i::text, 26, '0'), g.state, g.person_id, g.role_id, g.role_name, g.target_id,
                           g.target_name, g.request_id, 'itm_' || lpad(i::text, 26, '0'), g.terms, g.starts_at, g.ends_at
                      from access_grant g, generate_series(1, ?) i where g.id = ?
                    """, count, grant);
        });
    }

    private long count(String sql) {
        return world.database.<Long>read(rx -> rx.count(sql));
    }

    /** Every grant has begun, and was told of, once. */
    private void allBegan(int count) {
        assertThat(count(SCHEDULED)).isZero();
        assertThat(world.events("grant.started")).isEqualTo(count);
        assertThat(count("select count(distinct grant_id) from event where activity = 'grant.started'"))
                .isEqualTo(count);
    }

    @Test
    void allBeginThoughOneStepTakesOnlySoMany() {
        copies(planned("web-1", Duration.ofMinutes(10)), MANY - 1);
        world.later(Duration.ofMinutes(11));

        int first = world.worker.startDue();
        long left = count(SCHEDULED);
        while (world.worker.startDue() > 0) {
            // until nothing is due
        }

        assertThat(first).isEqualTo(GrantWorker.BATCH);
        assertThat(left).isEqualTo(MANY - GrantWorker.BATCH);
        allBegan(MANY);
    }

    @Test
    void twoWorkersAtTheSameTimeBeginEachOnce() throws Exception {
        copies(planned("web-1", Duration.ofMinutes(10)), MANY - 1);
        world.later(Duration.ofMinutes(11));
        var other = new World(world.testDatabase(), world.rootKey(), world.offset());
        var together = new CyclicBarrier(2);
        try (var threads = Executors.newFixedThreadPool(2)) {
            Future<Integer> one = threads.submit(() -> all(world.worker, together));
            Future<Integer> two = threads.submit(() -> all(other.worker, together));

            assertThat(one.get() + two.get()).isEqualTo(MANY);
            allBegan(MANY);
        } finally {
            other.connections.close();
        }
    }

    private static int all(GrantWorker worker, CyclicBarrier together) throws Exception {
        together.await();
        int all = 0;
        for (int begun = worker.startDue(); begun > 0; begun = worker.startDue()) {
            all += begun;
        }
        return all;
    }

    /** What somebody else holds is just being ended. */
    @Test
    void moreThanOneStepTakesThatWaitKeepNoOthersFromBeginning() {
        copies(planned("web-1", Duration.ofMinutes(10)), GrantWorker.BATCH);
        GrantId behind = planned("web-2", Duration.ofMinutes(11));
        GrantId held = world.grant(mate, "ops", "web-1", Duration.ofHours(2));
        world.enforce(
                guard,
                "one-at-a-time",
                List.of(Map.of(
                        "name",
                        "one",
                        "effect",
                        "deny",
                        "when",
                        "target.name == \"web-1\" && has(role.holders) && role.holders > 0",
                        "message",
                        "one at a time")));
        world.later(Duration.ofMinutes(12));
        world.arrange(tx -> tx.update(
                "update access_grant set state = 'ending', end_reason = 'expired', ending_at = ? where id = ?",
                tx.now(),
                held));

        int looked = world.worker.startDue();
        int then = world.worker.startDue();

        assertThat(looked).as("the first so many all wait").isZero();
        assertThat(then).isOne();
        assertThat(world.database
                        .read(rx -> Grants.find(rx, behind))
                        .orElseThrow()
                        .state())
                .isEqualTo(GrantState.ACTIVE);
        assertThat(count(SCHEDULED)).isEqualTo(GrantWorker.BATCH + 1);
    }
}
