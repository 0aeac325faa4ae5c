package dev.sallyport.grant;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.LeaseId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Spec;
import dev.sallyport.spi.Cut;
import java.time.Instant;
import java.util.Optional;

/** One credential or membership made for a grant at a target. */
public record Lease(
        LeaseId id,
        LeaseState state,
        String kind,
        Cut cut,
        GrantId grant,
        TargetId target,
        String targetName,
        Spec spec,
        Instant issuedAt,
        Instant expiresAt,
        Optional<Instant> closedAt,
        int attempts,
        Optional<String> lastError) {
    /** After so many fruitless attempts a closing lease is a finding; it is still tried for ever. */
    public static final int STUCK_AFTER = 8;

    public boolean isStuck() {
        return state == LeaseState.CLOSING && attempts >= STUCK_AFTER;
    }
}
