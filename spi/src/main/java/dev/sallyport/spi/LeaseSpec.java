package dev.sallyport.spi;

import dev.sallyport.base.LeaseId;
import dev.sallyport.base.TargetId;
import java.time.Instant;
import java.util.Map;

/**
 * What a kind of target needs to know of a lease: enough to make it real, and to find and remove it again after a crash.
 *
 * @param feedVersion place in the feed from which on the lease is denied; 0 while it is not closing
 * @param spec what the kind itself noted when the lease was made; plain values, no secrets
 */
public record LeaseSpec(
        LeaseId id,
        String kind,
        TargetId target,
        Instant issuedAt,
        Instant expiresAt,
        long feedVersion,
        Map<String, Object> spec) {
    public LeaseSpec {
        spec = Map.copyOf(spec);
    }
}
