package dev.sallyport.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * The rule a role carries by itself: at once or after approvals, for how long at most, with or without a reason. It counts
 * like a rule of a policy that allows, and its limits hold for every grant of the role.
 *
 * @param automatic that nobody needs to approve, said in so many words
 * @param approval who must; where neither is said, only policies grant it
 * @param decideWithin how long a request waits before it expires
 */
public record RoleRule(
        boolean automatic,
        Optional<Approvals> approval,
        Duration maxDuration,
        boolean reasonRequired,
        Duration decideWithin,
        Access access,
        Duration certificateValidity,
        SessionObligations session) {
    public static final Duration MAX_DURATION = Duration.ofDays(14);
    public static final Duration DECIDE_WITHIN = Duration.ofHours(1);
    public static final Duration CERTIFICATE_VALIDITY = Duration.ofMinutes(10);
}
