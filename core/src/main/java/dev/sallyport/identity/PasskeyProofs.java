package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.IdentityId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Shown passkeys: judges what a browser says, spends its challenge, keeps the counter, and does in the same transaction what
 * the passkey lets its holder do. Whatever is wrong gets one answer and an event; a counter that went back, a finding.
 */
public final class PasskeyProofs {
    /** The kind of finding that a counter going back opens: there may be a copy of the passkey. */
    private static final String COPIED = "passkey-copied";

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final LoginThrottle throttle;
    private final PasskeyChallenges challenges;
    private final Optional<PasskeyPlace> place;
    private final PasskeyCheck check;

    /** @param place where passkeys count; nothing where this server cannot have any */
    public PasskeyProofs(Database database, Audit audit, Optional<PasskeyPlace> place, PasskeyCheck check) {
        this.database = database;
        this.audit = audit;
        this.findings = new Findings(audit);
        this.throttle = new LoginThrottle(database);
        this.challenges = new PasskeyChallenges(database);
        this.place = place;
        this.check = check;
    }

    /** Whether passkeys are possible at the address of this server. */
    public boolean possible() {
        return place.isPresent();
    }

    PasskeyPlace place() {
        return place.orElseThrow(() -> PasskeyRefusal.NO_HOST_NAME.because(
                "passkeys need a server that is reached by a host name and over TLS, and this one is not",
                "an administrator sets url in the server's configuration"));
    }

    /** Removes what no longer counts; called now and then. */
    public void forgetOld() {
        challenges.forgetOld();
    }

    // Step-up
    // ---------------------------------------------------------------------------------------------------------------

    /**
     * What the browser needs to show one of the caller's passkeys for these calls.
     *
     * @throws Refusal {@code passkey.no-host-name} or {@code factor.none}
     */
    public Map<String, Object> offer(Actor actor, PersonId person, List<Purpose> purposes) {
        return database.change(actor, tx -> request(tx, person, steppingUp(actor, person, purposes)));
    }

    /**
     * Makes proofs for a passkey that was shown for just these calls, as {@link StepUps#prove} does for a code.
     *
     * @throws Refusal {@code passkey.refused} or {@code factor.throttled}
     */
    public List<StepUps.Proof> prove(Actor actor, PersonId person, PasskeyShown shown, List<Purpose> purposes) {
        var by = new By(
                Objects.requireNonNullElse(actor.sourceAddress(), ""),
                Optional.of(actor),
                Optional.of(person),
                steppingUp(actor, person, purposes),
                IdentityEvent.FACTOR_REFUSED);
        return use(
                by,
                shown,
                (tx, used) -> purposes.stream()
                        .map(purpose -> StepUps.proof(tx, audit, person, null, used.passkey(), purpose))
                        .toList());
    }

    private static Purpose steppingUp(Actor actor, PersonId person, List<Purpose> purposes) {
        var parts = new ArrayList<Object>(List.of("passkey step-up", person, Objects.requireNonNull(actor.session())));
        purposes.forEach(purpose -> parts.add(purpose.hash()));
        return Purpose.of(parts);
    }

    // What all ceremonies share
    // ---------------------------------------------------------------------------------------------------------------

    /** What the browser needs to show one of the person's passkeys. */
    Map<String, Object> request(Tx tx, PersonId person, Purpose bound) {
        PasskeyPlace here = place();
        List<PasskeyStore.Known> allowed = PasskeyStore.known(tx, person);
        if (allowed.isEmpty()) {
            throw FactorRefusal.NONE.because("you have no passkey here", "register one in the portal");
        }
        return PasskeyOptions.request(here, PasskeyChallenges.issue(tx, bound), allowed);
    }

    /** Judges one that has just been made; its challenge is spent. */
    PasskeyCheck.Judged<PasskeyCheck.Made> made(Purpose bound, PasskeyMade made) {
        return taken(bound, made.clientDataBytes())
                .map(challenge -> check.made(place(), challenge, made))
                .orElseGet(() -> new PasskeyCheck.Unfit<>(PasskeyCheck.Flaw.CHALLENGE));
    }

    private Optional<byte[]> taken(Purpose bound, byte[] clientData) {
        return Encoded.challenge(clientData)
                .filter(challenge -> challenges.take(bound, challenge))
                .map(challenge -> Encoded.bytes("challenge", challenge, 64));
    }

    /**
     * Who shows a passkey, and what for.
     *
     * @param actor in whose name it is done; that of the passkey's holder, where nobody is known before
     * @param person whose passkey it must be; anybody's, where nobody is known before
     * @param bound what the challenge was made for
     * @param refused what is recorded when it does not count
     */
    record By(String address, Optional<Actor> actor, Optional<PersonId> person, Purpose bound, IdentityEvent refused) {}

    /** A passkey that counts, and whose it is. */
    record Used(String passkey, PersonId person, String name, IdentityId identity, long epoch, boolean synced) {}

    private record Holder(PersonId person, String name, IdentityId identity, long epoch) {
        Actor actor(String address) {
            return new Actor(person.value(), identity.value(), name, address, null);
        }
    }

    /** Why it does not count, or what came of it. */
    private sealed interface Attempted<T> {}

    private record Done<T>(T what) implements Attempted<T> {}

    /** @param holder whose it is, as far as that is known; for the log alone */
    private record Failed<T>(String reason, Optional<Holder> holder) implements Attempted<T> {}

    <T> T use(By by, PasskeyShown shown, BiFunction<Tx, Used, T> then) {
        LoginThrottle.Attempt attempt =
                throttle.begin("passkey " + by.person().map(PersonId::value).orElseGet(shown::id), by.address());
        if (attempt.blocked()) {
            refuse(by, "throttled", Optional.empty());
            throw FactorRefusal.THROTTLED.because(
                    "too many failed attempts from your network", "wait a few minutes, then try again");
        }
        return switch (attempted(by, attempt, shown, then)) {
            case Done<T>(T what) -> what;
            case Failed<T>(String reason, Optional<Holder> holder) -> {
                refuse(by, reason, holder);
                throw refused();
            }
        };
    }

    private <T> Attempted<T> attempted(
            By by, LoginThrottle.Attempt attempt, PasskeyShown shown, BiFunction<Tx, Used, T> then) {
        PasskeyPlace here = place();
        Optional<byte[]> challenge = taken(by.bound(), shown.clientDataBytes());
        if (challenge.isEmpty()) {
            return new Failed<>(word(PasskeyCheck.Flaw.CHALLENGE), Optional.empty());
        }
        Optional<Holder> holder = database.read(rx -> PasskeyStore.owner(rx, shown.idBytes())
                .filter(owner -> by.person().map(owner::equals).orElse(true))
                .flatMap(owner -> holder(rx, owner)));
        if (holder.isEmpty()) {
            return new Failed<>("unknown passkey", Optional.empty());
        }
        Actor actor = by.actor().orElseGet(() -> holder.get().actor(by.address()));
        return database.change(actor, tx -> {
            if (!FactorStore.lock(tx, holder.get().person())) {
                return new Failed<>("person may not sign in", holder);
            }
            Optional<PasskeyStore.Stored> stored =
                    PasskeyStore.lock(tx, holder.get().person(), shown.idBytes());
            // the login may have been taken away, and the epoch raised, before the lock
            Optional<Holder> now = holder(tx, holder.get().person());
            if (stored.isEmpty() || now.isEmpty()) {
                return new Failed<>("unknown passkey", Optional.empty());
            }
            if (!isTheirs(tx, now.get().person(), shown, by.person().isEmpty())) {
                return new Failed<>("user handle", now);
            }
            return switch (check.seen(here, challenge.get(), shown, stored.get().key())) {
                case PasskeyCheck.Unfit<PasskeyCheck.Seen>(PasskeyCheck.Flaw flaw) -> new Failed<>(word(flaw), now);
                case PasskeyCheck.Fit<PasskeyCheck.Seen>(PasskeyCheck.Seen seen) -> {
                    PasskeyStore.used(tx, stored.get().id(), seen);
                    throttle.succeeded(tx, attempt);
                    yield new Done<>(then.apply(tx, used(now.get(), stored.get())));
                }
            };
        });
    }

    private static Used used(Holder holder, PasskeyStore.Stored stored) {
        return new Used(
                stored.id(),
                holder.person(),
                holder.name(),
                holder.identity(),
                holder.epoch(),
                stored.key().backupEligible());
    }

    /** Whoever is not known before must be named by the authenticator; a name that is given is right in any case. */
    private static boolean isTheirs(Tx tx, PersonId person, PasskeyShown shown, boolean nameNeeded) {
        Optional<byte[]> said = shown.userHandleBytes();
        if (said.isEmpty()) {
            return !nameNeeded;
        }
        return PasskeyStore.knownHandle(tx, person)
                .map(handle -> MessageDigest.isEqual(handle, said.get()))
                .orElse(false);
    }

    private static Optional<Holder> holder(Rx rx, PersonId person) {
        return rx.one(
                """
                select p.id, p.name, p.epoch, i.id as identity_id from person p
                  join identity i on i.person_id = p.id and i.issuer = ? and i.subject = p.id
                 where p.id = ?
                """,
                row -> new Holder(
                        new PersonId(row.getString("id")),
                        row.getString("name"),
                        new IdentityId(row.getString("identity_id")),
                        row.getLong("epoch")),
                SignIn.LOCAL_ISSUER,
                person);
    }

    private void refuse(By by, String reason, Optional<Holder> holder) {
        database.run(by.actor().orElseGet(() -> Actor.unknown(by.address())), tx -> {
            audit.record(
                    tx,
                    Event.of(by.refused())
                            .outcome(Outcome.REFUSED)
                            .data("by", "passkey")
                            .data("reason", reason)
                            .data(
                                    "person",
                                    by.person()
                                            .or(() -> holder.map(Holder::person))
                                            .map(PersonId::value)
                                            .orElse(null)));
            holder.filter(_ -> reason.equals(word(PasskeyCheck.Flaw.COUNTER)))
                    .ifPresent(copied -> findings.open(
                            tx,
                            COPIED,
                            Severity.HIGH,
                            copied.person().value(),
                            "the counter of a passkey of " + copied.name()
                                    + " went back: there may be a copy of it; it was refused this time"));
        });
    }

    static String word(PasskeyCheck.Flaw flaw) {
        return flaw.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static Refusal refused() {
        return PasskeyRefusal.REFUSED.because(
                "this passkey was not accepted",
                "try again; it counts for minutes, in the browser that asked for it, and for one thing");
    }
}
