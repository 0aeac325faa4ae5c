package dev.sallyport.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Does together what is asked for at the same time: a call that finds a free place goes at once, those that come while
 * all places are taken go together with the next. So a single caller waits for nobody, and under load a transaction, its
 * commit and its journeys to the database are shared by many.
 *
 * <p>The work gets the inputs in the order they came and answers each; when it throws, all who went together hear that.
 */
public final class Together<I, O> {
    private final int places;
    private final int most;
    private final Function<List<I>, List<O>> work;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting<I, O>> queue = new ArrayDeque<>();
    private int taken;

    /**
     * @param places how many groups are under way at once
     * @param most how many go together at most
     */
    public Together(int places, int most, Function<List<I>, List<O>> work) {
        if (places < 1 || most < 1) {
            throw new IllegalArgumentException("places: " + places + ", most: " + most + " (expected: both > 0)");
        }
        this.places = places;
        this.most = most;
        this.work = work;
    }

    /** One caller; its turn is to lead a group, or nothing when it went with one and has its answer. */
    private record Waiting<I, O>(I input, CompletableFuture<Boolean> leads, CompletableFuture<O> answer) {
        static <I, O> Waiting<I, O> of(I input) {
            return new Waiting<>(input, new CompletableFuture<>(), new CompletableFuture<>());
        }
    }

    /** Waits for the turn of this input and returns its answer, or throws what the work threw. */
    public O call(I input) {
        Waiting<I, O> mine = Waiting.of(input);
        if (takesPlace(mine) || leads(mine)) {
            lead(mine);
        }
        try {
            return mine.answer().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw e;
        }
    }

    /**
     * Waits for the turn, and not longer than for a connection: a database that stands still is then away, as it is for
     * whoever gets no connection.
     */
    private boolean leads(Waiting<I, O> mine) {
        try {
            return mine.leads()
                    .copy()
                    .orTimeout(DatabaseConfig.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException late) {
            if (leaves(mine)) {
                throw DatabaseRefusal.AWAY.because(
                        "the database cannot be reached right now", "try again in a few seconds");
            }
            return mine.leads().join(); // its turn came in this moment, or it is under way
        }
    }

    private boolean leaves(Waiting<I, O> mine) {
        lock.lock();
        try {
            return queue.remove(mine);
        } finally {
            lock.unlock();
        }
    }

    /** How many wait for a place right now. */
    int waiting() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private boolean takesPlace(Waiting<I, O> mine) {
        lock.lock();
        try {
            if (taken < places) {
                taken++;
                return true;
            }
            queue.add(mine);
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void lead(Waiting<I, O> mine) {
        List<Waiting<I, O>> group = group(mine);
        try {
            List<O> answers = work.apply(group.stream().map(Waiting::input).toList());
            if (answers.size() != group.size()) {
                throw new IllegalStateException(answers.size() + " answers to " + group.size() + " inputs");
            }
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer().complete(answers.get(i));
            }
        } catch (RuntimeException | Error e) {
            group.forEach(each -> each.answer().completeExceptionally(e));
        } finally {
            passOn();
            group.forEach(each -> each.leads().complete(false));
        }
    }

    private List<Waiting<I, O>> group(Waiting<I, O> mine) {
        var group = new ArrayList<Waiting<I, O>>();
        group.add(mine);
        lock.lock();
        try {
            while (group.size() < most && !queue.isEmpty()) {
                group.add(queue.remove());
            }
        } finally {
            lock.unlock();
        }
        return group;
    }

    /** Gives the place to whoever waits longest, or back. */
    private void passOn() {
        Waiting<I, O> next;
        lock.lock();
        try {
            next = queue.poll();
            if (next == null) {
                taken--;
            }
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.leads().complete(true);
        }
    }
}
