package dev.sallyport.request;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One role on one target, asked for and decided by itself.
 *
 * @param startsAt the beginning of its own window; nothing where its request has one for all
 * @param stages whose word it needs; empty when nobody's
 */
public record Item(
        ItemId id,
        RoleId role,
        String roleName,
        TargetId target,
        String targetName,
        ItemState state,
        StoredDecision decision,
        Instant decideBy,
        List<ApprovalStage> stages,
        List<Verdict> verdicts,
        Optional<GrantId> grant,
        Optional<Instant> startsAt) {
    public Item {
        stages = List.copyOf(stages);
        verdicts = List.copyOf(verdicts);
    }

    /** When it begins; nothing for at once. */
    public Optional<Instant> startsAt(Request request) {
        return startsAt.or(request::startsAt);
    }
}
