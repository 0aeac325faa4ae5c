package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RQ3: how often the silent are reminded is for the stage to say. */
@NullMarked
class RemindersTest {
    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId guard = world.person("guard", "security");

    @BeforeEach
    void things() {
        world.person("lead", "leads");
        world.target("web-1", Map.of("tier", "web"));
        var ops = world.role("ops", 1, Map.of("maxDuration", "8h", "decideWithin", "8h"), Map.of());
        // only policies grant it
        world.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where name = 'ops'"));
        world.eligible(ops, "developers");
    }

    @AfterEach
    void close() {
        world.close();
    }

    /** How many reminders there are after each of these minutes. */
    private List<Long> reminders(Map<String, Object> stage, int... minutes) {
        world.enforce(guard, "leads", List.of(Map.of("name", "leads", "effect", "allow", "approvals", List.of(stage))));
        Request request = world.ask(dev, "ops", "web-1", Duration.ofHours(1));
        var counted = new java.util.ArrayList<Long>();
        int passed = 0;
        for (int minute : minutes) {
            world.later(Duration.ofMinutes(minute - passed));
            passed = minute;
            world.requests.escalateDue();
            counted.add(world.activities(request.id().value()).stream()
                    .filter("approval.reminded"::equals)
                    .count());
        }
        return counted;
    }

    @Test
    void aStageThatSaysNothingRemindsAsUsual() {
        assertThat(reminders(Map.of("groups", List.of("leads")), 14, 15, 30, 45, 60))
                .containsExactly(0L, 1L, 2L, 3L, 3L);
    }

    @Test
    void aStageSaysHowOftenAndHowManyTimes() {
        Map<String, Object> stage = Map.of("groups", List.of("leads"), "remind", Map.of("every", "5m", "times", 2));

        assertThat(reminders(stage, 4, 5, 10, 15, 60)).containsExactly(0L, 1L, 2L, 2L, 2L);
    }

    @Test
    void aStageThatRemindsNobodyDoesNot() {
        Map<String, Object> stage = Map.of("groups", List.of("leads"), "remind", Map.of("times", 0));

        assertThat(reminders(stage, 15, 60)).containsExactly(0L, 0L);
    }

    @Test
    void aNextStageHasItsOwnReminders() {
        world.enforce(
                guard,
                "leads",
                List.of(Map.of(
                        "name",
                        "leads",
                        "effect",
                        "allow",
                        "approvals",
                        List.of(
                                Map.of("groups", List.of("leads"), "escalateAfter", "1m", "remind", Map.of("times", 0)),
                                Map.of("groups", List.of("security"), "remind", Map.of("every", "2m", "times", 1))))));
        Request request = world.ask(dev, "ops", "web-1", Duration.ofHours(1));
        for (int i = 0; i < 10; i++) {
            world.later(Duration.ofMinutes(1));
            world.requests.escalateDue();
        }

        assertThat(world.activities(request.id().value()).stream().filter(activity -> activity.startsWith("approval.")))
                .containsExactly("approval.escalated", "approval.reminded");
    }
}
