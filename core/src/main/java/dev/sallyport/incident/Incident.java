package dev.sallyport.incident;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that is wrong with some targets, and who works on it.
 *
 * @param source the IncidentSource that told of it, and {@code reference} what that calls it; nothing when a person opened it
 * @param counts whether rules may look at it: one that must be confirmed does not before that
 * @param endsAt when it is closed if nobody does
 * @param targets names
 * @param responders persons, by name
 * @param responderGroups whose members at any moment work on it too
 */
public record Incident(
        String id,
        boolean open,
        String title,
        String severity,
        Optional<String> source,
        Optional<String> reference,
        Optional<String> openedBy,
        Optional<String> confirmedBy,
        boolean counts,
        Instant openedAt,
        Instant endsAt,
        Optional<Instant> closedAt,
        Optional<String> closedBy,
        Optional<String> closeReason,
        List<String> targets,
        List<String> responders,
        List<String> responderGroups) {
    public static final String PREFIX = "inc_";

    public Incident {
        targets = List.copyOf(targets);
        responders = List.copyOf(responders);
        responderGroups = List.copyOf(responderGroups);
    }

    /** Whether a second person's word changes anything: for whoever opened it, or for everybody before it counts. */
    public boolean isUnconfirmed() {
        return open && confirmedBy.isEmpty() && (openedBy.isPresent() || !counts);
    }
}
