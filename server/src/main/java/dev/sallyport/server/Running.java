package dev.sallyport.server;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Database;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.notification.Notifications;
import dev.sallyport.server.signin.Forgetting;
import dev.sallyport.server.transport.Listener;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.context.SmartLifecycle;

/** What runs beside the requests: starts before the listener opens, stops after it has closed. */
final class Running implements SmartLifecycle {
    private static final Logger LOG = Logger.getLogger(Running.class.getName());

    private final Database database;
    private final FeedFollower feed;
    private final Listener listener;
    private final Forgetting forgetting;
    private final Notifications notifications;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("chores").daemon().factory());
    private volatile boolean running;

    Running(
            Database database,
            FeedFollower feed,
            Listener listener,
            Forgetting forgetting,
            Notifications notifications) {
        this.database = database;
        this.feed = feed;
        this.listener = listener;
        this.forgetting = forgetting;
        this.notifications = notifications;
    }

    @Override
    public void start() {
        feed.start();
        every(1, TimeUnit.MINUTES, "forgetting", forgetting::run);
        every(1, TimeUnit.HOURS, "notifications", notifications::forget);
        every(1, TimeUnit.DAYS, "partitions", () -> Audit.preparePartitions(database));
        every(1, TimeUnit.DAYS, "certificate", listener::renew);
        running = true;
    }

    @Override
    public void stop() {
        timer.shutdownNow();
        feed.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Lower than the listener's, which therefore starts later and stops earlier. */
    @Override
    public int getPhase() {
        return 0;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the task catches everything itself
    private void every(long period, TimeUnit unit, String name, Runnable work) {
        timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (Refusal e) {
                        LOG.log(Level.WARNING, "chore={0} refused={1}", new Object[] {name, e.code()});
                    } catch (RuntimeException e) {
                        LOG.log(Level.SEVERE, "chore=" + name, e);
                    }
                },
                period,
                period,
                unit);
    }
}
