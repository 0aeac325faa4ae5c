package dev.sallyport.identity;

import java.time.Instant;
import java.util.Optional;

/**
 * A passkey of somebody, as they see it.
 *
 * @param synced whether it may live on several devices (backup eligible); otherwise it is bound to one
 * @param backedUp whether it did when it was last seen
 */
public record Passkey(
        String id, String name, Instant madeAt, Optional<Instant> lastUsedAt, boolean synced, boolean backedUp) {
    public static final String PREFIX = "psk_";
}
