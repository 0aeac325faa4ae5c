package dev.sallyport.decision;

import java.time.Instant;
import java.util.Optional;

/**
 * One entry of the history: from then on this set stood there.
 *
 * @param hash nothing when no set does
 * @param rules how many rules it has
 */
public record StageChange(
        long number, PolicyStage stage, Optional<String> hash, int rules, String byName, String reason, Instant at) {}
