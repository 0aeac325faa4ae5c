package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.database.Actor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeenProofsTest {
    private static final Actor ACTOR = Actor.system("test");

    private final World world = new World();
    private final SeenProofs here = new SeenProofs(world.database);
    private final SeenProofs elsewhere = new SeenProofs(world.database);

    @AfterAll
    void close() {
        world.close();
    }

    private static final class UsedBefore extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static UnspentProof proof(SeenProofs seen, String id) {
        return seen.unspent("key", id, UsedBefore::new);
    }

    @Test
    void aProofIsSpentOnceAndWhoeverAsksAgainHearsTheSame() {
        UnspentProof first = proof(here, "once");
        UnspentProof again = proof(elsewhere, "once");

        first.spend();
        first.spend();

        assertThatThrownBy(again::spend).isInstanceOf(UsedBefore.class);
        assertThatThrownBy(again::spend).isInstanceOf(UsedBefore.class);
        here.unspent("another key", "once", UsedBefore::new).spend();
    }

    /** Whoever sends the rest of a call minutes later would come when the proof is forgotten. */
    @Test
    void aProofThatWasCheckedTooLongAgoIsNotSpentAnyMore() {
        var now = new AtomicReference<>(Instant.now());
        var slow = new SeenProofs(world.database, now::get);
        UnspentProof inTime = proof(slow, "in-time");
        UnspentProof late = proof(slow, "late");
        UnspentProof lateInAChange = proof(slow, "late-in-a-change");
        now.updateAndGet(time -> time.plus(SeenProofs.SPENT_WITHIN));
        inTime.spend();
        now.updateAndGet(time -> time.plusMillis(1));

        assertThatThrownBy(late::spend).isInstanceOf(UsedBefore.class);
        assertThat(world.database.<List<Boolean>>change(
                        ACTOR, tx -> SeenProofs.spend(tx, List.of(lateInAChange, proof(here, "another")))))
                .containsExactly(false, true);
        assertThatThrownBy(lateInAChange::spend).isInstanceOf(UsedBefore.class);
    }

    @Test
    void spentInAChangeItIsSpentWhenTheChangeIsDurable() {
        UnspentProof proof = proof(here, "with-change");
        UnspentProof again = proof(elsewhere, "with-change");

        List<Boolean> answers = world.database.change(ACTOR, tx -> SeenProofs.spend(tx, List.of(proof)));
        proof.spend();

        assertThat(answers).containsExactly(true);
        assertThat(world.database.<List<Boolean>>change(ACTOR, tx -> SeenProofs.spend(tx, List.of(again))))
                .containsExactly(false);
        assertThatThrownBy(again::spend).isInstanceOf(UsedBefore.class);
        assertThatThrownBy(() -> world.database.run(ACTOR, tx -> SeenProofs.spend(tx, proof(here, "with-change"))))
                .isInstanceOf(UsedBefore.class);
    }

    @Test
    void aChangeThatFailsSpendsNothing() {
        UnspentProof proof = proof(here, "failed");

        assertThatThrownBy(() -> world.database.run(ACTOR, tx -> {
                    SeenProofs.spend(tx, List.of(proof));
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        proof.spend();

        assertThatThrownBy(proof(elsewhere, "failed")::spend).isInstanceOf(UsedBefore.class);
    }

    @Test
    void ofTwoThatAreTheSameInOneChangeTheFirstGoesOnAndTheOthersAreNotHarmed() {
        List<UnspentProof> proofs = new ArrayList<>();
        for (String id : List.of("same", "other", "same", "third")) {
            proofs.add(proof(here, id));
        }
        proofs.add(UnspentProof.none());

        List<Boolean> answers = world.database.change(ACTOR, tx -> SeenProofs.spend(tx, proofs));

        assertThat(answers).containsExactly(true, true, false, true, true);
        assertThatThrownBy(proofs.get(2)::spend).isInstanceOf(UsedBefore.class);
        proofs.getFirst().spend();
        proofs.get(4).spend();
    }

    @Test
    void atTheSameInstantOneWinsHoweverItIsSpentAndNobodyWaitsInACircle() throws Exception {
        int rounds = 20;
        int threads = 12;
        var together = new CyclicBarrier(threads);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < rounds; round++) {
                // the same proofs, in another order in every thread
                List<String> ids = List.of("a-" + round, "b-" + round, "c-" + round);
                List<Future<Long>> running = IntStream.range(0, threads)
                        .mapToObj(number -> pool.submit(shown(together, number, ids)))
                        .toList();
                long won = 0;
                for (Future<Long> each : running) {
                    won += each.get();
                }
                assertThat(won).isEqualTo(ids.size());
            }
        }
        assertThat(world.database.deadlocks()).isZero();
    }

    /** How many of the ids this thread was the first to show. */
    private Callable<Long> shown(CyclicBarrier together, int number, List<String> ids) {
        SeenProofs seen = number % 2 == 0 ? here : elsewhere;
        List<UnspentProof> mine = IntStream.range(0, ids.size())
                .mapToObj(i -> proof(seen, ids.get((i + number) % ids.size())))
                .toList();
        return () -> {
            together.await();
            if (number % 3 != 0) {
                return world.database.change(ACTOR, tx -> SeenProofs.spend(tx, mine)).stream()
                        .filter(first -> first)
                        .count();
            }
            return mine.stream().filter(SeenProofsTest::spends).count();
        };
    }

    private static boolean spends(UnspentProof proof) {
        try {
            proof.spend();
            return true;
        } catch (UsedBefore _) {
            return false;
        }
    }
}
