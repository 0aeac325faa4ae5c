package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * RQ3: the server stops with a request in every state that there is. The one that starts an hour later knows nothing but the
 * database; what became due meanwhile happens in the order in which it did, and once.
 */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestartTest {
    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");
    private final PersonId boss = world.person("boss", "bosses");
    private final PersonId guard = world.person("guard", "security");

    @BeforeAll
    void rules() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("auto", 0), "developers");
        for (String staged : List.of("patient", "short")) {
            world.eligible(
                    world.role(
                            staged,
                            1,
                            Map.of("maxDuration", "8h", "decideWithin", staged.equals("short") ? "30m" : "8h"),
                            Map.of()),
                    "developers");
        }
        // only the policy grants these
        world.arrange(tx ->
                tx.update("update role set spec = spec #- '{request,approval}' where name in ('patient', 'short')"));
        world.enforce(
                guard,
                "stages",
                List.of(Map.of(
                        "name",
                        "two",
                        "when",
                        "role.name == \"patient\" || role.name == \"short\"",
                        "effect",
                        "allow",
                        "approvals",
                        List.of(
                                Map.of(
                                        "groups",
                                        List.of("leads"),
                                        "escalateAfter",
                                        "10m",
                                        "escalateTo",
                                        Map.of("groups", List.of("bosses")),
                                        "remind",
                                        Map.of("times", 0)),
                                Map.of("groups", List.of("security"), "remind", Map.of("times", 0))))));
    }

    @AfterAll
    void close() {
        world.close();
    }

    private Request ask(String role, Duration duration) {
        return world.ask(dev, role, "web-1", duration);
    }

    private GrantId granted(Request request) {
        return request.items().getFirst().grant().orElseThrow();
    }

    private static ItemState state(World server, Request request) {
        return server.database
                .read(rx -> Requests.find(rx, request.id()))
                .orElseThrow()
                .state();
    }

    private static Grant grant(World server, GrantId grant) {
        return server.database.read(rx -> Grants.find(rx, grant)).orElseThrow();
    }

    /** What servers do by themselves, until nothing is due. */
    private static void work(World server) {
        int done;
        do {
            done = server.requests.escalateDue()
                    + server.approving.fallBackDue()
                    + server.requests.expireDue()
                    + server.worker.runOnce();
        } while (done > 0);
    }

    @Test
    void whatBecameDueWhileNoServerRanHappensInOrderAndOnceAndNothingElseChanges() {
        Request denied = ask("patient", Duration.ofMinutes(50));
        world.approving.decide(world.actor(lead), lead, denied.id(), World.no("no"));
        Request withdrawn = ask("patient", Duration.ofMinutes(51));
        world.requests.withdraw(world.actor(dev), dev, withdrawn.id());
        Request expired = ask("short", Duration.ofMinutes(52));
        world.later(Duration.ofMinutes(31));
        world.requests.expireDue();
        Request silent = ask("patient", Duration.ofMinutes(53));
        Request secondStage = ask("patient", Duration.ofMinutes(54));
        world.approve(lead, secondStage);
        Request inTime = ask("short", Duration.ofMinutes(55));
        GrantId running = granted(ask("auto", Duration.ofHours(4)));
        GrantId ending = granted(ask("auto", Duration.ofMinutes(20)));
        GrantId returned = granted(ask("auto", Duration.ofMinutes(40)));
        world.grants.giveBack(world.actor(dev), returned, dev);
        Instant start = world.database.read(rx -> rx.now()).plus(Duration.ofMinutes(30));
        GrantId scheduled = granted(world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("auto", "web-1")),
                        Duration.ofHours(2),
                        Optional.of(start),
                        "later",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())));

        // nothing of the first server is asked any more
        var next =
                new World(world.testDatabase(), world.rootKey(), world.offset().plus(Duration.ofHours(1)));
        try {
            long before = world.events("approval.escalated");
            work(next);
            work(next);

            assertThat(List.of(denied, withdrawn, expired, silent, secondStage, inTime))
                    .extracting(request -> state(next, request))
                    .containsExactly(
                            ItemState.DENIED,
                            ItemState.WITHDRAWN,
                            ItemState.EXPIRED,
                            ItemState.PENDING,
                            ItemState.PENDING,
                            ItemState.EXPIRED);
            assertThat(next.requests.doings(boss, silent)).contains(Doing.APPROVE);
            assertThat(next.activities(silent.id().value())).containsOnlyOnce("approval.escalated");
            assertThat(next.activities(secondStage.id().value())).doesNotContain("approval.escalated");
            assertThat(next.requests.doings(guard, secondStage)).contains(Doing.APPROVE);
            assertThat(next.activities(inTime.id().value())).containsOnlyOnce("request.expired");
            assertThat(next.events("approval.escalated")).isGreaterThan(before);
            assertThat(List.of(running, ending, returned, scheduled))
                    .extracting(grant -> grant(next, grant).state())
                    .containsExactly(GrantState.ACTIVE, GrantState.ENDED, GrantState.ENDED, GrantState.ACTIVE);

            Request approved = next.approving.decide(next.actor(guard), guard, secondStage.id(), World.yes());
            assertThat(approved.state()).isEqualTo(ItemState.APPROVED);
            next.approve(boss, silent);
            assertThat(next.approve(guard, silent).state()).isEqualTo(ItemState.APPROVED);
        } finally {
            next.connections.close();
        }
    }
}
