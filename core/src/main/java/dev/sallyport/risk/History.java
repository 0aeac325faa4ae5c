package dev.sallyport.risk;

import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a person has asked for, and what those have held who share a group with them: the last {@link #BACK}, bounded.
 *
 * @param items the newest first
 * @param peers how many persons share a group with this one
 */
record History(List<Past> items, int peers, Set<Right> heldByPeers) {
    /** How far it looks back. */
    static final Duration BACK = Duration.ofDays(90);

    /** How many items at most, the newest of them. */
    static final int ITEMS_MAX = 1_000;

    /** How many peers at most. */
    static final int PEERS_MAX = 500;

    /** How many rights of peers at most. */
    static final int RIGHTS_MAX = 5_000;

    /** One thing that was asked for; only what was granted makes anything usual. */
    record Past(
            String request,
            Instant at,
            Duration duration,
            Right right,
            boolean denied,
            boolean granted,
            Optional<String> network) {}

    /** A role on a target. */
    record Right(RoleId role, TargetId target) {}

    History {
        items = List.copyOf(items);
        heldByPeers = Set.copyOf(heldByPeers);
    }
}
