package dev.sallyport.notification;

import dev.sallyport.base.Ids;
import dev.sallyport.database.Json;
import dev.sallyport.database.Order;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Slice;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.Person;
import dev.sallyport.request.Awaited;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of the outbox. */
final class Outbox {
    /** The most letters that wait; nothing more is read from the audit log until there is room. */
    static final int WAITING_MAX = 50_000;

    private static final Order.Of LIST = Order.Of.byAge("notification", "n");

    private static final String RETURNING =
            " returning n.*, (select p.name from person p where p.id = n.person_id) as person_name";

    private Outbox() {}

    static boolean isFull(Rx rx) {
        return rx.exists("select 1 from notification where state = 'waiting' offset " + WAITING_MAX + " limit 1");
    }

    /**
     * Puts one letter per channel that takes the news, and per person where the channel is people's own.
     *
     * @return whether it went anywhere, now or before
     */
    static boolean put(Tx tx, Telling telling, Instant happened, List<Channel> channels, List<Route> routes) {
        boolean anywhere = false;
        for (Channel channel : channels) {
            boolean takes = telling.everywhere()
                    || routes.stream()
                            .anyMatch(route -> route.channel().equals(channel.name())
                                    && route.takes(telling.news(), telling.severity(), telling.target()));
            if (!takes || telling.about().filter(channel.name()::equals).isPresent()) {
                continue;
            }
            if (channel.isForPeople()) {
                for (Person person : telling.people()) {
                    if (person.isActive() && person.email().isPresent()) {
                        insert(tx, telling, happened, channel, person);
                        anywhere = true;
                    }
                }
            } else if (telling.fixed()) {
                insert(tx, telling, happened, channel, null);
                anywhere = true;
            }
        }
        return anywhere;
    }

    private static void insert(Tx tx, Telling telling, Instant happened, Channel channel, @Nullable Person person) {
        tx.update(
                """
                insert into notification (id, key, news, severity, channel, person_id, address, request_id, asks, content,
                                          happened_at, created_at, state, next_attempt_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?::text[], ?::jsonb, ?, ?, 'waiting', ?) on conflict (key) do nothing
                """,
                Ids.next("ntf_"),
                telling.key() + " " + channel.name() + (person == null ? "" : " " + person.id()),
                telling.news().word(),
                telling.severity(),
                channel.name(),
                person == null ? null : person.id(),
                person == null ? null : person.email().orElseThrow(),
                telling.request().orElse(null),
                telling.asks(),
                Json.text(telling.story().tree()),
                happened,
                tx.now(),
                tx.now());
    }

    /** Stages of the request that this person, or (none) a channel of its own, has been or is being told of. */
    static List<String> asked(Rx rx, String request, @Nullable String person) {
        return rx.list("""
                select distinct ask from notification n cross join unnest(n.asks) as ask
                 where n.request_id = ? and n.person_id is not distinct from ?::text
                """, row -> row.getString(1), request, person);
    }

    /** Whether anything that tells people of the stage has ever been put here. */
    static boolean isAnybodyTold(Rx rx, Awaited stage) {
        return rx.exists("""
                select 1 from notification n join request_item i on i.request_id = n.request_id
                 where i.id = ? and ? = any(n.asks) limit 1
                """, stage.item(), stage.name());
    }

    /** Whether anything that tells people of the stage has arrived, or still may. */
    static boolean mayBeTold(Rx rx, String request, String ask) {
        return rx.exists(
                "select 1 from notification where request_id = ? and state <> 'dead' and ? = any(asks) limit 1",
                request,
                ask);
    }

    /** Takes letters that are due, oldest first; who takes one has it until its next attempt is due. */
    static List<Notification> claim(Tx tx, int limit, List<String> notOn, Duration length) {
        return tx.list("""
                update notification n set attempts = n.attempts + 1, next_attempt_at = ?
                 where n.id in (select id from notification
                                 where state = 'waiting' and next_attempt_at <= ? and channel <> all(?::text[])
                                 order by next_attempt_at, id limit ? for update skip locked)
                """ + RETURNING, Notification::of, tx.now().plus(length), tx.now(), notOn, limit);
    }

    /** False when it had been given up, or told before. */
    static boolean sent(Tx tx, Notification letter) {
        return tx.update("""
                        update notification set state = 'sent', settled_at = ?, last_error = null
                         where id = ? and state = 'waiting'
                        """, tx.now(), letter.id()) == 1;
    }

    static void again(Tx tx, Notification letter, Instant at, String error) {
        tx.update("""
                update notification set next_attempt_at = ?, last_error = ?
                 where id = ? and state = 'waiting' and attempts = ?
                """, at, error, letter.id(), letter.attempts());
    }

    /** False when somebody else has it now. */
    static boolean dead(Tx tx, Notification letter, String error) {
        return tx.update("""
                        update notification set state = 'dead', settled_at = ?, last_error = ?
                         where id = ? and state = 'waiting' and attempts = ?
                        """, tx.now(), error, letter.id(), letter.attempts()) == 1;
    }

    /** Gives a dead letter another life. */
    static boolean revive(Tx tx, String id) {
        return tx.update("""
                        update notification set state = 'waiting', settled_at = null, attempts = 0, next_attempt_at = ?
                         where id = ? and state = 'dead'
                        """, tx.now(), id) == 1;
    }

    static Optional<Notification> find(Rx rx, String id) {
        return rx.one(Notification.SELECT + "where n.id = ?", Notification::of, id);
    }

    /** Newest first, those after the given id; what is empty does not restrict. */
    static List<Notification> list(
            Rx rx,
            Optional<Notification.State> state,
            Optional<String> channel,
            Optional<String> request,
            Slice slice) {
        return rx.list(
                Notification.SELECT + """
                where (?::text is null or n.state = ?) and (?::text is null or n.channel = ?)
                  and (?::text is null or n.request_id = ?) and\s"""
                        + slice.condition(LIST) + " order by " + slice.order().by(LIST) + " limit ?",
                Notification::of,
                state.map(dev.sallyport.database.Rows::stored).orElse(null),
                state.map(dev.sallyport.database.Rows::stored).orElse(null),
                channel.orElse(null),
                channel.orElse(null),
                request.orElse(null),
                request.orElse(null),
                slice.from(),
                slice.from(),
                slice.limit());
    }

    /** Forgets what was settled before; returns how many. */
    static int forget(Tx tx, Instant before, int limit) {
        return tx.update("""
                delete from notification where id in
                       (select id from notification where state <> 'waiting' and settled_at < ? limit ? for update skip locked)
                """, before, limit);
    }
}
