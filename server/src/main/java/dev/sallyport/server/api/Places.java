package dev.sallyport.server.api;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** What takes long is done for few at once on one server, and for fewer of one person, so that nobody takes all places. */
final class Places {
    private final Semaphore free;
    private final int each;
    private final Supplier<Refusal> full;
    private final Supplier<Refusal> fullForOne;
    private final Map<PersonId, Integer> taken = new ConcurrentHashMap<>();

    /**
     * @param most how many there are
     * @param each how many of them one person has at most
     */
    Places(int most, int each, Supplier<Refusal> full, Supplier<Refusal> fullForOne) {
        this.free = new Semaphore(most);
        this.each = each;
        this.full = full;
        this.fullForOne = fullForOne;
    }

    /** As many as there are for anybody. */
    Places(int most, Supplier<Refusal> full) {
        this(most, most, full, full);
    }

    /** A place that is had until it is closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** A place for whom nobody counts. */
    Place take() {
        if (!free.tryAcquire()) {
            throw full.get();
        }
        return free::release;
    }

    Place take(PersonId person) {
        if (taken.merge(person, 1, Integer::sum) > each) {
            giveBack(person);
            throw fullForOne.get();
        }
        try {
            Place place = take();
            return () -> {
                place.close();
                giveBack(person);
            };
        } catch (Refusal e) {
            giveBack(person);
            throw e;
        }
    }

    private void giveBack(PersonId person) {
        taken.computeIfPresent(person, (_, count) -> count > 1 ? count - 1 : null);
    }
}
