package dev.sallyport.policy;

import java.time.Duration;

/** What holds for a grant that a decision allows; the strictest of all rules that allowed it. */
public record Obligations(
        Duration maxDuration,
        boolean reasonRequired,
        Access access,
        Duration certificateValidity,
        SessionObligations session) {
    public Obligations {
        if (!maxDuration.isPositive() || !certificateValidity.isPositive()) {
            throw new IllegalArgumentException(
                    "obligations: " + maxDuration + ", " + certificateValidity + " (expected: both > PT0S)");
        }
    }
}
