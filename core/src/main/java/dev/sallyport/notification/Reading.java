package dev.sallyport.notification;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.AuditSearch;
import dev.sallyport.audit.RecordedEvent;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.grant.Grants;
import dev.sallyport.request.Awaited;
import dev.sallyport.request.Requests;
import dev.sallyport.request.Untold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit log behind a cursor and puts news into the outbox, in the transaction that moves the cursor. The cursor is
 * one row; whoever holds it reads, so that several servers tell nothing twice.
 */
final class Reading {
    /** Events of one look. */
    static final int BATCH = 200;

    /** News older than this is not told any more: servers that come back after long do not tell of what is over. */
    static final Duration STALE = Duration.ofDays(1);

    /** How long before its end the holder of a grant is told. */
    static final Duration WARN_BEFORE = Duration.ofMinutes(10);

    /** Shorter grants end without a warning. */
    static final Duration WARN_FROM = Duration.ofMinutes(20);

    private static final int WARN_BATCH = 200;
    private static final Actor ACTOR = Actor.system("notifications");
    private static final Logger LOG = Logger.getLogger(Reading.class.getName());

    private final Database database;
    private final Audit audit;
    private @Nullable String unreadable;

    Reading(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    private record Cursor(Optional<String> place, Optional<Instant> warnedUntil) {
        static Cursor of(java.sql.ResultSet row) throws java.sql.SQLException {
            return new Cursor(
                    Optional.ofNullable(row.getString("place")),
                    Optional.ofNullable(Rows.instantOrNull(row, "warned_until")));
        }
    }

    /** An event that we cannot make news of, which is a fault of ours. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String event;

        Unreadable(String event, RuntimeException cause) {
            super(event, cause);
            this.event = event;
        }
    }

    /** Reads on; returns how much there was to read. */
    synchronized int runOnce() {
        if (!database.read(Reading::hasWork)) {
            return 0;
        }
        try {
            return database.change(ACTOR, this::readOn);
        } catch (Unreadable fault) {
            if (fault.event.equals(unreadable)) {
                throw fault;
            }
            LOG.log(Level.SEVERE, "event=" + fault.event + " becomes no news; it is passed over", fault.getCause());
            unreadable = fault.event; // the next round passes it over
            return 1;
        }
    }

    private static boolean hasWork(Rx rx) {
        return rx.one("select place, warned_until from notification_cursor", Cursor::of)
                .map(cursor -> cursor.place().isEmpty()
                        || isAhead(rx, cursor.place().get())
                        || !AuditSearch.tail(rx, cursor.place().get(), 1).isEmpty()
                        || !ending(rx, cursor).isEmpty())
                .orElse(false);
    }

    private int readOn(Tx tx) {
        Optional<Cursor> held =
                tx.one("select place, warned_until from notification_cursor for update skip locked", Cursor::of);
        if (held.isEmpty() || Outbox.isFull(tx)) {
            return 0; // another server reads, or there is no room
        }
        Cursor cursor = held.get();
        if (cursor.place().isEmpty() || isAhead(tx, cursor.place().get())) {
            move(tx, AuditSearch.end(tx));
            return 1;
        }
        List<Channel> channels = Channel.all(tx);
        if (channels.isEmpty()) {
            // nobody is told of anything: what happens meanwhile is passed over in one go
            move(tx, AuditSearch.end(tx));
            tx.update(
                    "update notification_cursor set warned_until = ?", tx.now().plus(WARN_BEFORE));
            return 0;
        }
        List<RecordedEvent> events = AuditSearch.tail(tx, cursor.place().get(), BATCH);
        List<GrantId> ending = ending(tx, cursor);
        if (events.isEmpty() && ending.isEmpty()) {
            return 0;
        }
        List<Route> routes = Route.all(tx);
        for (RecordedEvent event : events) {
            if (!event.id().equals(unreadable)
                    && event.recordedAt().isAfter(tx.now().minus(STALE))) {
                tell(tx, event, channels, routes);
            }
        }
        if (!events.isEmpty()) {
            move(tx, events.getLast().place());
        }
        warn(tx, cursor, ending, channels, routes);
        return events.size() + ending.size();
    }

    private void tell(Tx tx, RecordedEvent event, List<Channel> channels, List<Route> routes) {
        try {
            Newsroom.of(tx, event).forEach(telling -> Outbox.put(tx, telling, event.happenedAt(), channels, routes));
            Asking.Asked asked = Asking.of(tx, event);
            asked.tellings().forEach(telling -> Outbox.put(tx, telling, event.happenedAt(), channels, routes));
            for (Awaited stage : asked.stages()) {
                if (!Outbox.isAnybodyTold(tx, stage)) {
                    Requests.untold(tx, audit, stage.item(), stage.stage(), Untold.NO_CHANNEL);
                }
            }
        } catch (Refusal refusal) {
            throw refusal; // the database is away: it is read again
        } catch (RuntimeException fault) {
            throw new Unreadable(event.id(), fault);
        }
    }

    /** Grants that end soon, and have not been told of. */
    private static List<GrantId> ending(Rx rx, Cursor cursor) {
        Instant until = rx.now().plus(WARN_BEFORE);
        Instant from = cursor.warnedUntil().filter(rx.now()::isBefore).orElse(rx.now());
        return rx.list("""
                select id from access_grant
                 where state = 'active' and ends_at > ? and ends_at <= ? and ends_at - starts_at >= ?::bigint * interval '1 millisecond'
                 order by ends_at limit ?
                """, row -> new GrantId(row.getString(1)), from, until, WARN_FROM, WARN_BATCH);
    }

    private static void warn(Tx tx, Cursor cursor, List<GrantId> ending, List<Channel> channels, List<Route> routes) {
        Instant until = tx.now().plus(WARN_BEFORE);
        for (GrantId id : ending) {
            Grants.find(tx, id)
                    .ifPresent(grant -> Outbox.put(tx, Newsroom.ending(tx, grant), tx.now(), channels, routes));
        }
        if (ending.size() == WARN_BATCH) {
            until = Grants.find(tx, ending.getLast()).orElseThrow().endsAt();
        }
        if (cursor.warnedUntil().filter(until::isBefore).isEmpty()) {
            tx.update("update notification_cursor set warned_until = ?", until);
        }
    }

    private static void move(Tx tx, String place) {
        tx.update("update notification_cursor set place = ?", place);
    }

    /** A place in the future is that of another database: this one was restored from it, and begins anew. */
    private static boolean isAhead(Rx rx, String place) {
        return rx.exists(
                "select 1 where ?::xid8 > pg_snapshot_xmax(pg_current_snapshot())",
                place.substring(0, place.indexOf('.')));
    }

    /** How far behind the log it is; nothing when it has read all. */
    static Optional<Duration> lag(Rx rx) {
        return rx.one("select place, warned_until from notification_cursor", Cursor::of)
                .flatMap(Cursor::place)
                .flatMap(place -> AuditSearch.tail(rx, place, 1).stream().findFirst())
                .map(event -> Duration.between(event.recordedAt(), rx.now()));
    }
}
