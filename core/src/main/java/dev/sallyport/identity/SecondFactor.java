package dev.sallyport.identity;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When somebody last showed more than a password. */
public final class SecondFactor {
    /** Methods of RFC 8176 that are, or include, something other than what one knows. */
    private static final List<String> METHODS = List.of("mfa", "otp", "hwk", "swk", "sc", "fpt", "face");

    private SecondFactor() {}

    /** How long ago the caller did, in the sign-in session behind the call; nothing when they did not. */
    public static Optional<Duration> age(Rx rx, Actor caller) {
        if (caller.session() == null) {
            return Optional.empty();
        }
        return rx.one(
                        "select auth_time from sign_in_session where id = ? and person_id = ? and amr && ?::text[]",
                        row -> Rows.instant(row, "auth_time"),
                        caller.session(),
                        caller.person(),
                        METHODS)
                .map(at -> Duration.between(at, rx.now()))
                .map(age -> age.isPositive() ? age : Duration.ofSeconds(1));
    }
}
