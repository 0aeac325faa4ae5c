package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Order;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Follows the feed and the orders of the control plane, each on a thread of its own, and asks again after a failure. */
final class FeedWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FeedWatch.class.getName());

    /** How long a call may wait for news; shorter than the second after which a gateway counts as deaf. */
    static final Duration WAIT = Duration.ofMillis(500);

    /** How long to wait after a failure. */
    static final Duration AGAIN = Duration.ofMillis(250);

    /** How often watched sessions are sent on. */
    static final Duration FRAMES_EVERY = Duration.ofMillis(200);

    /** What a control plane says to a gateway that may not come any more; no grace then. */
    private static final String WITHDRAWN = "gateway.withdrawn";

    private final ControlPlane controlPlane;
    private final Sessions sessions;
    private volatile boolean stopped;

    FeedWatch(ControlPlane controlPlane, Sessions sessions) {
        this.controlPlane = controlPlane;
        this.sessions = sessions;
    }

    void start() {
        // threads of the system's own: those of a burst of log-ins must not keep an end from being heard
        Thread.ofPlatform().daemon().name("gateway-feed").start(() -> repeat("feed", this::feed));
        Thread.ofPlatform().daemon().name("gateway-orders").start(() -> repeat("orders", new Orders()));
        Thread.ofVirtual().name("gateway-live").start(() -> repeat("live", this::live));
    }

    private void feed() {
        sessions.heard(controlPlane.feed(sessions.version(), WAIT));
    }

    private void live() {
        sessions.sendFrames(controlPlane);
        LockSupport.parkNanos(FRAMES_EVERY.toNanos());
    }

    private final class Orders implements Runnable {
        private long last;

        @Override
        public void run() {
            for (Order order : controlPlane.command(last, WAIT)) {
                sessions.obey(order);
                last = Math.max(last, order.sequence());
            }
        }
    }

    private void repeat(String what, Runnable step) {
        boolean failing = false;
        while (!stopped) {
            try {
                step.run();
                failing = false;
            } catch (Refusal e) {
                if (!failing) {
                    LOG.warning(() -> "the control plane's " + what + ": " + e.code() + " " + e.sentence());
                }
                if (e.code().equals(WITHDRAWN)) {
                    sessions.endAll(EndReason.WITHDRAWN, "This gateway has been withdrawn.");
                }
                failing = true;
                LockSupport.parkNanos(AGAIN.toNanos());
            } catch (RuntimeException e) {
                if (!failing) {
                    LOG.log(Level.WARNING, "the control plane's " + what + " failed", e);
                }
                failing = true;
                LockSupport.parkNanos(AGAIN.toNanos());
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
