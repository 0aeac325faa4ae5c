package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.InputRefusal;
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
import org.jspecify.annotations.Nullable;

/**
 * What lets somebody enrol their first second factor. Their password alone does not: it may be in other hands, and who enrols
 * first keeps the owner out. Either it was set by a one-time link minutes ago, or they show a one-time code that an
 * administrator gave them by another way.
 */
public final class Enrolment {
    /** How long ago the password may have been shown by who enrols a first factor. */
    public static final Duration FRESH = Duration.ofMinutes(10);

    /** How long a password that was set by a link, or by this server, vouches for who signs in with it. */
    public static final Duration AFTER_LINK = Duration.ofMinutes(30);

    /** How long a session in which a code was shown may enrol. */
    public static final Duration AFTER_CODE = Duration.ofMinutes(15);

    public static final Duration CODE_LIFE = Duration.ofHours(1);
    public static final Duration CODE_LIFE_MIN = Duration.ofMinutes(1);
    public static final Duration CODE_LIFE_MAX = Duration.ofDays(7);

    private static final int LONGEST_REASON = 1_000;

    private final Database database;
    private final Audit audit;
    private final Administration administration;
    private final CodeAttempts attempts;
    private final boolean codeWanted;

    /** @param codeWanted false where a password shown minutes ago is enough, by the installation's own choice */
    public Enrolment(Database database, Audit audit, Administration administration, boolean codeWanted) {
        this.database = database;
        this.audit = audit;
        this.administration = administration;
        this.attempts = new CodeAttempts(database, audit);
        this.codeWanted = codeWanted;
    }

    /** A code, told this once. */
    public record Code(Secret code, Instant expiresAt) {}

    /**
     * Makes a code for a person who has no second factor; one made before stops counting. The caller has checked the right to
     * do so, and says all that the maker holds.
     *
     * @throws Refusal {@code input.invalid-value}, {@code factor.code-for-oneself}, {@code person.blocked}, {@code
     *     factor.no-password}, {@code factor.present} or {@code person.administers-more}
     */
    public Code make(Tx tx, PersonId maker, Set<String> held, String name, String reason, Duration life) {
        String why = Text.line("reason", reason, 1, LONGEST_REASON);
        if (life.compareTo(CODE_LIFE_MIN) < 0 || life.compareTo(CODE_LIFE_MAX) > 0) {
            throw InputRefusal.INVALID_VALUE.because("duration: " + life + " (expected: " + CODE_LIFE_MIN.toMinutes()
                    + "m to " + CODE_LIFE_MAX.toDays() + "d)");
        }
        Person person = People.require(tx, name);
        if (person.id().equals(maker)) {
            throw FactorRefusal.CODE_FOR_ONESELF.because(
                    "nobody makes a code for their own first second factor", "ask another administrator");
        }
        if (!FactorStore.lock(tx, person.id())) {
            throw IdentityRefusal.PERSON_BLOCKED.because(name + " is disabled or in quarantine and may not sign in");
        }
        administration.cover(tx, held, person);
        return issue(tx, maker, person, held, why, life);
    }

    /** A code that the server itself makes, which may do everything; nothing for who has a second factor. */
    public Optional<Code> makeBySystem(Tx tx, PersonId person, String reason, Duration life) {
        return SecondFactor.kinds(tx, person).any()
                ? Optional.empty()
                : Optional.of(issue(tx, null, People.require(tx, person), Rights.ALL, reason, life));
    }

    private Code issue(Tx tx, @Nullable PersonId maker, Person person, Set<String> covers, String why, Duration life) {
        if (!tx.exists("select 1 from password where person_id = ?", person.id())) {
            throw FactorRefusal.NO_PASSWORD.because(
                    person.name() + " has no password here, so there is nothing that a second factor would go with",
                    "a first way in is a link: sallyport people reset-password " + person.name());
        }
        if (SecondFactor.kinds(tx, person.id()).any()) {
            throw FactorRefusal.PRESENT.because(
                    person.name() + " has a second factor, and adds more by showing it (a code is for the first one)",
                    "if it is lost: sallyport people reset-factor " + person.name());
        }
        Secret code = RecoveryCodes.longer();
        Instant expiresAt = tx.now().plus(life);
        put(tx, person.id(), hash(code), List.copyOf(covers), maker, expiresAt);
        audit.record(
                tx,
                Event.of(IdentityEvent.ENROLMENT_CODE_MADE)
                        .data("person", person.id().value())
                        .data("expires_at", expiresAt.toString())
                        .personal("reason", why));
        return new Code(code, expiresAt);
    }

    /**
     * Shows the code, once, minutes after the password: for a while the session behind the call may enrol a first factor.
     *
     * @return until when
     * @throws Refusal {@code auth.sign-in-too-old}, {@code factor.wrong-code}, {@code factor.throttled} or {@code person.blocked}
     */
    public Instant redeem(Actor actor, PersonId person, Secret code) {
        // before the code is spent: a new sign-in would be another session
        database.read(rx -> {
            requireFreshPassword(rx, actor.session());
            return true;
        });
        return attempts.counted(actor, person, code, IdentityEvent.ENROLMENT_CODE_USED, "ask for a new one", tx -> {
            Instant until = tx.now().plus(AFTER_CODE);
            boolean taken = covered(tx, person, code)
                    && tx.update("""
                                    update enrolment set code_hash = null, covers = null, session_id = ?, expires_at = ?
                                     where person_id = ? and code_hash = ? and expires_at > ?
                                    """, tx.actor().session(), until, person, hash(code), tx.now()) == 1;
            if (!taken) {
                return Optional.empty();
            }
            audit.record(tx, Event.of(IdentityEvent.ENROLMENT_CODE_USED).data("person", person.value()));
            return Optional.of(until);
        });
    }

    /** Its maker may still act, and the person has not come to administer more than the maker could give away. */
    private boolean covered(Tx tx, PersonId person, Secret code) {
        return tx.one("""
                        select covers from enrolment e left join person m on m.id = e.maker_id
                         where e.person_id = ? and e.code_hash = ?
                           and (e.maker_id is null or m.state = 'active' and m.quarantined_at is null)
                        """, row -> Set.copyOf(Rows.strings(row, "covers")), person, hash(code))
                .filter(covers -> covers.containsAll(administration.reach(tx, person)))
                .isPresent();
    }

    /**
     * Lets go on who may enrol a first factor now, in the session behind the call.
     *
     * @throws Refusal {@code auth.sign-in-too-old} or {@code factor.enrolment-code-wanted}
     */
    void require(Tx tx, PersonId person) {
        if (isOpenedByCode(tx, person, tx.actor().session())) {
            return;
        }
        requireFreshPassword(tx, tx.actor().session());
        if (codeWanted && !isOpenedByLink(tx, person)) {
            throw FactorRefusal.ENROLMENT_CODE_WANTED.because(
                    "a first second factor wants a one-time code: a password alone may be in other hands",
                    "ask an administrator for one (sallyport people enrolment-code), then: sallyport totp enroll"
                            + " --enrolment-code-stdin");
        }
    }

    /** Whether who has no second factor has to show a code before they enrol one in this session. */
    boolean wantsCode(Rx rx, PersonId person, @Nullable String session) {
        return codeWanted && !isOpenedByLink(rx, person) && !isOpenedByCode(rx, person, session);
    }

    /** The password was shown minutes ago, in the session behind the call: a client left open enrols nobody's phone. */
    private static void requireFreshPassword(Rx rx, @Nullable String session) {
        boolean fresh = rx.exists(
                """
                select 1 from sign_in_session s join identity i on i.id = s.identity_id
                 where s.id = ? and i.issuer = ? and s.amr && ?::text[] and s.auth_time > ?
                   and s.ended_at is null and s.expires_at > ?
                """, session, SignIn.LOCAL_ISSUER, Login.PASSWORD, rx.now().minus(FRESH), rx.now());
        if (!fresh) {
            throw tooOld();
        }
    }

    private static Refusal tooOld() {
        return FactorRefusal.SIGN_IN_TOO_OLD
                .because(
                        "a first second factor is enrolled within " + FRESH.toMinutes()
                                + " minutes after signing in with the password",
                        "sallyport login --fresh, then again")
                .with(SecondFactor.MAX_AGE, FRESH.toSeconds());
    }

    /**
     * What was offered is taken in a session that goes on: one that has ended meanwhile, as by a link for a new password, could
     * have sent its call before.
     *
     * @throws Refusal {@code auth.sign-in-too-old}
     */
    static void requireSession(Rx rx, @Nullable String session) {
        if (!rx.exists(
                "select 1 from sign_in_session where id = ? and ended_at is null and expires_at > ?",
                session,
                rx.now())) {
            throw tooOld();
        }
    }

    private static boolean isOpenedByLink(Rx rx, PersonId person) {
        return rx.exists("""
                select 1 from enrolment
                 where person_id = ? and code_hash is null and session_id is null and expires_at > ?
                """, person, rx.now());
    }

    private static boolean isOpenedByCode(Rx rx, PersonId person, @Nullable String session) {
        return rx.exists("""
                select 1 from enrolment e join sign_in_session s on s.id = e.session_id
                 where e.person_id = ? and e.session_id = ? and e.expires_at > ? and s.ended_at is null and s.expires_at > ?
                """, person, session, rx.now(), rx.now());
    }

    /** A password was set by a one-time link, or by this server: who signs in with it is who was meant. */
    static void afterLink(Tx tx, PersonId person) {
        put(tx, person, null, null, null, tx.now().plus(AFTER_LINK));
    }

    /** There is a first factor now; it is what the next one takes. */
    static void done(Tx tx, PersonId person) {
        tx.update("delete from enrolment where person_id = ?", person);
    }

    private static void put(
            Tx tx,
            PersonId person,
            byte @Nullable [] hash,
            @Nullable List<String> covers,
            @Nullable PersonId maker,
            Instant expiresAt) {
        tx.update("delete from enrolment where person_id = ? or expires_at < ?", person, tx.now());
        tx.update(
                "insert into enrolment (person_id, code_hash, covers, maker_id, made_at, expires_at) values (?, ?, ?, ?, ?, ?)",
                person,
                hash,
                covers,
                maker,
                tx.now(),
                expiresAt);
    }

    private static byte[] hash(Secret code) {
        return Ticket.hash(Secret.of(RecoveryCodes.plain(code)));
    }
}
