package dev.sallyport.grant;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import java.time.Instant;
import java.util.Optional;

/** The right of one person to one role on one target, with start and end. */
public record Grant(
        GrantId id,
        GrantState state,
        PersonId person,
        String personName,
        RoleId role,
        String roleName,
        TargetId target,
        String targetName,
        RequestId request,
        ItemId item,
        Terms terms,
        Instant startsAt,
        Instant endsAt,
        Optional<EndReason> endReason,
        Optional<String> endComment,
        Optional<Instant> endedAt) {
    /** Whether this time lies in its window. */
    boolean covers(Instant now) {
        return !now.isBefore(startsAt) && now.isBefore(endsAt);
    }

    public boolean isRunning() {
        return state == GrantState.SCHEDULED || state == GrantState.ACTIVE;
    }
}
