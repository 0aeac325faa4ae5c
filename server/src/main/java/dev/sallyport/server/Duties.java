package dev.sallyport.server;

import dev.sallyport.base.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.context.SmartLifecycle;

/**
 * What a server does by itself, again and again: each duty in a thread of its own, at once again while there is work,
 * and after a short rest when there is none. Every node does all of it; the database settles who does what.
 */
final class Duties implements SmartLifecycle {
    /** The rest of a duty that found nothing to do; bounds how late something due is noticed. */
    static final Duration REST = Duration.ofMillis(200);

    /** The rest after a failure, such as a database that is away. */
    static final Duration REST_AFTER_FAILURE = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(Duties.class.getName());

    private final Map<String, IntSupplier> duties;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    /** Duties by name; each does one round and says how much it did. */
    Duties(Map<String, IntSupplier> duties) {
        this.duties = Map.copyOf(duties);
    }

    @Override
    public synchronized void start() {
        running = true;
        duties.forEach((name, duty) ->
                threads.add(Thread.ofPlatform().name("duty-" + name).daemon().start(() -> repeat(name, duty))));
    }

    @Override
    public synchronized void stop() {
        running = false;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        threads.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void repeat(String name, IntSupplier duty) {
        while (running) {
            Duration rest = REST_AFTER_FAILURE;
            try {
                rest = duty.getAsInt() > 0 ? Duration.ZERO : REST;
            } catch (Refusal refusal) {
                LOG.log(Level.WARNING, "duty={0} waits: {1}", new Object[] {name, refusal.sentence()});
            } catch (RuntimeException e) {
                LOG.log(Level.SEVERE, "duty=" + name + " failed; it goes on", e);
            }
            try {
                Thread.sleep(rest);
            } catch (InterruptedException _) {
                return; // stopping
            }
        }
    }
}
