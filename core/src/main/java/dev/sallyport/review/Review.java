package dev.sallyport.review;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.RequestId;
import java.time.Instant;
import java.util.Optional;

/**
 * What somebody has to look at because a grant was given.
 *
 * @param emergency whether it counts as one
 * @param because break-glass, incident, fallback, or policy where a rule wants it
 * @param incident that it was granted for
 * @param dueAt when it becomes a finding
 * @param verdict what came of it
 */
public record Review(
        String id,
        boolean emergency,
        String because,
        Optional<String> incident,
        String person,
        String role,
        String target,
        String reason,
        GrantId grant,
        RequestId request,
        Instant openedAt,
        Instant dueAt,
        Optional<Instant> closedAt,
        Optional<String> reviewer,
        Optional<Verdict> verdict,
        Optional<String> comment) {
    /** What a reviewer says of it. */
    public enum Verdict {
        JUSTIFIED,
        NOT_JUSTIFIED,
        /** What nobody says: the grant ended before its time came. */
        NEVER_BEGAN
    }
}
