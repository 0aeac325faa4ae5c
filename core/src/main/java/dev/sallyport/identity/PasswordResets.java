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
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lost passwords: an administrator makes a link that works once and for half an hour, and gives it to the person by some
 * way that reaches them alone; whoever opens it sets a new password. The database knows only its hash.
 */
public final class PasswordResets {
    public static final Duration LINK_LIFE = Duration.ofMinutes(30);

    private static final int TOKEN_BYTES = 32;
    private static final int LONGEST_REASON = 1_000;

    /** What attempts from one network are counted under, besides their network. */
    private static final String THROTTLE_NAME = "password reset";

    private final Database database;
    private final Audit audit;
    private final People people;
    private final Administration administration;
    private final LoginThrottle throttle;
    private final SecureRandom random = new SecureRandom();

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
        if (!tx.exists("select 1 from password where person_id = ?", person.id())) {
            throw IdentityRefusal.NO_PASSWORD.because(
                    name + " has no password here", "they sign in through a provider, or need a first password");
        }
        tx.update("delete from password_reset where person_id = ? or expires_at < ?", person.id(), tx.now());
        Secret token = token();
        Instant expiresAt = tx.now().plus(LINK_LIFE);
        tx.update(
                "insert into password_reset (token_hash, person_id, covers, made_at, expires_at) values (?, ?, ?, ?, ?)",
                hash(token),
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

    /**
     * Sets a new password, once; the old one and all sessions end. A link that is wrong, used, replaced or expired, and one
     * of somebody who may not sign in, get the same answer.
     *
     * @throws Refusal {@code password.reset-link-invalid}, {@code sign-in.throttled}, {@code password.invalid} or {@code
     *     sign-in.busy}
     */
    public void complete(Secret token, Secret password, String address) {
        Passwords.check(password);
        LoginThrottle.Attempt attempt = throttle.begin(THROTTLE_NAME, address);
        if (attempt.blocked()) {
            refused(address, "throttled");
            throw IdentityRefusal.THROTTLED.because(
                    "too many failed attempts from your network", "wait a few minutes, then try again");
        }
        // strangers are turned away before anything is hashed for them
        if (database.read(rx -> open(rx, token)).isEmpty()) {
            throw refused(address, "link");
        }
        PasswordHash hash = people.hash(password);
        boolean done = database.change(Actor.unknown(address), tx -> use(tx, token, hash, attempt));
        if (!done) {
            throw refused(address, "link");
        }
    }

    private boolean use(Tx tx, Secret token, PasswordHash hash, LoginThrottle.Attempt attempt) {
        Optional<Open> found = open(tx, token);
        // the person first, then the link: as those do who make one
        if (found.isEmpty()
                || !tx.exists(
                        "select 1 from person where id = ? and state = 'active' and quarantined_at is null for update",
                        found.get().person())
                || !Set.copyOf(found.get().covers())
                        .containsAll(administration.reach(tx, found.get().person()))
                || tx.update(
                                "update password_reset set used_at = ? where token_hash = ? and used_at is null",
                                tx.now(),
                                hash(token))
                        == 0) {
            return false;
        }
        throttle.succeeded(tx, attempt);
        people.resetPassword(tx, found.get().person(), hash);
        return true;
    }

    private static Optional<Open> open(Rx rx, Secret token) {
        return rx.one(
                """
                select r.person_id, r.covers from password_reset r join person p on p.id = r.person_id
                 where r.token_hash = ? and r.used_at is null and r.expires_at > ?
                   and p.state = 'active' and p.quarantined_at is null
                """,
                row -> new Open(new PersonId(row.getString("person_id")), Rows.strings(row, "covers")),
                hash(token),
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

    private Secret token() {
        var bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    private static byte[] hash(Secret token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.reveal().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
