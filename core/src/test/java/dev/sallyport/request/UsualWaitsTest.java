package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Search;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** RQ1: before asking one sees how long it usually takes. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UsualWaitsTest {
    private final World world = new World();
    private final PersonId lead = world.person("lead", "leads");

    @BeforeAll
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        for (String role : new String[] {"waits", "seldom", "old"}) {
            world.eligible(world.role(role, 1), "developers");
        }
        world.eligible(world.role("at-once", 0), "developers");
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void whoMayAskSeesHowLongTheLastDecisionsTook() {
        decidedAfter("waits", Duration.ofMinutes(5), true);
        decidedAfter("waits", Duration.ofMinutes(10), false);
        decidedAfter("waits", Duration.ofMinutes(45), true);

        UsualWait wait = offered("waits").orElseThrow();

        assertThat(wait.decisions()).isEqualTo(3);
        assertThat(wait.half()).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(11));
        assertThat(wait.most()).isBetween(Duration.ofMinutes(45), Duration.ofMinutes(46));
    }

    @Test
    void ofFewDecisionsNothingIsSaid() {
        decidedAfter("seldom", Duration.ofMinutes(5), true);
        decidedAfter("seldom", Duration.ofMinutes(5), true);

        assertThat(offered("seldom")).isEmpty();
    }

    @Test
    void whatIsLongAgoAndWhatNobodyIsAskedForDoNotCount() {
        for (int i = 0; i < 3; i++) {
            decidedAfter("old", Duration.ofMinutes(5), true);
            world.grant(world.person("quick-" + i, "developers"), "at-once", "web-1", Duration.ofHours(1));
        }
        assertThat(offered("old")).isPresent();
        world.later(UsualWaits.LOOKED_BACK.plusDays(1));

        assertThat(offered("old")).isEmpty();
        assertThat(offered("at-once")).isEmpty();
    }

    private static int people;

    private PersonId somebody() {
        people++;
        return world.person("dev-" + people, "developers");
    }

    private void decidedAfter(String role, Duration wait, boolean approved) {
        Request request = world.ask(somebody(), role, "web-1", Duration.ofHours(1));
        world.later(wait);
        world.approving.decide(world.actor(lead), lead, request.id(), approved ? World.yes() : World.no("not now"));
    }

    private Optional<UsualWait> offered(String role) {
        return world.requests.offers(somebody(), Search.on(Optional.of("web-1")), 50).stream()
                .filter(offer -> offer.role().name().equals(role))
                .findFirst()
                .orElseThrow()
                .usualWait();
    }
}
