package dev.sallyport.request;

import java.time.Instant;
import java.util.Optional;

/**
 * One person's right to decide in the hands of another, for a time.
 *
 * @param role only for items of this role, by name; of any if empty
 * @param target only for items on this target, by name
 * @param endedAt when somebody ended it before its time
 */
public record Delegation(
        String id,
        String from,
        String to,
        Instant startsAt,
        Instant until,
        Optional<String> role,
        Optional<String> target,
        String reason,
        Instant createdAt,
        Optional<Instant> endedAt) {
    public static final String PREFIX = "dlg_";

    /** How far it is. */
    public enum State {
        PLANNED,
        RUNNING,
        ENDED
    }

    public State state(Instant now) {
        if (endedAt.isPresent() || !now.isBefore(until)) {
            return State.ENDED;
        }
        return now.isBefore(startsAt) ? State.PLANNED : State.RUNNING;
    }
}
