package dev.sallyport.finding;

import java.time.Instant;
import java.util.Optional;

/**
 * Something somebody should look at.
 *
 * @param kind stable name, such as {@code lease-stuck}
 * @param subject id or name of what it is about; there is one open finding per kind and subject
 */
public record Finding(
        String id,
        String kind,
        Severity severity,
        String subject,
        String message,
        Instant openedAt,
        Optional<Instant> closedAt) {}
