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

    /** Signed in with a password and a code of an authenticator app. */
    public static final List<String> PASSWORD_AND_CODE = List.of("pwd", "otp", "mfa");

    /** Signed in with a password and a recovery code. */
    public static final List<String> PASSWORD_AND_RECOVERY = List.of("pwd", "mfa");

    /** Methods of RFC 8176 that are a key: in hardware, or in software that may copy it to other devices. */
    static final List<String> KEYS = List.of("hwk", "swk");

    /** Signed in with a passkey alone, which verified its holder: something they have, and something they know or are. */
    public static List<String> passkey(boolean synced) {
        return List.of(synced ? "swk" : "hwk", "user", "mfa");
    }

    /** Signed in with a password and a passkey. */
    public static List<String> passwordAndPasskey(boolean synced) {
        return List.of("pwd", synced ? "swk" : "hwk", "user", "mfa");
    }

    /** What two factors shown here come to, in the words of the REFEDS profile that others know too. */
    public static final String TWO_FACTORS = "https://refeds.org/profile/mfa";

    public Login {
        amr = List.copyOf(amr);
    }

    public Actor actor(String address) {
        return new Actor(person.value(), identity.value(), name, address, null);
    }
}
