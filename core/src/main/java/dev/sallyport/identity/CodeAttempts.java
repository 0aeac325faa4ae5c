package dev.sallyport.identity;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import dev.sallyport.finding.Findings;
import dev.sallyport.finding.Severity;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Codes that somebody shows who knows the password: each attempt counts as a failure until its code was right. */
final class CodeAttempts {
    private static final int LONGEST_CODE = 64;

    /** The kind of finding that many wrong codes open: somebody knows the password. */
    private static final String GUESSED = "second-factor-guessed";

    private final Database database;
    private final Audit audit;
    private final Findings findings;
    private final LoginThrottle throttle;

    CodeAttempts(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
        this.findings = new Findings(audit);
        this.throttle = new LoginThrottle(database);
    }

    /**
     * @param refused what a wrong code is recorded as
     * @param next what helps whose code was wrong
     * @param attempt tries the code and does what it lets the person do; nothing if it is wrong
     * @throws Refusal {@code factor.wrong-code}, {@code factor.throttled} or {@code person.blocked}
     */
    <T> T counted(
            Actor actor,
            PersonId person,
            Secret code,
            IdentityEvent refused,
            String next,
            Function<Tx, Optional<T>> attempt) {
        LoginThrottle.Attempt begun = throttle.beginCode(person, Objects.requireNonNullElse(actor.sourceAddress(), ""));
        if (begun.blocked()) {
            refuse(actor, person, refused, "throttled", begun.besieged());
            throw FactorRefusal.THROTTLED.because("too many wrong codes", "wait a few minutes, then try again");
        }
        Optional<T> done = code.reveal().length() > LONGEST_CODE
                ? Optional.empty()
                : database.change(actor, tx -> {
                    if (!FactorStore.lock(tx, person)) {
                        throw IdentityRefusal.PERSON_BLOCKED.because("your account may not do this right now");
                    }
                    Optional<T> result = attempt.apply(tx);
                    if (result.isPresent()) {
                        throttle.succeeded(tx, begun);
                    }
                    return result;
                });
        return done.orElseThrow(() -> {
            refuse(actor, person, refused, "wrong code", begun.besieged());
            return FactorRefusal.WRONG.because("this code is wrong, or was used already (each counts once)", next);
        });
    }

    private void refuse(Actor actor, PersonId person, IdentityEvent type, String reason, boolean besieged) {
        database.run(actor, tx -> {
            audit.record(
                    tx,
                    Event.of(type)
                            .data("person", person.value())
                            .outcome(Outcome.REFUSED)
                            .data("reason", reason));
            if (besieged) {
                findings.open(
                        tx,
                        GUESSED,
                        Severity.HIGH,
                        person.value(),
                        "many wrong codes of the second factor of "
                                + People.require(tx, person).name()
                                + ", by somebody who knows their password or holds a session of theirs");
            }
        });
    }

    /** The person's factors are gone, and with them what was guessed. */
    void forget(Tx tx, PersonId person) {
        findings.close(tx, GUESSED, person.value());
    }
}
