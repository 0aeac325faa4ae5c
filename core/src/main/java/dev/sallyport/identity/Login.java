package dev.sallyport.identity;

import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A person who has just proved who they are, through one of their logins.
 *
 * @param amr how they proved it (RFC 8176)
 * @param acr how strongly, in the words of the provider they signed in through
 */
public record Login(
        PersonId person,
        String name,
        IdentityId identity,
        long epoch,
        List<String> amr,
        Instant authTime,
        Optional<String> acr) {
    /** Signed in with a password and nothing else. */
    public static final List<String> PASSWORD = List.of("pwd");

    public Login {
        amr = List.copyOf(amr);
    }

    public Actor actor(String address) {
        return new Actor(person.value(), identity.value(), name, address, null);
    }
}
