package dev.sallyport.review;

import java.time.Duration;

/**
 * From where on emergencies are findings.
 *
 * @param reviewWithin how long a review may take, from the beginning of the grant
 * @param budget how many emergencies a team has in the time
 * @param budgetTime how far they are counted back
 */
public record EmergencyLimits(Duration reviewWithin, int budget, Duration budgetTime) {
    private static final Duration REVIEW_MAX = Duration.ofDays(30);
    private static final Duration BUDGET_MAX = Duration.ofDays(366);

    public static final EmergencyLimits DEFAULT = new EmergencyLimits(Duration.ofHours(24), 2, Duration.ofDays(30));

    public EmergencyLimits {
        if (!reviewWithin.isPositive() || reviewWithin.compareTo(REVIEW_MAX) > 0) {
            throw wrong("review_within", reviewWithin, "up to 30d");
        }
        if (budget < 0) {
            throw wrong("budget", budget, "0 or more");
        }
        if (!budgetTime.isPositive() || budgetTime.compareTo(BUDGET_MAX) > 0) {
            throw wrong("budget_time", budgetTime, "up to 366d");
        }
    }

    private static IllegalArgumentException wrong(String key, Object value, String expected) {
        return new IllegalArgumentException("break_glass." + key + ": " + value + " (expected: " + expected + ")");
    }
}
