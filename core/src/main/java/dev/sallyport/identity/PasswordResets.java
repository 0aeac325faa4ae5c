package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Lost and first passwords: an administrator makes a link that works once and for half an hour, and gives it to the person by
 * some way that reaches them alone; whoever opens it sets a new password, or registers a passkey instead ({@link
 * PasskeyResets}). The database knows only its hash.
 */
public final class PasswordResets {
    public static final Duration LINK_LIFE = Duration.ofMinutes(30);

    private static final int LONGEST_REASON = 1_000;

    /** What attempts from one network are counted under, besides their network. */
    private static final String THROTTLE_NAME = "password reset";

    private final Database database;
    private final Audit audit;
    private final People people;
    private final Administration administration;
    private final LoginThrottle throttle;

    public PasswordResets(Database database, Audit audit, People people, Administration administration) {
        this.database = database;
        this.audit = audit;
        this.people = people;
        this.administration = administration;
        this.throttle = new LoginThrottle(database);
    }

    /** A link's token, until when it works. */
    public record Link(Secret token, Instant expiresAt) {}

    private record Open(PersonId person, List<String> covers) {}

    /**
     * Makes a link for a person; links made before for them stop working. The present password and sessions stay until it
     * is used. The caller has checked the right to do so, and says all that the maker holds.
     *
     * @throws Refusal {@code password.reset-own}, {@code password.none}, {@code person.blocked} or {@code
     *     person.administers-more}
     */
    public Link make(Tx tx, PersonId maker, Set<String> held, String name, String reason) {
        String why = Text.line("reason", reason, 1, LONGEST_REASON);
        Person person = People.require(tx, name);
        if (person.id().equals(maker)) {
            throw IdentityRefusal.RESET_OWN.because(
                    "nobody resets their own password", "change it: sallyport passwd; or ask another administrator");
        }
        // the person first, then the link: as complete does
        if (!tx.exists(
                "select 1 from person where id = ? and state = 'active' and quarantined_at is null for update",
                person.id())) {
            throw IdentityRefusal.PERSON_BLOCKED.because(name + " is disabled or in quarantine and may not sign in");
        }
        administration.cover(tx, held, person);
        if (isOfProvider(tx, person.id())) {
            throw IdentityRefusal.NO_PASSWORD.because(
                    name + " signs in through a provider alone", "a link would be a way around it");
        }
        tx.update("delete from password_reset where person_id = ? or expires_at < ?", person.id(), tx.now());
        Secret token = Ticket.next();
        Instant expiresAt = tx.now().plus(LINK_LIFE);
        tx.update(
                "insert into password_reset (token_hash, person_id, covers, made_at, expires_at) values (?, ?, ?, ?, ?)",
                Ticket.hash(token),
                person.id(),
                List.copyOf(held),
                tx.now(),
                expiresAt);
        audit.record(
                tx,
                Event.of(IdentityEvent.RESET_LINK_MADE)
                        .data("person", person.id().value())
                        .data("expires_at", expiresAt.toString())
                        .personal("reason", why));
        return new Link(token, expiresAt);
    }

    /** Whoever has no login at all yet gets their first way in by a link; whoever has a provider's alone does not. */
    private static boolean isOfProvider(Tx tx, PersonId person) {
        return tx.exists("select 1 from identity where person_id = ? limit 1", person)
                && !tx.exists("select 1 from identity where person_id = ? and issuer = ?", person, SignIn.LOCAL_ISSUER);
    }

    /**
     * Sets a new password, once; the old one and all sessions end. A link that is wrong, used, replaced or expired, and one
     * of somebody who may not sign in, get the same answer.
     *
     * @throws Refusal {@code password.reset-link-invalid}, {@code sign-in.throttled}, {@code password.invalid} or {@code
     *     sign-in.busy}
     */
    public void complete(Secret token, Secret password, String address) {
        Passwords.check(password);
        Attempt attempt = begin(token, address);
        PasswordHash hash = people.hash(password);
        use(attempt, tx -> {
            people.resetPassword(tx, attempt.person(), hash);
            return attempt.person();
        });
    }

    /** Somebody has opened a link that works now, and whose it is. */
    record Attempt(Secret token, PersonId person, String address, LoginThrottle.Attempt counted) {}

    /** Strangers are turned away before anything is done for them; it counts as a failure until the link is used. */
    Attempt begin(Secret token, String address) {
        LoginThrottle.Attempt counted = throttle.begin(THROTTLE_NAME, address);
        if (counted.blocked()) {
            refused(address, "throttled");
            throw IdentityRefusal.THROTTLED.because(
                    "too many failed attempts from your network", "wait a few minutes, then try again");
        }
        Open open = database.read(rx -> open(rx, token)).orElseThrow(() -> refused(address, "link"));
        return new Attempt(token, open.person(), address, counted);
    }

    /** It worked so far, and may be tried again. */
    void succeeded(Tx tx, Attempt attempt) {
        throttle.succeeded(tx, attempt.counted());
    }

    /** Uses the link up, and does in the same transaction what it is for. */
    <T> T use(Attempt attempt, Function<Tx, T> then) {
        Optional<T> done = database.change(Actor.unknown(attempt.address()), tx -> {
            if (!take(tx, attempt.token())) {
                return Optional.empty();
            }
            throttle.succeeded(tx, attempt.counted());
            return Optional.of(then.apply(tx));
        });
        return done.orElseThrow(() -> refused(attempt.address(), "link"));
    }

    private boolean take(Tx tx, Secret token) {
        Optional<Open> found = open(tx, token);
        // the person first, then the link: as those do who make one
        return found.isPresent()
                && tx.exists(
                        "select 1 from person where id = ? and state = 'active' and quarantined_at is null for update",
                        found.get().person())
                && Set.copyOf(found.get().covers())
                        .containsAll(administration.reach(tx, found.get().person()))
                && tx.update(
                                "update password_reset set used_at = ? where token_hash = ? and used_at is null",
                                tx.now(),
                                Ticket.hash(token))
                        == 1;
    }

    private static Optional<Open> open(Rx rx, Secret token) {
        return rx.one(
                """
                select r.person_id, r.covers from password_reset r join person p on p.id = r.person_id
                 where r.token_hash = ? and r.used_at is null and r.expires_at > ?
                   and p.state = 'active' and p.quarantined_at is null
                """,
                row -> new Open(new PersonId(row.getString("person_id")), Rows.strings(row, "covers")),
                Ticket.hash(token),
                rx.now());
    }

    private Refusal refused(String address, String reason) {
        database.run(
                Actor.unknown(address),
                tx -> audit.record(
                        tx,
                        Event.of(IdentityEvent.PASSWORD_RESET)
                                .outcome(Outcome.REFUSED)
                                .data("reason", reason)));
        return IdentityRefusal.RESET_LINK.because(
                "this link is unknown, used, replaced by a newer one, or older than " + LINK_LIFE.toMinutes()
                        + " minutes",
                "ask an administrator for a new one");
    }
}
