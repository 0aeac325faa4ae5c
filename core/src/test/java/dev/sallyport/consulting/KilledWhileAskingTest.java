package dev.sallyport.consulting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Json;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.Request;
import dev.sallyport.request.ServiceWords;
import dev.sallyport.testkit.ChildProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Servers, in processes of their own, that are killed while they ask a decision service: before anything is sent, and when
 * the answer is there and nothing of it is written. Whoever comes next asks the same, and exactly one decision comes out.
 */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledWhileAskingTest {
    private static final Duration DEATH = Duration.ofMinutes(2);
    private static final String NOWHERE = "nowhere";

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId guard = world.person("guard", "security");

    @BeforeAll
    void aStageThatWaitsForADesk() {
        world.target("web-1", Map.of("tier", "web"));
        var ops = world.role("ops", 1, Map.of("maxDuration", "8h", "decideWithin", "8h"), Map.of());
        world.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where name = 'ops'"));
        world.eligible(ops, "developers");
        desk(3);
        var words = new ServiceWords(
                world.database, world.audit, world.requests, world.approving, world.grants, world.reviews);
        new DecisionServices(world.database, world.audit, world.vault, words, new Desk(), Runnable::run)
                .setSecret(world.actor(guard), "desk", Desk.KEY);
        world.enforce(
                guard,
                "asks-the-desk",
                List.of(Map.of("name", "desk", "effect", "allow", "approvals", List.of(Map.of("webhook", "desk")))));
    }

    @AfterAll
    void close() {
        world.close();
    }

    private void desk(int attempts) {
        world.arrange(tx -> tx.update(
                """
                insert into decision_service (id, name, spec, managed_by, created_at) values (?, 'desk', ?::jsonb, 'test', ?)
                    on conflict (name) do update set spec = excluded.spec
                """,
                Ids.next("dsv_"),
                Json.text(Map.of("url", "https://desk.example.org/", "default", "deny", "attempts", attempts)),
                tx.now()));
    }

    private Request ask() {
        return world.ask(dev, "ops", "web-1", Duration.ofHours(1));
    }

    private Item item(Request request) {
        return world.requests.find(guard, true, request.id()).items().getFirst();
    }

    /** What a server printed that died at the point, or that came to its end. */
    private String run(String crashPoint) {
        try (ChildProcess server = AskingServer.on(world, crashPoint).start()) {
            assertThat(server.awaitExit(DEATH))
                    .as(server.output())
                    .isEqualTo(crashPoint.equals(NOWHERE) ? 0 : CrashPoint.EXIT_CODE);
            return server.output();
        }
    }

    private static List<String> asked(String output) {
        return output.lines().filter(line -> line.startsWith("asked ")).toList();
    }

    private void isDecidedOnce(Request request) {
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
        assertThat(item(request).verdicts()).hasSize(1);
        assertThat(item(request).grant()).isPresent();
        assertThat(world.activities(request.id().value()))
                .containsOnlyOnce("approval.given", "request.approved", "decision-service.answered");
    }

    @Test
    void whoDiesBeforeItIsSentIsFollowedByOneWhoAsksTheSame() {
        Request request = ask();

        List<String> sent = asked(run("decision-service.claimed"));
        List<String> tooEarly = asked(run(NOWHERE));
        ItemState before = item(request).state();
        world.later(DecisionServices.LEASE.plusSeconds(1));
        List<String> later = asked(run(NOWHERE));

        assertThat(sent).isEmpty();
        assertThat(tooEarly).as("it is somebody's until its lease ends").isEmpty();
        assertThat(before).isEqualTo(ItemState.PENDING);
        assertThat(later).hasSize(1);
        isDecidedOnce(request);
    }

    @Test
    void whoDiesWithTheAnswerIsFollowedByOneWhoAsksTheSameAgain() {
        Request request = ask();

        List<String> sent = asked(run("decision-service.answered"));
        ItemState before = item(request).state();
        world.later(DecisionServices.LEASE.plusSeconds(1));
        List<String> later = asked(run(NOWHERE));
        world.later(DecisionServices.LEASE.plusSeconds(1));
        List<String> after = asked(run(NOWHERE));

        assertThat(before).as("nothing of the answer was written").isEqualTo(ItemState.PENDING);
        assertThat(later)
                .as("the same bytes and the same nonce")
                .isEqualTo(sent)
                .hasSize(1);
        assertThat(after).isEmpty();
        isDecidedOnce(request);
    }

    @Test
    void whoDiesInTheLastAttemptHasUsedItUpAndTheServiceCountsAsSilent() {
        desk(1);
        Request request = ask();

        List<String> sent = asked(run("decision-service.answered"));
        world.later(DecisionServices.LEASE.plusSeconds(1));
        List<String> later = asked(run(NOWHERE));
        desk(3);

        assertThat(sent).hasSize(1);
        assertThat(later).isEmpty();
        assertThat(item(request).state()).isEqualTo(ItemState.DENIED);
        assertThat(item(request).grant()).isEmpty();
        assertThat(item(request).verdicts()).isEmpty();
        assertThat(world.activities(request.id().value()))
                .containsOnlyOnce("decision-service.unanswered", "request.denied")
                .doesNotContain("approval.given");
    }
}
