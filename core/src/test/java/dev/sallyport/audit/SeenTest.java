package dev.sallyport.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AU3: what could be seen at a moment is told apart from what came after, whichever change began first. */
@NullMarked
class SeenTest {
    private enum Slow implements EventType {
        DONE;

        @Override
        public OcsfClass ocsfClass() {
            return OcsfClass.ENTITY_MANAGEMENT;
        }

        @Override
        public String activity() {
            return "slow.done";
        }
    }

    private enum Quick implements EventType {
        DONE;

        @Override
        public OcsfClass ocsfClass() {
            return OcsfClass.ENTITY_MANAGEMENT;
        }

        @Override
        public String activity() {
            return "quick.done";
        }
    }

    @Test
    void whatWasDoneIsSeenAndWhatWasRunningOrHadNotBegunIsNot() {
        var seen = new Seen(10, 15, List.of(10L, 13L));

        assertThat(LongStream.range(8, 17).filter(seen::has)).containsExactly(8L, 9L, 11L, 12L, 14L);
        assertThat(Seen.of("after", seen.text())).isEqualTo(seen);
        assertThat(Seen.of("after", "7:7:")).isEqualTo(new Seen(7, 7, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "1:2",
                "x:y:",
                "5:4:",
                "1:2:3,",
                "1:2:,3",
                "1:2:3;4",
                "-1:2:",
                "1:2:3:4",
                "9999999999999999999:9999999999999999999:",
                "' or 1=1",
                "1:2:\n"
            })
    void whatIsNoPlaceIsRefused(String text) {
        assertThatThrownBy(() -> Seen.of("after", text))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("input.invalid-value"))
                .hasMessageContaining("after: ")
                .hasMessageContaining("expected: a place in the log");
    }

    @Test
    void aPlaceHasNoEnd() {
        String many = LongStream.rangeClosed(1, Seen.RUNNING_MAX + 1)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(","));

        assertThatThrownBy(() -> Seen.of("after", "1:1000:" + many)).isInstanceOf(Refusal.class);
    }

    /** A change that takes long holds nothing back: what was done beside it is seen, and what it does is not. */
    @Test
    void whatIsDoneBesideALongChangeIsSeen() throws InterruptedException {
        try (var world = new World()) {
            var runs = new CountDownLatch(1);
            var ends = new CountDownLatch(1);
            Thread slow = Thread.ofVirtual()
                    .start(() -> world.database.run(Actor.system("slow"), tx -> {
                        tx.count("select pg_current_xact_id()::text::bigint");
                        runs.countDown();
                        try {
                            ends.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        new Audit("test:slow").record(tx, Event.of(Slow.DONE));
                    }));
            runs.await();
            world.database.run(Actor.system("quick"), tx -> new Audit("test:quick").record(tx, Event.of(Quick.DONE)));

            Seen seen = world.database.read(Seen::now);
            Optional<Set<String>> before =
                    world.database.read(rx -> AuditSearch.activities(rx, seen, Instant.EPOCH, 100));
            ends.countDown();
            slow.join();
            Optional<Set<String>> after =
                    world.database.read(rx -> AuditSearch.activities(rx, seen, Instant.EPOCH, 100));

            assertThat(seen.running()).hasSize(1);
            assertThat(before).contains(Set.of());
            assertThat(after).contains(Set.of("slow.done"));
            assertThat(world.database.<Optional<Set<String>>>read(
                            rx -> AuditSearch.activities(rx, seen, rx.now().plus(Duration.ofMinutes(1)), 100)))
                    .as("what is older than one asks for")
                    .contains(Set.of());
            assertThat(world.database.<Optional<Set<String>>>read(
                            rx -> AuditSearch.activities(rx, seen, Instant.EPOCH, 0)))
                    .isEmpty();
        }
    }
}
