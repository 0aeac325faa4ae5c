package dev.sallyport.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A client that is signed in, as its owner sees it.
 *
 * @param client which program it is
 * @param address where it signed in from, where that is known: of browsers
 * @param userAgent how it named itself, where that is known; whatever it said
 */
public record OpenSession(
        String id,
        String client,
        List<String> amr,
        Instant createdAt,
        Instant expiresAt,
        Optional<String> address,
        Optional<String> userAgent) {
    public OpenSession {
        amr = List.copyOf(amr);
    }
}
