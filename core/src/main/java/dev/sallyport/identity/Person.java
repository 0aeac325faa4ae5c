package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A human, or a workload that acts by itself; may have several logins.
 *
 * @param epoch grows when everything issued to this person must stop counting
 */
public record Person(
        PersonId id,
        String name,
        String displayName,
        Optional<String> email,
        Map<String, String> attributes,
        boolean disabled,
        Optional<Instant> quarantinedAt,
        long epoch,
        String managedBy,
        long version) {
    public Person {
        attributes = Map.copyOf(attributes);
    }

    /** Whether this person may gain anything at all. */
    public boolean isActive() {
        return !disabled && quarantinedAt.isEmpty();
    }
}
