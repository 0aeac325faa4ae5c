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
import java.util.Optional;

/**
 * Sign-in with name and password. A wrong password, an unknown name and a person who may not sign in get the same answer
 * after the same work; every attempt leaves an event.
 */
public final class SignIn {
    /** What counts as one source: an IPv4 address, or the /64 network of an IPv6 one. */
    public static String network(String address) {
        return LoginThrottle.network(address);
    }

    /** The issuer of logins with a password of ours; their subject is the person's id. */
    public static final String LOCAL_ISSUER = "local";

    private static final int LONGEST_NAME = 256;

    private final Database database;
    private final Audit audit;
    private final Passwords passwords;
    private final LoginThrottle throttle;

    public SignIn(Database database, Audit audit, Passwords passwords) {
        this.database = database;
        this.audit = audit;
        this.passwords = passwords;
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
    public Login password(String name, Secret password, String address) {
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

    /** Removes counters that no longer count; called now and then. */
    public void forgetOldFailures() {
        throttle.forgetOld();
    }

    /** Looks again, under the lock that a quarantine takes as well. */
    private Login succeed(Tx tx, Stored stored, LoginThrottle.Attempt attempt) {
        long epoch = tx.one(
                        "select epoch from person where id = ? and state = 'active' and quarantined_at is null for share",
                        row -> row.getLong(1),
                        stored.person.id())
                .orElseThrow(SignIn::wrong);
        if (!tx.exists("select 1 from identity where id = ?", stored.identity.orElseThrow())) {
            throw wrong();
        }
        throttle.succeeded(tx, attempt);
        audit.record(
                tx,
                Event.of(IdentityEvent.SIGNED_IN).data("amr", Login.PASSWORD).data("issuer", LOCAL_ISSUER));
        return new Login(
                stored.person.id(),
                stored.person.name(),
                stored.identity.orElseThrow(),
                epoch,
                Login.PASSWORD,
                tx.now(),
                Optional.empty());
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
