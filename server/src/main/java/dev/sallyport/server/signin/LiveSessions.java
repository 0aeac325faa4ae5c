package dev.sallyport.server.signin;

import dev.sallyport.database.Database;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.feed.FeedKind;
import dev.sallyport.identity.Session;
import dev.sallyport.identity.Sessions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sessions this node has seen lately, kept true by the feed: one that ends anywhere is forgotten here before the next
 * call. When the feed has not been heard for a while, the database is asked every time.
 */
final class LiveSessions {
    static final int MAX = 50_000;

    private final Database database;
    private final Sessions sessions;
    private final FeedFollower feed;
    private final Map<String, Session> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > MAX;
        }
    };
    private long generation;

    LiveSessions(Database database, Sessions sessions, FeedFollower feed) {
        this.database = database;
        this.sessions = sessions;
        this.feed = feed;
        feed.listen(this::hear);
    }

    Optional<Session> find(String id) {
        if (feed.isDeaf()) {
            return read(id);
        }
        long before;
        synchronized (known) {
            Session session = known.get(id);
            if (session != null) {
                return Optional.of(session);
            }
            before = generation;
        }
        Optional<Session> session = read(id);
        synchronized (known) {
            // an end may have been heard between the reading and now
            if (before == generation) {
                session.ifPresent(found -> known.put(id, found));
            }
        }
        return session;
    }

    private Optional<Session> read(String id) {
        return database.read(rx -> sessions.find(rx, id));
    }

    private void hear(Feed.Entry entry) {
        if (entry.kind() == FeedKind.SESSION_ENDED) {
            synchronized (known) {
                generation++;
                known.remove(entry.subject());
            }
        } else if (entry.kind() == FeedKind.EPOCH) {
            String person = entry.person();
            synchronized (known) {
                generation++;
                known.values().removeIf(session -> session.person().value().equals(person));
            }
        }
    }
}
