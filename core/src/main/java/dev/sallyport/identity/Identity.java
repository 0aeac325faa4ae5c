package dev.sallyport.identity;

import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import java.time.Instant;

/**
 * One login of a person: who signs in as this subject of this issuer is that person.
 *
 * @param issuer a provider's, or {@link SignIn#LOCAL_ISSUER} for name and password here
 */
public record Identity(
        IdentityId id, PersonId person, String personName, String issuer, String subject, Instant createdAt) {
    /** Whether it is the name and password of this server. */
    public boolean isLocal() {
        return issuer.equals(SignIn.LOCAL_ISSUER);
    }
}
