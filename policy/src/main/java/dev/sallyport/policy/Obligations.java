package dev.sallyport.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What holds for a grant that a decision allows; the strictest of all rules that allowed it.
 *
 * @param mfaWithin how old a second factor may be, of who asks and of who approves
 * @param tickets patterns, all of which the ticket must match
 * @param notified groups that are told
 * @param postReview whether somebody must review it afterwards
 */
public record Obligations(
        Duration maxDuration,
        boolean reasonRequired,
        Access access,
        Duration certificateValidity,
        SessionObligations session,
        Optional<Duration> mfaWithin,
        List<String> tickets,
        List<String> notified,
        boolean postReview) {
    public Obligations {
        if (!maxDuration.isPositive() || !certificateValidity.isPositive()) {
            throw new IllegalArgumentException(
                    "obligations: " + maxDuration + ", " + certificateValidity + " (expected: both > PT0S)");
        }
        tickets = List.copyOf(tickets);
        notified = List.copyOf(notified);
    }
}
