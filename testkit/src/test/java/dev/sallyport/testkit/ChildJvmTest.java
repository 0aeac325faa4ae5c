package dev.sallyport.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.CrashPoint;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void aChildWithoutACrashPointRunsToItsEnd() {
        try (ChildProcess child = ChildJvm.of(Victim.class).run("a", "b").start()) {
            assertThat(child.awaitExit(LIMIT)).isZero();
            assertThat(child.output()).contains("step 3", "done a,b", "hook ran");
        }
    }

    @Test
    void aChildDiesHardAtTheNthTime() {
        try (ChildProcess child =
                ChildJvm.of(Victim.class).crashAt("victim.step", 2).run().start()) {
            assertThat(child.awaitExit(LIMIT)).isEqualTo(CrashPoint.EXIT_CODE);
            assertThat(child.output())
                    .contains("step 2", "crash point victim.step reached")
                    .doesNotContain("step 3", "hook ran");
        }
    }

    @Test
    void anotherPointDoesNotConcernIt() {
        try (ChildProcess child =
                ChildJvm.of(Victim.class).crashAt("other.step", 1).run().start()) {
            assertThat(child.awaitExit(LIMIT)).isZero();
        }
    }
}
