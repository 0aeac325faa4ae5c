package dev.sallyport.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Effective deny reaches every listener, in order and once, whatever goes wrong on the way. */
@NullMarked
class FeedFollowerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static long append(World world, String subject) {
        world.arrange(tx -> Feed.append(tx, FeedKind.EPOCH, subject));
        return world.database.read(Feed::head);
    }

    @Test
    void anEntryThatAListenerFailsAtIsToldAgainUntilItIsTaken() throws Exception {
        try (var world = new World();
                var follower = new FeedFollower(world.database, world.connections)) {
            var failing = new AtomicBoolean(true);
            var failures = new AtomicInteger();
            List<String> first = new CopyOnWriteArrayList<>();
            List<String> second = new CopyOnWriteArrayList<>();
            follower.listen(entry -> first.add(entry.subject()));
            follower.listen(entry -> {
                if (failing.get()) {
                    failures.incrementAndGet();
                    throw new IllegalArgumentException("cannot take " + entry.subject());
                }
                second.add(entry.subject());
            });
            follower.start();
            append(world, "one");
            long last = append(world, "two");

            assertThat(follower.await(last, FeedFollower.DEAF_AFTER.plusMillis(700)))
                    .isFalse();
            assertThat(follower.isDeaf()).isTrue();
            assertThat(failures.get()).isGreaterThan(1);
            failing.set(false);

            assertThat(follower.await(last, LIMIT)).isTrue();
            assertThat(first).containsExactly("one", "two");
            assertThat(second).containsExactly("one", "two");
        }
    }
}
