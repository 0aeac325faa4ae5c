package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import java.util.List;

/**
 * A passkey instead of a password, by the link for a lost or a first one: its holder needs no password any more. A link
 * stands for a password and not for two factors: whoever has a second factor keeps to it, and is reset that first.
 */
public final class PasskeyResets {
    private final Database database;
    private final People people;
    private final PasswordResets resets;
    private final PasskeyProofs proofs;
    private final Passkeys passkeys;

    public PasskeyResets(
            Database database, People people, PasswordResets resets, PasskeyProofs proofs, Passkeys passkeys) {
        this.database = database;
        this.people = people;
        this.resets = resets;
        this.proofs = proofs;
        this.passkeys = passkeys;
    }

    /**
     * What the browser needs to make one; the link stays good.
     *
     * @throws Refusal {@code password.reset-link-invalid}, {@code sign-in.throttled}, {@code passkey.no-host-name} or {@code
     *     passkey.factor-first}
     */
    public PasskeySignIn.Begun begin(Secret token, String address) {
        PasskeyPlace place = proofs.place();
        PasswordResets.Attempt attempt = resets.begin(token, address);
        Secret browser = Ticket.next();
        return database.change(Actor.unknown(address), tx -> {
            requireNone(tx, attempt.person());
            resets.succeeded(tx, attempt);
            return new PasskeySignIn.Begun(
                    browser, Passkeys.offer(tx, place, attempt.person(), bound(browser, token, attempt.person())));
        });
    }

    /**
     * Registers it, once; a password that was there ends, and so do all sessions.
     *
     * @throws Refusal as {@link #begin}, or {@code passkey.refused}
     */
    public Passkey complete(Secret browser, Secret token, String name, PasskeyMade made, String address) {
        String called = Passkeys.called(name);
        PasswordResets.Attempt attempt = resets.begin(token, address);
        PersonId person = attempt.person();
        PasskeyCheck.Made fit = passkeys.judged(Actor.unknown(address), person, bound(browser, token, person), made);
        return resets.use(attempt, tx -> {
            requireNone(tx, person);
            return passkeys.add(tx, person, people.replacePassword(tx, person), called, fit, made);
        });
    }

    private static void requireNone(Rx rx, PersonId person) {
        if (SecondFactor.kinds(rx, person).any()) {
            throw PasskeyRefusal.FACTOR_FIRST.because(
                    "there is a second factor already, and this link stands for a password alone",
                    "set a password and sign in with both; or ask an administrator to reset the second factor first");
        }
    }

    private static Purpose bound(Secret browser, Secret token, PersonId person) {
        return Purpose.of(List.of("passkey by link", browser.reveal(), token.reveal(), person));
    }
}
