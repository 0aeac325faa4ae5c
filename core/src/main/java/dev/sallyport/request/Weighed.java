package dev.sallyport.request;

import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decided;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One item of an ask, and what is decided about it.
 *
 * @param startsAt of its window, where the ask has several
 */
record Weighed(
        Role role,
        Target target,
        Asked asked,
        Decided decided,
        StoredDecision decision,
        List<ApprovalStage> stages,
        Optional<Instant> startsAt) {
    /** Until when somebody has to decide: a window that is over is none. */
    Instant decideBy(Request request, Instant now) {
        Instant rule = now.plus(role.rule().decideWithin());
        return startsAt.map(start -> start.plus(request.duration()))
                .filter(rule::isAfter)
                .orElse(rule);
    }
}
