package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Second factors of people who have a password here: an authenticator app each, and ten recovery codes. Every code counts
 * once, on whichever server; guessing is slowed as with passwords; whoever has a factor changes it only with a code of it.
 */
public final class Factors {
    /** How long an offered secret waits for its first code. */
    public static final Duration OFFER_LIFE = Duration.ofMinutes(15);

    private static final int LONGEST_REASON = 1_000;
    private static final String NEXT_CODE = "wait for the next one";

    private final Database database;
    private final Audit audit;
    private final Sessions sessions;
    private final Administration administration;
    private final Enrolment enrolment;
    private final FactorStore store;
    private final CodeAttempts attempts;

    public Factors(
            Database database,
            Audit audit,
            Sessions sessions,
            Administration administration,
            Enrolment enrolment,
            Sealing sealing) {
        this.database = database;
        this.audit = audit;
        this.sessions = sessions;
        this.administration = administration;
        this.enrolment = enrolment;
        this.store = new FactorStore(sealing);
        this.attempts = new CodeAttempts(database, audit);
    }

    /**
     * What a person has.
     *
     * @param enrolledAt since when an authenticator counts, if one does
     * @param recoveryCodes how many are left
     * @param enrolmentCodeWanted whether there is no second factor at all, and a first one wants a code in this session
     */
    public record Status(Optional<Instant> enrolledAt, long recoveryCodes, boolean enrolmentCodeWanted) {}

    /** A secret for an authenticator app, in the address by which apps take it over. */
    public record Offer(Secret uri, Instant expiresAt) {}

    public Status status(Actor actor, PersonId person) {
        return database.read(rx -> new Status(
                FactorStore.confirmedAt(rx, person),
                FactorStore.codesLeft(rx, person),
                !SecondFactor.kinds(rx, person).any() && enrolment.wantsCode(rx, person, actor.session())));
    }

    /**
     * Offers a secret, which counts once a code of it is shown to {@link #confirm}. A first one is offered to whom {@link
     * Enrolment} lets, and where they have a passkey only for a proof of a second factor made for this; another only
     * for a code of the present one.
     *
     * @param place the name of this installation, which apps show beside the person's
     * @param proof of a second factor
     * @throws Refusal {@code factor.no-password}, {@code auth.sign-in-too-old}, {@code factor.enrolment-code-wanted}, {@code
     *     auth.step-up-required}, {@code auth.step-up-invalid}, {@code factor.code-needed} or as {@link #use}
     */
    public Offer offer(Actor actor, PersonId person, String place, Optional<Secret> code, Optional<Secret> proof) {
        boolean enrolled =
                database.read(rx -> FactorStore.confirmedAt(rx, person).isPresent());
        if (!enrolled) {
            return database.change(actor, tx -> offerFirst(tx, person, place, proof));
        }
        return use(
                actor,
                person,
                code.orElseThrow(() -> FactorRefusal.CODE_NEEDED.because(
                        "you have an authenticator already (expected: a code of it, or a recovery code)")),
                IdentityEvent.FACTOR_REFUSED,
                (tx, _) -> offer(tx, person, place));
    }

    private Offer offerFirst(Tx tx, PersonId person, String place, Optional<Secret> proof) {
        if (!FactorStore.lock(tx, person)) {
            throw blocked();
        }
        if (FactorStore.confirmedAt(tx, person).isPresent()) {
            throw FactorRefusal.CODE_NEEDED.because("you have got an authenticator just now", "sallyport totp status");
        }
        if (!tx.exists("select 1 from password where person_id = ?", person)) {
            throw FactorRefusal.NO_PASSWORD.because(
                    "you have no password here, so there is nothing that a second factor would go with",
                    "your provider asks for one");
        }
        if (SecondFactor.kinds(tx, person).passkey()) {
            // neither a password alone nor a session, however fresh, adds anything to a passkey
            var purpose = Purpose.of(List.of("totp.add", person));
            if (proof.isEmpty()) {
                throw StepUps.proofWanted(tx, "another is added", purpose);
            }
            StepUps.age(tx, audit, proof, purpose);
        } else {
            enrolment.require(tx, person);
        }
        return offer(tx, person, place);
    }

    private Offer offer(Tx tx, PersonId person, String place) {
        String name = People.require(tx, person).name();
        var uri = Secret.of(store.offer(tx, person, name + "@" + place));
        audit.record(tx, event(IdentityEvent.FACTOR_OFFERED, person));
        return new Offer(uri, tx.now().plus(OFFER_LIFE));
    }

    /**
     * The first code of what was offered: from now on it counts, and what was there before does not.
     *
     * @return ten recovery codes, told this once
     * @throws Refusal {@code factor.not-offered}, {@code factor.wrong-code} or {@code factor.throttled}
     */
    public List<Secret> confirm(Actor actor, PersonId person, Secret code) {
        return attempts.counted(actor, person, code, IdentityEvent.FACTOR_REFUSED, NEXT_CODE, tx -> {
            Enrolment.requireSession(tx, actor.session());
            FactorStore.Factor offered = store.offered(tx, person)
                    .filter(found -> found.madeAt().plus(OFFER_LIFE).isAfter(tx.now()))
                    .orElseThrow(() -> FactorRefusal.NOT_OFFERED.because(
                            "nothing waits for its first code (expected: within " + OFFER_LIFE.toMinutes()
                                    + " minutes after it was offered)",
                            "sallyport totp enroll"));
            if (!store.takeCode(tx, offered, code)) {
                return Optional.empty();
            }
            FactorStore.confirm(tx, person, offered);
            Enrolment.done(tx, person);
            audit.record(tx, event(IdentityEvent.FACTOR_ENROLLED, person).data("factor", offered.id()));
            return Optional.of(codes(tx, person, offered));
        });
    }

    /** Takes the authenticator away for a code of it; recovery codes go too. */
    public void remove(Actor actor, PersonId person, Secret code) {
        use(actor, person, code, IdentityEvent.FACTOR_REFUSED, (tx, _) -> {
            audit.record(tx, event(IdentityEvent.FACTOR_REMOVED, person));
            return FactorStore.remove(tx, person);
        });
    }

    /** Ten new recovery codes, told this once, for a code; earlier ones stop counting. */
    public List<Secret> renewCodes(Actor actor, PersonId person, Secret code) {
        return use(
                actor,
                person,
                code,
                IdentityEvent.FACTOR_REFUSED,
                (tx, _) -> codes(tx, person, store.confirmed(tx, person).orElseThrow()));
    }

    private List<Secret> codes(Tx tx, PersonId person, FactorStore.Factor factor) {
        List<Secret> codes = store.renew(tx, factor);
        audit.record(tx, event(IdentityEvent.RECOVERY_CODES_MADE, person).data("codes", codes.size()));
        return codes;
    }

    /**
     * Takes away the authenticator app and all passkeys of who has lost them; all their sessions end, and they sign in with
     * their password alone, or get a link to set one or to register a new passkey. The
     * caller has checked the right to do so, and says all that the maker holds.
     *
     * @throws Refusal {@code factor.reset-own}, {@code factor.none} or {@code person.administers-more}
     */
    public void reset(Tx tx, PersonId maker, Set<String> held, String name, String reason) {
        String why = Text.line("reason", reason, 1, LONGEST_REASON);
        Person person = People.require(tx, name);
        if (person.id().equals(maker)) {
            throw FactorRefusal.RESET_OWN.because(
                    "nobody resets their own second factor",
                    "remove it with a code of it: sallyport totp remove; or ask another administrator");
        }
        tx.list("select id from person where id = ? for update", _ -> true, person.id());
        administration.cover(tx, held, person);
        boolean app = FactorStore.remove(tx, person.id());
        boolean passkeys = PasskeyStore.removeAll(tx, person.id());
        if (!app && !passkeys) {
            throw FactorRefusal.NONE.because(name + " has no second factor here");
        }
        audit.record(
                tx,
                event(IdentityEvent.FACTOR_RESET, person.id())
                        .data("totp", app)
                        .data("passkeys", passkeys)
                        .personal("reason", why));
        attempts.forget(tx, person.id());
        Sessions.outdate(tx, person.id());
        sessions.endAll(tx, person.id(), EndReason.FACTOR_RESET, null);
    }

    /**
     * Takes one code of the person and does in the same transaction what it lets them do. The code is spent with it: it
     * counts nowhere again.
     *
     * @param refused what a wrong code is recorded as
     * @throws Refusal {@code factor.none}, {@code factor.wrong-code} or {@code factor.throttled}
     */
    <T> T use(
            Actor actor,
            PersonId person,
            Secret code,
            IdentityEvent refused,
            BiFunction<Tx, FactorStore.Taken, T> then) {
        return attempts.counted(actor, person, code, refused, NEXT_CODE, tx -> {
            FactorStore.Factor factor = store.confirmed(tx, person)
                    .orElseThrow(() ->
                            FactorRefusal.NONE.because("you have no second factor here", "sallyport totp enroll"));
            return store.take(tx, factor, code).map(taken -> {
                if (taken == FactorStore.Taken.RECOVERY) {
                    audit.record(
                            tx,
                            event(IdentityEvent.RECOVERY_CODE_USED, person)
                                    .data("left", FactorStore.codesLeft(tx, person)));
                }
                return then.apply(tx, taken);
            });
        });
    }

    private static Refusal blocked() {
        return IdentityRefusal.PERSON_BLOCKED.because("your account may not do this right now");
    }

    private static Event event(IdentityEvent type, PersonId person) {
        return Event.of(type).data("person", person.value());
    }
}
