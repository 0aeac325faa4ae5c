package dev.sallyport.audit;

import dev.sallyport.database.Actor;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened, before it has a place in the log. Values given as {@link #personal} are kept beside the event
 * and only committed to in its bytes, so that they can be erased; everything else stays for ever.
 */
public final class Event {
    final EventType type;
    final Map<String, Object> data = new TreeMap<>();
    final Map<String, String> personal = new TreeMap<>();
    Outcome outcome = Outcome.SUCCESS;

    @Nullable
    Actor actor;

    @Nullable
    Instant happenedAt;

    @Nullable
    String request;

    @Nullable
    String grant;

    @Nullable
    String lease;

    @Nullable
    String session;

    @Nullable
    String target;

    private Event(EventType type) {
        this.type = type;
    }

    public static Event of(EventType type) {
        return new Event(type);
    }

    public Event outcome(Outcome outcome) {
        this.outcome = outcome;
        return this;
    }

    /** Who caused it, where that is not who makes the change: a change that is made for several at once. */
    public Event by(Actor actor) {
        this.actor = actor;
        return this;
    }

    /** When it happened, where that is not the time of the transaction. */
    public Event happenedAt(Instant time) {
        this.happenedAt = time;
        return this;
    }

    public Event request(@Nullable String id) {
        this.request = id;
        return this;
    }

    public Event grant(@Nullable String id) {
        this.grant = id;
        return this;
    }

    public Event lease(@Nullable String id) {
        this.lease = id;
        return this;
    }

    public Event session(@Nullable String id) {
        this.session = id;
        return this;
    }

    /** The target's name. */
    public Event target(@Nullable String name) {
        this.target = name;
        return this;
    }

    /** A value that may stay for ever: ids, numbers, states; strings, whole numbers, booleans, lists and maps of them. */
    public Event data(String key, @Nullable Object value) {
        if (value != null) {
            data.put(key, value);
        }
        return this;
    }

    /** A value about a person or typed by one. */
    public Event personal(String key, @Nullable String value) {
        if (value != null) {
            personal.put(key, value);
        }
        return this;
    }
}
