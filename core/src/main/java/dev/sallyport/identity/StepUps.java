package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Durations;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fresh proofs of a second factor (RFC 9470): a code or a passkey shown for one purpose gives a proof that counts once, for that
 * purpose, in the session and through the login that it was made in, for minutes, and while the factor is there.
 */
public final class StepUps {
    public static final Duration LIFE = Duration.ofMinutes(5);

    /** For how many calls one code or passkey may be shown. */
    public static final int MOST = 20;

    /** A detail of the refusal that wants a proof: the purpose to make it for. */
    public static final String FOR = "step_up_for";

    /** A detail of that refusal: what the person could show, {@code totp}, {@code passkey} or both. */
    public static final String BY = "step_up_by";

    private final Database database;
    private final Audit audit;
    private final Factors factors;

    public StepUps(Database database, Audit audit, Factors factors) {
        this.database = database;
        this.audit = audit;
        this.factors = factors;
    }

    /** What the caller shows beside the call it is for. */
    public record Proof(Secret token, Instant expiresAt) {}

    /**
     * Makes a proof for a code.
     *
     * @throws Refusal {@code factor.none}, {@code factor.wrong-code} or {@code factor.throttled}
     */
    public Proof prove(Actor actor, PersonId person, Secret code, Purpose purpose) {
        return prove(actor, person, code, List.of(purpose)).getFirst();
    }

    /** The same for several calls that are named beforehand: each gets a proof of its own, in their order. */
    public List<Proof> prove(Actor actor, PersonId person, Secret code, List<Purpose> purposes) {
        return factors.use(actor, person, code, IdentityEvent.FACTOR_REFUSED, (tx, _) -> {
            String factor = tx.one(
                            "select id from totp_factor where person_id = ? and confirmed_at is not null",
                            row -> row.getString(1),
                            person)
                    .orElseThrow();
            return purposes.stream()
                    .map(purpose -> proof(tx, audit, person, factor, null, purpose))
                    .toList();
        });
    }

    /** Keeps that the caller has just shown a factor: of an authenticator app, or a passkey. */
    static Proof proof(
            Tx tx, Audit audit, PersonId person, @Nullable String factor, @Nullable String passkey, Purpose purpose) {
        Secret token = Ticket.next();
        Instant expiresAt = tx.now().plus(LIFE);
        tx.update(
                """
                insert into step_up (token_hash, person_id, identity_id, session_id, factor_id, passkey_id, purpose,
                                     proved_at, expires_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                Ticket.hash(token),
                person,
                tx.actor().identity(),
                tx.actor().session(),
                factor,
                passkey,
                purpose.hash(),
                tx.now(),
                expiresAt);
        audit.record(
                tx,
                Event.of(IdentityEvent.STEP_UP_PROVED)
                        .data("purpose", purpose.hash())
                        .data("by", passkey == null ? "totp" : "passkey")
                        .data("expires_at", expiresAt.toString()));
        return new Proof(token, expiresAt);
    }

    /** Removes what no longer counts; called now and then. */
    public void forgetOld() {
        database.run(Actor.system("step-up"), tx -> tx.update("delete from step_up where expires_at < ?", tx.now()));
    }

    /**
     * How old the caller's second factor is: that of the proof, which is spent with this transaction, or else that of their
     * session; nothing when they have shown none.
     *
     * @throws Refusal {@code auth.step-up-invalid} for a proof that does not count
     */
    public static Optional<Duration> age(Tx tx, Audit audit, Optional<Secret> proof, Purpose purpose) {
        return proof.isPresent()
                ? Optional.of(spend(tx, audit, proof.get(), purpose))
                : SecondFactor.age(tx, tx.actor());
    }

    private static Duration spend(Tx tx, Audit audit, Secret proof, Purpose purpose) {
        Instant provedAt = tx.one(
                        """
                        update step_up u set used_at = ?
                          from person p, sign_in_session s
                         where u.token_hash = ? and u.used_at is null and u.expires_at > ? and u.purpose = ?
                           and u.person_id = ? and u.identity_id = ? and u.session_id = ?
                           and p.id = u.person_id and p.state = 'active' and p.quarantined_at is null
                           and s.id = u.session_id and s.ended_at is null
                        returning u.proved_at
                        """,
                        row -> Rows.instant(row, "proved_at"),
                        tx.now(),
                        Ticket.hash(proof),
                        tx.now(),
                        purpose.hash(),
                        tx.actor().person(),
                        tx.actor().identity(),
                        tx.actor().session())
                .orElseThrow(() -> FactorRefusal.STEP_UP_INVALID.because(
                        "this proof of a second factor was used, is older than " + LIFE.toMinutes()
                                + " minutes, or is for something else",
                        "ask again: a new code gives a new proof"));
        audit.record(tx, Event.of(IdentityEvent.STEP_UP_USED).data("purpose", purpose.hash()));
        return SecondFactor.since(provedAt, tx.now());
    }

    /** Whether what was shown is not fresh enough. */
    public static boolean isMissing(Optional<Duration> age, Duration within) {
        return age.map(shown -> shown.compareTo(within) > 0).orElse(true);
    }

    /** What the caller is told who has to show a factor first, and how they can. */
    public static Refusal wanted(Tx tx, Duration within, Purpose purpose) {
        SecondFactor.Kinds kinds = kinds(tx);
        Refusal refusal = FactorRefusal.STEP_UP_REQUIRED
                .because("this wants a second factor no older than " + Durations.shown(within), hint(kinds))
                .with(SecondFactor.MAX_AGE, within.toSeconds())
                .with(SecondFactor.ACR_VALUES, Login.TWO_FACTORS);
        return kinds.any() ? by(refusal, kinds, purpose) : refusal;
    }

    /** The same where only a proof made for just this counts, however fresh the sign-in is. */
    static Refusal proofWanted(Tx tx, String what, Purpose purpose) {
        SecondFactor.Kinds kinds = kinds(tx);
        return by(
                FactorRefusal.STEP_UP_REQUIRED
                        .because(
                                "you have a second factor already, so " + what + " only for showing it",
                                kinds.totp()
                                        ? "show a code of your authenticator app, or in the portal a passkey"
                                        : "do it in the portal, which asks for a passkey of yours")
                        .with(SecondFactor.MAX_AGE, 0L)
                        .with(SecondFactor.ACR_VALUES, Login.TWO_FACTORS),
                kinds,
                purpose);
    }

    private static SecondFactor.Kinds kinds(Tx tx) {
        return SecondFactor.kinds(
                tx, new PersonId(Objects.requireNonNull(tx.actor().person())));
    }

    private static Refusal by(Refusal refusal, SecondFactor.Kinds kinds, Purpose purpose) {
        return refusal.with(FOR, purpose.hash()).with(BY, kinds.words());
    }

    private static String hint(SecondFactor.Kinds kinds) {
        if (kinds.totp()) {
            return kinds.passkey()
                    ? "show a code of your authenticator app, or in the portal a passkey"
                    : "show a code of your authenticator app";
        }
        return kinds.passkey()
                ? "do it in the portal, which asks for a passkey, or sign in anew with it (sallyport login --fresh)"
                : "enrol an authenticator app (sallyport totp enroll) or a passkey (in the portal), or sign in anew where"
                        + " your provider asks for a second factor (sallyport login --fresh)";
    }
}
