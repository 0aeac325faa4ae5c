package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sign-in with a passkey: alone, with no name typed, which counts as two factors because the passkey verifies its holder; or
 * as the second step after a password.
 */
public final class PasskeySignIn {
    private final Database database;
    private final Audit audit;
    private final PasskeyProofs proofs;

    public PasskeySignIn(Database database, Audit audit, PasskeyProofs proofs) {
        this.database = database;
        this.audit = audit;
        this.proofs = proofs;
    }

    /**
     * A ceremony that has begun.
     *
     * @param browser what the browser keeps until it answers; the answer counts with it alone
     * @param options for the browser, as JSON
     */
    public record Begun(Secret browser, Map<String, Object> options) {}

    /** @throws Refusal {@code passkey.no-host-name} */
    public Begun begin() {
        Secret browser = Ticket.next();
        PasskeyPlace place = proofs.place();
        String challenge = database.change(Actor.system("passkey"), tx -> PasskeyChallenges.issue(tx, alone(browser)));
        return new Begun(browser, PasskeyOptions.request(place, challenge, List.of()));
    }

    /**
     * Signs in whoever the passkey is of.
     *
     * @throws Refusal {@code passkey.refused} or {@code factor.throttled}
     */
    public Login alone(Secret browser, PasskeyShown shown, String address) {
        var by = new PasskeyProofs.By(
                address, Optional.empty(), Optional.empty(), alone(browser), IdentityEvent.SIGN_IN_REFUSED);
        return proofs.use(by, shown, (tx, used) -> login(tx, used, Login.passkey(used.synced())));
    }

    /** What whoever holds the ticket of a right password could show next; nothing of it when the ticket is void. */
    public SecondFactor.Kinds wanted(Secret ticket) {
        return database.read(rx -> SignIn.half(rx, Ticket.hash(ticket))
                .map(half -> SecondFactor.kinds(rx, half.person()))
                .orElse(new SecondFactor.Kinds(false, false)));
    }

    /**
     * What the browser needs for the second step.
     *
     * @throws Refusal {@code sign-in.start-again}, {@code passkey.no-host-name} or {@code factor.none}
     */
    public Map<String, Object> offer(Secret ticket) {
        return database.change(Actor.system("passkey"), tx -> {
            SignIn.Half half = SignIn.half(tx, Ticket.hash(ticket)).orElseThrow(SignIn::startAgain);
            return proofs.request(tx, half.person(), second(ticket));
        });
    }

    /**
     * The second step: a passkey of who typed the password.
     *
     * @throws Refusal {@code sign-in.start-again}, {@code passkey.refused} or {@code factor.throttled}
     */
    public Login second(Secret ticket, PasskeyShown shown, String address) {
        byte[] hash = Ticket.hash(ticket);
        SignIn.Half half = database.read(rx -> SignIn.half(rx, hash)).orElseThrow(SignIn::startAgain);
        var actor = new Actor(half.person().value(), half.identity().value(), half.name(), address, null);
        var by = new PasskeyProofs.By(
                address, Optional.of(actor), Optional.of(half.person()), second(ticket), IdentityEvent.SIGN_IN_REFUSED);
        return proofs.use(by, shown, (tx, used) -> {
            SignIn.take(tx, hash);
            return login(tx, used, Login.passwordAndPasskey(used.synced()));
        });
    }

    private Login login(Tx tx, PasskeyProofs.Used used, List<String> amr) {
        var login = new Login(
                used.person(),
                used.name(),
                used.identity(),
                used.epoch(),
                amr,
                tx.now(),
                Optional.of(Login.TWO_FACTORS));
        SignIn.signedIn(tx, audit, login);
        return login;
    }

    private static Purpose alone(Secret browser) {
        return Purpose.of(List.of("passkey sign-in", browser.reveal()));
    }

    private static Purpose second(Secret ticket) {
        return Purpose.of(List.of("passkey second step", ticket.reveal()));
    }
}
