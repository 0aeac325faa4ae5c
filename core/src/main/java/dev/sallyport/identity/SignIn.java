package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.time.Duration;
import java.util.Optional;

/**
 * Sign-in with name and password, and with a code for who has a second factor. A wrong password, an unknown name and a
 * person who may not sign in get the same answer after the same work; every attempt leaves an event.
 */
public final class SignIn {
    /** What counts as one source: an IPv4 address, or the /64 network of an IPv6 one. */
    public static String network(String address) {
        return LoginThrottle.network(address);
    }

    /** The issuer of logins with a password of ours; their subject is the person's id. */
    public static final String LOCAL_ISSUER = "local";

    /** How long somebody whose password was right may take for the code. */
    public static final Duration HALF_LIFE = Duration.ofMinutes(5);

    private static final int LONGEST_NAME = 256;

    /** What a right password comes to. */
    public sealed interface FirstStep {
        /** In, by a password and nothing more. */
        record In(Login login) implements FirstStep {}

        /** Half in: the ticket and a second factor lead on, a code or a passkey. */
        record CodeWanted(Secret ticket) implements FirstStep {}
    }

    private final Database database;
    private final Audit audit;
    private final Passwords passwords;
    private final Factors factors;
    private final LoginThrottle throttle;

    public SignIn(Database database, Audit audit, Passwords passwords, Factors factors) {
        this.database = database;
        this.audit = audit;
        this.passwords = passwords;
        this.factors = factors;
        this.throttle = new LoginThrottle(database);
    }

    private record Stored(Person person, Optional<IdentityId> identity, Optional<String> hash) {
        boolean maySignIn() {
            return person.isActive() && identity.isPresent() && hash.isPresent();
        }
    }

    /**
     * Checks name and password.
     *
     * @throws Refusal {@code sign-in.wrong}, {@code sign-in.throttled} or {@code sign-in.busy}
     */
    public FirstStep password(String name, Secret password, String address) {
        String shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        LoginThrottle.Attempt attempt = throttle.begin(shown, address);
        if (attempt.blocked()) {
            refuse(shown, address, "throttled", Optional.empty());
            throw IdentityRefusal.THROTTLED.because(
                    "too many failed sign-ins from your network", "wait a few minutes, then try again");
        }
        Optional<Stored> stored = database.read(rx -> stored(rx, shown));
        boolean fits = passwords.verify(password, stored.flatMap(Stored::hash));
        if (!fits || !stored.map(Stored::maySignIn).orElse(false)) {
            refuse(shown, address, reason(stored, fits), stored.map(found -> found.person.id()));
            throw wrong();
        }
        IdentityId identity = stored.orElseThrow().identity.orElseThrow();
        return database.change(
                new Actor(stored.get().person.id().value(), identity.value(), shown, address, null),
                tx -> succeed(tx, stored.get(), attempt));
    }

    /**
     * The second step: a code of the authenticator app or a recovery code. A wrong one leaves the ticket as it is, and is
     * counted.
     *
     * @throws Refusal {@code sign-in.start-again}, {@code factor.wrong-code} or {@code factor.throttled}
     */
    public Login code(Secret ticket, Secret code, String address) {
        byte[] hash = Ticket.hash(ticket);
        Half half = database.read(rx -> half(rx, hash)).orElseThrow(SignIn::startAgain);
        var actor = new Actor(half.person.value(), half.identity.value(), half.name, address, null);
        return factors.use(actor, half.person, code, IdentityEvent.SIGN_IN_REFUSED, (tx, taken) -> {
            // looked at again under the lock on the person: a quarantine or a new password may have come between
            take(tx, hash);
            var login = new Login(
                    half.person,
                    half.name,
                    half.identity,
                    half.epoch,
                    taken == FactorStore.Taken.CODE ? Login.PASSWORD_AND_CODE : Login.PASSWORD_AND_RECOVERY,
                    tx.now(),
                    Optional.of(Login.TWO_FACTORS));
            signedIn(tx, audit, login);
            return login;
        });
    }

    /** Takes the ticket under the lock on the person, once. */
    static void take(Tx tx, byte[] hash) {
        if (half(tx, hash).isEmpty() || tx.update("delete from sign_in_half where token_hash = ?", hash) == 0) {
            throw startAgain();
        }
    }

    /** Somebody whose password was right. */
    record Half(PersonId person, String name, IdentityId identity, long epoch) {}

    static Optional<Half> half(Rx rx, byte[] hash) {
        return rx.one(
                """
                select h.person_id, p.name, h.identity_id, h.epoch from sign_in_half h join person p on p.id = h.person_id
                 where h.token_hash = ? and h.expires_at > ? and h.epoch = p.epoch
                   and p.state = 'active' and p.quarantined_at is null
                """,
                row -> new Half(
                        new PersonId(row.getString("person_id")),
                        row.getString("name"),
                        new IdentityId(row.getString("identity_id")),
                        row.getLong("epoch")),
                hash,
                rx.now());
    }

    static Refusal startAgain() {
        return FactorRefusal.HALF_GONE.because(
                "this sign-in waited too long, or is over", "start again with name and password");
    }

    /** Removes what no longer counts; called now and then. */
    public void forgetOldFailures() {
        throttle.forgetOld();
        database.run(
                Actor.system("sign-in"), tx -> tx.update("delete from sign_in_half where expires_at < ?", tx.now()));
    }

    /** Looks again, under the lock that a quarantine takes as well. */
    private FirstStep succeed(Tx tx, Stored stored, LoginThrottle.Attempt attempt) {
        long epoch = tx.one(
                        "select epoch from person where id = ? and state = 'active' and quarantined_at is null for share",
                        row -> row.getLong(1),
                        stored.person.id())
                .orElseThrow(SignIn::wrong);
        // the password that was compared may have been replaced while it was
        if (!tx.exists("select 1 from identity where id = ?", stored.identity.orElseThrow())
                || !tx.exists(
                        "select 1 from password where person_id = ? and hash = ?",
                        stored.person.id(),
                        stored.hash.orElseThrow())) {
            throw wrong();
        }
        throttle.succeeded(tx, attempt);
        PersonId person = stored.person.id();
        if (SecondFactor.kinds(tx, person).any()) {
            return new FirstStep.CodeWanted(wantCode(tx, person, stored.identity.orElseThrow(), epoch));
        }
        var login = new Login(
                person,
                stored.person.name(),
                stored.identity.orElseThrow(),
                epoch,
                Login.PASSWORD,
                tx.now(),
                Optional.empty());
        signedIn(tx, audit, login);
        return new FirstStep.In(login);
    }

    private Secret wantCode(Tx tx, PersonId person, IdentityId identity, long epoch) {
        Secret ticket = Ticket.next();
        tx.update(
                "insert into sign_in_half (token_hash, person_id, identity_id, epoch, expires_at) values (?, ?, ?, ?, ?)",
                Ticket.hash(ticket),
                person,
                identity,
                epoch,
                tx.now().plus(HALF_LIFE));
        audit.record(tx, Event.of(IdentityEvent.HALF_SIGNED_IN).data("issuer", LOCAL_ISSUER));
        return ticket;
    }

    static void signedIn(Tx tx, Audit audit, Login login) {
        audit.record(
                tx,
                Event.of(IdentityEvent.SIGNED_IN)
                        .data("amr", login.amr())
                        .data("acr", login.acr().orElse(null))
                        .data("issuer", LOCAL_ISSUER));
    }

    private static String reason(Optional<Stored> stored, boolean fits) {
        if (stored.isEmpty()) {
            return "unknown name";
        }
        return fits ? "person may not sign in" : "wrong password";
    }

    private void refuse(String name, String address, String reason, Optional<PersonId> person) {
        database.run(
                Actor.unknown(address),
                tx -> audit.record(
                        tx,
                        Event.of(IdentityEvent.SIGN_IN_REFUSED)
                                .outcome(Outcome.REFUSED)
                                .data("reason", reason)
                                .data("person", person.map(PersonId::value).orElse(null))
                                .personal("name", name)));
    }

    private static Refusal wrong() {
        return IdentityRefusal.WRONG.because("name or password is wrong");
    }

    private static Optional<Stored> stored(Rx rx, String name) {
        return Directory.person(rx, name)
                .map(person -> new Stored(
                        person,
                        rx.one(
                                "select id from identity where issuer = ? and subject = ?",
                                row -> new IdentityId(row.getString(1)),
                                LOCAL_ISSUER,
                                person.id()),
                        rx.one("select hash from password where person_id = ?", row -> row.getString(1), person.id())));
    }
}
