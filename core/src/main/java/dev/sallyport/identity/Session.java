package dev.sallyport.identity;

import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A client that is signed in: a family of tokens.
 *
 * @param epoch the person's present epoch: tokens of an earlier one no longer count
 * @param ended whether it has ended, or the person may not act
 */
public record Session(
        String id,
        PersonId person,
        String name,
        IdentityId identity,
        long epoch,
        List<String> amr,
        Optional<String> acr,
        Instant authTime,
        Instant expiresAt,
        boolean ended) {
    public static final String PREFIX = "ses_";

    public Session {
        amr = List.copyOf(amr);
    }
}
