package dev.sallyport.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** A closed loop: each client makes its next call when the last one is answered. */
final class Load {
    private Load() {}

    /** One call; prepares it, does it, and says how long the doing took. */
    @FunctionalInterface
    interface Call {
        long nanos() throws Exception;
    }

    /** Runs that many clients for that long; a call that fails ends it all. */
    static Figures run(int clients, Duration time, Supplier<Cpu> cpu, IntFunction<Call> client) {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            calls.add(client.apply(i));
        }
        try (var threads = Executors.newFixedThreadPool(clients)) {
            Cpu before = cpu.get();
            long start = System.nanoTime();
            long end = start + time.toNanos();
            List<Future<long[]>> running = calls.stream()
                    .map(call -> threads.submit(() -> until(end, call)))
                    .toList();
            var nanos = new ArrayList<long[]>();
            for (Future<long[]> each : running) {
                nanos.add(each.get());
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Figures(
                    nanos.stream().flatMapToLong(Arrays::stream).toArray(),
                    seconds,
                    cpu.get().since(before));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static long[] until(long end, Call call) throws Exception {
        long[] nanos = new long[1024];
        int count = 0;
        do {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = call.nanos();
        } while (System.nanoTime() < end);
        return Arrays.copyOf(nanos, count);
    }
}
