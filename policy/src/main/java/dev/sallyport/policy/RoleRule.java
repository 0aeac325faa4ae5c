package dev.sallyport.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rule a role carries by itself: at once or after approvals, for how long at most, with or without a reason. It
 * decides by facts alone; the same facts always give the same decision.
 *
 * @param automatic that nobody needs to approve, said in so many words
 * @param approval who must; a rule that says neither grants nothing
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

    /** What holds for every grant by this rule. */
    public Obligations obligations() {
        return new Obligations(maxDuration, reasonRequired, access, certificateValidity, session);
    }

    public Decision decide(Facts facts) {
        Obligations obligations = obligations();
        var against = new ArrayList<String>();
        if (!facts.personActive()) {
            against.add("your account may not ask for anything right now");
        }
        if (!facts.eligible()) {
            against.add("you are not eligible for " + facts.role() + " on " + facts.target());
        }
        if (facts.duration().compareTo(maxDuration) > 0) {
            against.add("at most " + shown(maxDuration) + "; you asked " + shown(facts.duration()));
        }
        if (reasonRequired && facts.reason().isBlank()) {
            against.add("a reason is required");
        }
        if (!automatic && approval.isEmpty()) {
            against.add("the role " + facts.role() + " does not say who approves");
        }
        if (!against.isEmpty()) {
            return new Decision.Deny(against, obligations);
        }
        return approval.<Decision>map(wanted -> new Decision.NeedsApproval(
                        wanted,
                        obligations,
                        List.of("the role " + facts.role() + " wants " + wanted.count() + " approval"
                                + (wanted.count() == 1 ? "" : "s") + " by " + wanted.group())))
                .orElseGet(() -> new Decision.Allow(
                        obligations, List.of("the role " + facts.role() + " is granted without approval")));
    }

    private static String shown(Duration duration) {
        return dev.sallyport.base.Durations.shown(duration);
    }
}
