package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Passkeys (WebAuthn) of people who sign in here. Whoever has no second factor yet registers one soon after their password;
 * whoever has one changes what they have only for showing it, in a proof made for just that.
 */
public final class Passkeys {
    /** How many a person may have. */
    public static final int MOST = 20;

    private static final int LONGEST_NAME = 60;

    private final Database database;
    private final Audit audit;
    private final Sessions sessions;
    private final PasskeyProofs proofs;
    private final Enrolment enrolment;

    public Passkeys(Database database, Audit audit, Sessions sessions, PasskeyProofs proofs, Enrolment enrolment) {
        this.database = database;
        this.audit = audit;
        this.sessions = sessions;
        this.proofs = proofs;
        this.enrolment = enrolment;
    }

    public List<Passkey> list(PersonId person) {
        return database.read(rx -> PasskeyStore.list(rx, person));
    }

    /**
     * What the browser needs to make one, for minutes and in this session.
     *
     * @param proof of a second factor, for who has one
     * @throws Refusal {@code passkey.no-host-name}, {@code passkey.provider-only}, {@code passkey.too-many}, {@code
     *     auth.sign-in-too-old}, {@code factor.enrolment-code-wanted}, {@code auth.step-up-required} or {@code
     *     auth.step-up-invalid}
     */
    public Map<String, Object> offer(Actor actor, PersonId person, Optional<Secret> proof) {
        PasskeyPlace place = proofs.place();
        return database.change(actor, tx -> {
            if (!FactorStore.lock(tx, person)) {
                throw blocked();
            }
            login(tx, person);
            boolean first = isFirst(tx, person);
            if (first) {
                enrolment.require(tx, person);
            } else {
                prove(tx, proof, "another is added", Purpose.of(List.of("passkey.add", person)));
            }
            return offer(tx, place, person, registering(actor, person, first));
        });
    }

    /** What the browser needs; the caller has made sure that it may be asked for. */
    static Map<String, Object> offer(Tx tx, PasskeyPlace place, PersonId person, Purpose bound) {
        List<PasskeyStore.Known> present = PasskeyStore.known(tx, person);
        if (present.size() >= MOST) {
            throw PasskeyRefusal.TOO_MANY.because(
                    "you have " + present.size() + " passkeys (expected: at most " + MOST + ")",
                    "remove one that you no longer use");
        }
        return PasskeyOptions.creation(
                place,
                PasskeyChallenges.issue(tx, bound),
                PasskeyStore.handle(tx, person),
                People.require(tx, person),
                present);
    }

    /**
     * Keeps what was made for an offer: from now on it signs in, and a password alone no longer does.
     *
     * @throws Refusal {@code passkey.refused}, {@code passkey.registered-already} or {@code passkey.too-many}
     */
    public Passkey register(Actor actor, PersonId person, String name, PasskeyMade made) {
        String called = called(name);
        boolean first = database.read(rx -> isFirst(rx, person));
        PasskeyCheck.Made fit = judged(actor, person, registering(actor, person, first), made);
        return database.change(actor, tx -> {
            // what was offered before the first factor came is not the way to a second
            if (!FactorStore.lock(tx, person) || isFirst(tx, person) != first) {
                throw blocked();
            }
            Enrolment.requireSession(tx, actor.session());
            return add(tx, person, login(tx, person), called, fit, made);
        });
    }

    static String called(String name) {
        return Text.line("name", name.strip(), 1, LONGEST_NAME);
    }

    PasskeyCheck.Made judged(Actor actor, PersonId person, Purpose bound, PasskeyMade made) {
        return switch (proofs.made(bound, made)) {
            case PasskeyCheck.Fit<PasskeyCheck.Made>(PasskeyCheck.Made fit) -> fit;
            case PasskeyCheck.Unfit<PasskeyCheck.Made>(PasskeyCheck.Flaw flaw) -> {
                database.run(
                        actor,
                        tx -> audit.record(
                                tx,
                                event(IdentityEvent.PASSKEY_REGISTERED, person)
                                        .outcome(Outcome.REFUSED)
                                        .data("reason", PasskeyProofs.word(flaw))));
                throw PasskeyProofs.refused();
            }
        };
    }

    Passkey add(Tx tx, PersonId person, IdentityId login, String name, PasskeyCheck.Made fit, PasskeyMade made) {
        if (PasskeyStore.known(tx, person).size() >= MOST) {
            throw PasskeyRefusal.TOO_MANY.because("you have " + MOST + " passkeys, which is the most");
        }
        Passkey passkey = PasskeyStore.add(tx, person, login, name, fit, made.transports())
                .orElseThrow(() -> PasskeyRefusal.TAKEN.because("this passkey is registered already"));
        // what was offered on less than this, and waits for its first code
        tx.update("delete from totp_factor where person_id = ? and confirmed_at is null", person);
        Enrolment.done(tx, person);
        audit.record(
                tx,
                event(IdentityEvent.PASSKEY_REGISTERED, person)
                        .data("passkey", passkey.id())
                        .data("synced", passkey.synced())
                        .personal("name", name));
        return passkey;
    }

    /** @throws Refusal {@code passkey.unknown} */
    public Passkey rename(Actor actor, PersonId person, String id, String name) {
        String called = called(name);
        return database.change(actor, tx -> {
            if (tx.update("update passkey set name = ? where id = ? and person_id = ?", called, id, person) == 0) {
                throw unknown(id);
            }
            audit.record(
                    tx,
                    event(IdentityEvent.PASSKEY_RENAMED, person)
                            .data("passkey", id)
                            .personal("name", called));
            return PasskeyStore.find(tx, person, id).orElseThrow();
        });
    }

    /**
     * Takes one of the person's own away, for a proof of a second factor, which may be this one. What it may have opened
     * elsewhere ends: it is removed because a device is lost, as often as not.
     *
     * @throws Refusal {@code passkey.unknown}, {@code passkey.last}, {@code auth.step-up-required} or {@code
     *     auth.step-up-invalid}
     */
    public void remove(Actor actor, PersonId person, String id, Optional<Secret> proof) {
        database.run(actor, tx -> {
            if (!FactorStore.lock(tx, person)) {
                throw blocked();
            }
            Passkey passkey = PasskeyStore.find(tx, person, id).orElseThrow(() -> unknown(id));
            prove(tx, proof, "one is removed", Purpose.of(List.of("passkey.remove", person, id)));
            if (isLastWayIn(tx, person)) {
                throw PasskeyRefusal.LAST.because(
                        "this is the last passkey of yours, and you have no password: nothing would let you in",
                        "register another passkey first");
            }
            PasskeyStore.remove(tx, person, id);
            // codes that were given out and not yet exchanged would begin a session with it afterwards
            tx.update("delete from oauth_grant where person_id = ? and refresh_hash is null", person);
            audit.record(tx, event(IdentityEvent.PASSKEY_REMOVED, person).data("passkey", id));
            opened(tx, person, passkey).forEach(session -> sessions.end(tx, session, EndReason.FACTOR_REMOVED));
        });
    }

    /** Sessions of a time when it was there and used, in which some passkey was shown; the one of this call goes on. */
    private static List<String> opened(Tx tx, PersonId person, Passkey passkey) {
        return passkey.lastUsedAt()
                .map(lastUsed -> tx.list(
                        """
                        select id from sign_in_session
                         where person_id = ? and ended_at is null and amr && ?::text[] and id is distinct from ?
                           and auth_time between ? and ?
                        """,
                        row -> row.getString(1),
                        person,
                        Login.KEYS,
                        tx.actor().session(),
                        passkey.madeAt().minusSeconds(1),
                        lastUsed))
                .orElse(List.of());
    }

    private static boolean isLastWayIn(Tx tx, PersonId person) {
        return PasskeyStore.known(tx, person).size() == 1
                && !tx.exists("select 1 from password where person_id = ?", person)
                && !tx.exists(
                        "select 1 from identity where person_id = ? and issuer <> ? limit 1",
                        person,
                        SignIn.LOCAL_ISSUER);
    }

    private void prove(Tx tx, Optional<Secret> proof, String what, Purpose purpose) {
        if (proof.isEmpty()) {
            throw StepUps.proofWanted(tx, what, purpose);
        }
        StepUps.age(tx, audit, proof, purpose);
    }

    private static boolean isFirst(Rx rx, PersonId person) {
        return !SecondFactor.kinds(rx, person).any();
    }

    /** The login that a passkey belongs to: who comes through a provider alone has the provider's factors. */
    private static IdentityId login(Tx tx, PersonId person) {
        return People.localLogin(tx, person)
                .orElseThrow(() -> PasskeyRefusal.PROVIDER_ONLY.because(
                        "you sign in through a provider alone, and a passkey here would be a way around it",
                        "your provider asks for a second factor"));
    }

    /** In this session, by this person, as the first factor or beside others. */
    private static Purpose registering(Actor actor, PersonId person, boolean first) {
        return Purpose.of(
                List.of("passkey register", person, Objects.requireNonNull(actor.session()), first ? "first" : "more"));
    }

    private static Refusal blocked() {
        return IdentityRefusal.PERSON_BLOCKED.because("your account may not do this right now");
    }

    private static Refusal unknown(String id) {
        return PasskeyRefusal.UNKNOWN.because(
                Text.quoted(id) + ": no such passkey of yours", "sallyport passkeys list");
    }

    static Event event(IdentityEvent type, PersonId person) {
        return Event.of(type).data("person", person.value());
    }
}
