package dev.sallyport.request;

import dev.sallyport.base.PersonId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one approver said about one item, for one of its stages.
 *
 * @param by the person; nobody where a decision service said it
 * @param byName as people read it
 * @param service the decision service that said it
 * @param forName whose right to decide it was, if another's
 */
public record Verdict(
        int stage,
        Optional<PersonId> by,
        String byName,
        Optional<String> service,
        Optional<String> forName,
        boolean approves,
        Optional<String> comment,
        Optional<Duration> duration,
        Instant at) {
    /** A decision service as people read it; no person has a name with a space. */
    static String ofService(String name) {
        return "the service " + name;
    }
}
