package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** When somebody last showed more than a password. */
public final class SecondFactor {
    /** Methods of RFC 8176 that are, or include, something other than what one knows. */
    private static final List<String> METHODS = List.of("mfa", "otp", "hwk", "swk", "sc", "fpt", "face");

    /** How many seconds old a sign-in or a factor may be (RFC 9470): a detail of refusals that want a newer one. */
    public static final String MAX_AGE = "max_age";

    /** What a sign-in must come to (RFC 9470): a detail of such refusals. */
    public static final String ACR_VALUES = "acr_values";

    /** What of ours a person could show beside a password. */
    public record Kinds(boolean totp, boolean passkey) {
        public boolean any() {
            return totp || passkey;
        }

        /** As programs read it. */
        List<String> words() {
            return Stream.of(totp ? "totp" : "", passkey ? "passkey" : "")
                    .filter(word -> !word.isEmpty())
                    .toList();
        }
    }

    private SecondFactor() {}

    public static Kinds kinds(Rx rx, PersonId person) {
        return new Kinds(
                FactorStore.confirmedAt(rx, person).isPresent(),
                rx.exists("select 1 from passkey where person_id = ? limit 1", person));
    }

    /**
     * How long ago the caller did, in the sign-in session behind the call; nothing when they did not. What a provider says
     * counts as said; a factor of ours only as long as the person has the one they showed. A passkey that was shown at a
     * sign-in has been used then, or since.
     */
    public static Optional<Duration> age(Rx rx, Actor caller) {
        if (caller.session() == null) {
            return Optional.empty();
        }
        return rx.one(
                        """
                        select s.auth_time from sign_in_session s join identity i on i.id = s.identity_id
                         where s.id = ? and s.person_id = ? and s.amr && ?::text[]
                           and (i.issuer <> ?
                                or not s.amr && ?::text[]
                                   and exists (select 1 from totp_factor f
                                                where f.person_id = s.person_id and f.confirmed_at <= s.auth_time)
                                or s.amr && ?::text[]
                                   and exists (select 1 from passkey k
                                                where k.person_id = s.person_id and k.made_at <= s.auth_time
                                                  and k.last_used_at >= s.auth_time))
                        """,
                        row -> Rows.instant(row, "auth_time"),
                        caller.session(),
                        caller.person(),
                        METHODS,
                        SignIn.LOCAL_ISSUER,
                        Login.KEYS,
                        Login.KEYS)
                .map(at -> since(at, rx.now()));
    }

    /** An age is never none. */
    static Duration since(Instant shown, Instant now) {
        Duration age = Duration.between(shown, now);
        return age.isPositive() ? age : Duration.ofSeconds(1);
    }
}
