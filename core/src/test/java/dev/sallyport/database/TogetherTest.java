package dev.sallyport.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class TogetherTest {
    @Test
    void whoIsAloneGoesAtOnceAndAlone() {
        var groups = new CopyOnWriteArrayList<List<Integer>>();
        var together = new Together<Integer, Integer>(1, 10, inputs -> {
            groups.add(inputs);
            return inputs.stream().map(input -> input * 2).toList();
        });

        assertThat(together.call(21)).isEqualTo(42);
        assertThat(together.call(4)).isEqualTo(8);

        assertThat(groups).containsExactly(List.of(21), List.of(4));
    }

    @Test
    void whoComesMeanwhileGoesTogetherAndInOrder() throws Exception {
        var groups = new CopyOnWriteArrayList<List<Integer>>();
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var together = new Together<Integer, Integer>(1, 3, inputs -> {
            groups.add(inputs);
            begun.countDown();
            await(go);
            return inputs;
        });

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<Integer>>();
            answers.add(threads.submit(() -> together.call(0)));
            begun.await();
            for (int i = 1; i <= 5; i++) {
                int input = i;
                answers.add(threads.submit(() -> together.call(input)));
                waitFor(together, i);
            }
            go.countDown();

            for (int i = 0; i <= 5; i++) {
                assertThat(answers.get(i).get()).isEqualTo(i);
            }
        }
        assertThat(groups).containsExactly(List.of(0), List.of(1, 2, 3), List.of(4, 5));
    }

    @Test
    void aFaultIsToldToThoseWhoWentTogetherAndToNobodyElse() throws Exception {
        var together = new Together<Integer, Integer>(1, 10, inputs -> {
            if (inputs.contains(13)) {
                throw new IllegalStateException("thirteen");
            }
            return inputs;
        });

        assertThatThrownBy(() -> together.call(13))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("thirteen");
        assertThat(together.call(14)).isEqualTo(14);
    }

    @Test
    void everybodyIsAnsweredOnceAndNoMoreGroupsGoThanThereArePlaces() throws Exception {
        var under = new AtomicInteger();
        var most = new AtomicInteger();
        var together = new Together<Integer, Integer>(2, 7, inputs -> {
            most.accumulateAndGet(under.incrementAndGet(), Math::max);
            LockSupport.parkNanos(10_000);
            under.decrementAndGet();
            if (inputs.getFirst() % 50 == 49) {
                throw new IllegalStateException("no");
            }
            return inputs;
        });

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = IntStream.range(0, 5_000)
                    .mapToObj(i -> threads.submit((Callable<Integer>) () -> together.call(i)))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                try {
                    assertThat(answers.get(i).get()).isEqualTo(i);
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).hasMessage("no");
                }
            }
        }
        assertThat(most.get()).isBetween(1, 2);
        assertThat(together.call(0)).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void waitFor(Together<?, ?> together, int waiting) {
        while (together.waiting() < waiting) {
            Thread.onSpinWait();
        }
    }
}
