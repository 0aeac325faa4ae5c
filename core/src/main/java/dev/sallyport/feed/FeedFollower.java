package dev.sallyport.feed;

import dev.sallyport.database.Connections;
import dev.sallyport.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Follows the feed for one node: woken by NOTIFY, and looking by itself every {@value #POLL_MILLIS} ms. Listeners hear
 * every entry once, in order, on one thread; an entry that a listener fails at is told to it again until it is taken, and
 * nothing comes past it meanwhile. It knows how stale it is; who must not act on stale knowledge asks {@link #isDeaf()}.
 */
public final class FeedFollower implements AutoCloseable {
    public static final int POLL_MILLIS = 250;

    /** Without a look at the feed for this long a node starts nothing new. */
    public static final Duration DEAF_AFTER = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(FeedFollower.class.getName());

    private final Database database;
    private final Connections connections;
    private final List<Consumer<Feed.Entry>> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile long version;
    private volatile long seenNanos;
    private volatile boolean started;
    private volatile boolean closed;
    /** How many listeners have taken the entry after {@link #version}; only the thread counts. */
    private int taken;

    public FeedFollower(Database database, Connections connections) {
        this.database = database;
        this.connections = connections;
        this.thread = Thread.ofPlatform().name("feed").daemon().unstarted(this::follow);
    }

    /** Must be called before {@link #start()} for listeners that may miss nothing. */
    public void listen(Consumer<Feed.Entry> listener) {
        listeners.add(listener);
    }

    /** Starts at the present head: what was denied before lies in the database anyway. */
    public void start() {
        version = database.read(Feed::head);
        seenNanos = System.nanoTime();
        started = true;
        thread.start();
    }

    /** The last version this node has applied. */
    public long version() {
        return version;
    }

    /** How long ago this node last knew everything there was. */
    public Duration staleness() {
        return started ? Duration.ofNanos(System.nanoTime() - seenNanos) : Duration.ofDays(1);
    }

    public boolean isDeaf() {
        return staleness().compareTo(DEAF_AFTER) > 0;
    }

    /** Waits until this node has applied the version, or the time is over; says whether it has. */
    public synchronized boolean await(long wanted, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (version < wanted) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void follow() {
        @Nullable Connection listening = null;
        boolean failing = false;
        while (!closed) {
            try {
                if (listening == null) {
                    listening = connections.single();
                    try (var statement = listening.createStatement()) {
                        statement.execute("listen " + Feed.CHANNEL);
                    }
                }
                catchUp();
                if (failing) {
                    LOG.log(Level.INFO, "feed: back, version={0}", version);
                    failing = false;
                }
                listening.unwrap(PGConnection.class).getNotifications(POLL_MILLIS);
            } catch (SQLException | RuntimeException e) {
                if (!failing && !closed) {
                    LOG.log(Level.WARNING, "feed: stopped after version " + version + ", is tried again", e);
                }
                failing = true;
                close(listening);
                listening = null;
                pause();
            }
        }
        close(listening);
    }

    private void catchUp() {
        List<Feed.Entry> entries;
        do {
            long before = System.nanoTime();
            entries = database.read(rx -> Feed.after(rx, version));
            entries.forEach(this::tell);
            seenNanos = before;
        } while (!entries.isEmpty());
    }

    private void tell(Feed.Entry entry) {
        while (taken < listeners.size()) {
            listeners.get(taken).accept(entry);
            taken++;
        }
        taken = 0;
        advance(entry.version());
    }

    private synchronized void advance(long to) {
        version = to;
        notifyAll();
    }

    private void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException _) {
            // closing: the loop looks
        }
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException _) {
                // it was broken already
            }
        }
    }
}
