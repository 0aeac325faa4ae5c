package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.World;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.testkit.Authenticator;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ID2: the first second factor behind a one-time code. */
class EnrolmentTest {
    private static final Secret PASSWORD = Secret.of("correct horse battery");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Set<String> DESK = Set.of("person.reset-factor");

    private static World world;
    private static Sessions sessions;
    private static Quarantine quarantine;
    private static People people;
    private static final Set<PersonId> administrators = new HashSet<>();
    private static final Administration administration =
            (_, person) -> administrators.contains(person) ? Set.of("catalog.write") : Set.of();
    private static Enrolment enrolment;
    private static Factors factors;
    private static SignIn signIn;
    private static int tests;

    private final int test = ++tests;
    private final String home = "192.0.2." + test;
    private final String name = "kim-" + test;
    private PersonId desk = PersonId.next();
    private PersonId kim = PersonId.next();

    @BeforeAll
    static void open() {
        world = new World();
        var passwords = new Passwords(64);
        sessions = new Sessions(world.audit);
        quarantine = new Quarantine(world.audit, sessions, List.of(world.grants));
        people = new People(world.audit, passwords, sessions, quarantine);
        enrolment = new Enrolment(world.database, world.audit, administration, true);
        factors = factors(enrolment);
        signIn = new SignIn(world.database, world.audit, passwords, factors);
    }

    private static Factors factors(Enrolment enrolment) {
        return new Factors(world.database, world.audit, sessions, administration, enrolment, world.vault);
    }

    @AfterAll
    static void close() {
        world.close();
    }

    /** Kim has had the password for longer than it vouches for anybody. */
    @BeforeEach
    void twoPeople() {
        desk = world.person("desk-" + test);
        kim = world.person(name);
        PasswordHash hash = people.hash(PASSWORD);
        world.arrange(tx -> people.setPassword(tx, kim, hash));
        world.later(Enrolment.AFTER_LINK.plusSeconds(1));
    }

    private static void refused(ThrowingCallable call, String code) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /** Another client, signed in with the password. */
    private Actor session() {
        Login login = ((SignIn.FirstStep.In) signIn.password(name, PASSWORD, home)).login();
        String session = Ids.next(Session.PREFIX);
        world.database.run(
                login.actor(home),
                tx -> sessions.start(tx, session, login, "cli", tx.now().plus(Sessions.LENGTH)));
        return new Actor(login.person().value(), login.identity().value(), login.name(), home, session);
    }

    private Secret code(Duration life) {
        return world.database
                .change(world.actor(desk), tx -> enrolment.make(tx, desk, DESK, name, "first day", life))
                .code();
    }

    private Factors.Offer offer(Actor actor) {
        return factors.offer(actor, kim, "pam.example.org", Optional.empty(), Optional.empty());
    }

    private void enrols(Actor actor) {
        var app = new Authenticator(offer(actor).uri().reveal());
        factors.confirm(actor, kim, Secret.of(app.code(world.database.read(Rx::now))));
    }

    private boolean wanted(Actor actor) {
        return factors.status(actor, kim).enrolmentCodeWanted();
    }

    @Test
    void aPasswordAloneEnrolsNothing() {
        Actor thief = session();

        assertThat(wanted(thief)).isTrue();
        refused(() -> offer(thief), "factor.enrolment-code-wanted");

        assertThat(factors.status(thief, kim).enrolledAt()).isEmpty();
    }

    @Test
    void aCodeEnrolsOnceInTheSessionInWhichItWasShown() {
        Secret code = code(HOUR);
        Actor owner = session();
        Actor thief = session();

        enrolment.redeem(
                owner,
                kim,
                Secret.of(" " + code.reveal().toUpperCase(Locale.ROOT).replace('-', ' ')));

        assertThat(wanted(owner)).isFalse();
        assertThat(wanted(thief)).isTrue();
        refused(() -> offer(thief), "factor.enrolment-code-wanted");
        refused(() -> enrolment.redeem(thief, kim, code), "factor.wrong-code");
        enrols(owner);
        assertThat(factors.status(owner, kim).enrolledAt()).isPresent();
        assertThat(world.events("factor.enrolment-code-made")).isPositive();
    }

    @Test
    void whatACodeOpensIsShutWithTheFactorAndWithTime() {
        Actor slow = session();
        enrolment.redeem(slow, kim, code(HOUR));
        world.later(Enrolment.AFTER_CODE.plusSeconds(1));
        Actor again = session();
        refused(() -> offer(slow), "auth.sign-in-too-old");
        refused(() -> offer(again), "factor.enrolment-code-wanted");

        enrolment.redeem(again, kim, code(HOUR));
        enrols(again);
        world.arrange(tx -> factors.reset(tx, desk, DESK, name, "lost"));

        refused(() -> offer(session()), "factor.enrolment-code-wanted");
    }

    @Test
    void aCodeThatIsOldReplacedOrAnothersOpensNothing() {
        Secret old = code(Duration.ofMinutes(1));
        world.later(Duration.ofMinutes(1));
        Actor actor = session();
        refused(() -> enrolment.redeem(actor, kim, old), "factor.wrong-code");
        Secret replaced = code(HOUR);
        Secret good = code(HOUR);

        refused(() -> enrolment.redeem(actor, kim, replaced), "factor.wrong-code");
        refused(() -> enrolment.redeem(world.actor(desk), desk, good), "auth.sign-in-too-old");
        refused(() -> enrolment.redeem(actor, kim, Secret.of("x".repeat(100_000))), "factor.wrong-code");

        assertThat(enrolment.redeem(actor, kim, good)).isAfter(world.database.<Instant>read(Rx::now));
    }

    /** A new sign-in would be another session, and the code spent. */
    @Test
    void aCodeIsSpentOnlyWhereThePasswordWasShownMinutesAgo() {
        Secret code = code(HOUR);
        Actor stale = session();
        world.later(Enrolment.FRESH.plusSeconds(1));

        refused(() -> enrolment.redeem(stale, kim, code), "auth.sign-in-too-old");

        Actor fresh = session();
        enrolment.redeem(fresh, kim, code);
        world.later(Enrolment.FRESH.plusSeconds(1));
        enrols(fresh);
    }

    @Test
    void guessingIsSlowedAndFoundOut() {
        Actor actor = session();
        for (int i = 0; i < LoginThrottle.FREE_PER_NAME; i++) {
            refused(() -> enrolment.redeem(actor, kim, Secret.of("0000-0000-0000-0000")), "factor.wrong-code");
        }

        refused(() -> enrolment.redeem(actor, kim, code(HOUR)), "factor.throttled");
    }

    @Test
    void aPasswordThatALinkHasSetVouchesForAWhile() {
        PasswordHash hash = people.hash(PASSWORD);
        world.arrange(tx -> people.resetPassword(tx, kim, hash));

        Actor actor = session();

        assertThat(wanted(actor)).isFalse();
        enrols(actor);
    }

    @Test
    void aLinkEndsACodeThatWasGivenOutBefore() {
        Secret code = code(HOUR);
        PasswordHash hash = people.hash(PASSWORD);
        world.arrange(tx -> people.resetPassword(tx, kim, hash));

        refused(() -> enrolment.redeem(session(), kim, code), "factor.wrong-code");
    }

    /** Who knew the old password may have sent their call before, and its rest after. */
    @Test
    void aSessionThatALinkHasEndedEnrolsNothing() {
        Actor before = session();
        PasswordHash hash = people.hash(PASSWORD);
        world.arrange(tx -> people.resetPassword(tx, kim, hash));

        refused(() -> offer(before), "auth.sign-in-too-old");

        Actor owner = session();
        var app = new Authenticator(offer(owner).uri().reveal());
        Secret shown = Secret.of(app.code(world.database.<Instant>read(Rx::now)));
        refused(() -> factors.confirm(before, kim, shown), "auth.sign-in-too-old");
        factors.confirm(owner, kim, shown);
    }

    @Test
    void aSessionInWhichACodeWasShownEnrolsNothingOnceItHasEnded() {
        Actor owner = session();
        enrolment.redeem(owner, kim, code(HOUR));
        world.arrange(tx -> sessions.endAll(tx, kim, EndReason.SIGNED_OUT, null));

        refused(() -> offer(owner), "auth.sign-in-too-old");
        refused(() -> offer(session()), "factor.enrolment-code-wanted");
    }

    @Test
    void aCodeEndsWithTheQuarantineOfItsPersonAlsoWhenThatIsLifted() {
        Secret code = code(HOUR);
        world.arrange(tx -> quarantine.impose(tx, kim, "odd"));
        world.arrange(tx -> quarantine.lift(tx, kim, "a mistake"));

        refused(() -> enrolment.redeem(session(), kim, code), "factor.wrong-code");
    }

    @Test
    void aCodeEndsWithItsMaker() {
        Secret code = code(HOUR);
        world.arrange(tx -> tx.update(
                "update person set quarantined_at = ?, quarantine_reason = 'test' where id = ?", tx.now(), desk));

        refused(() -> enrolment.redeem(session(), kim, code), "factor.wrong-code");
    }

    @Test
    void whereTheInstallationSaysSoAFreshPasswordIsEnough() {
        Factors lenient = factors(new Enrolment(world.database, world.audit, administration, false));
        Actor actor = session();

        assertThat(lenient.status(actor, kim).enrolmentCodeWanted()).isFalse();
        assertThat(lenient.offer(actor, kim, "x", Optional.empty(), Optional.empty()))
                .isNotNull();
        world.later(Enrolment.FRESH.plusSeconds(1));
        refused(() -> lenient.offer(actor, kim, "x", Optional.empty(), Optional.empty()), "auth.sign-in-too-old");
    }

    @Test
    void codesAreMadeForWhoHasAPasswordAndNoFactorByWhoCoversThem() {
        Actor by = world.actor(desk);
        refused(
                () -> world.database.run(by, tx -> enrolment.make(tx, kim, DESK, name, "mine", HOUR)),
                "factor.code-for-oneself");
        refused(
                () -> world.database.run(by, tx -> enrolment.make(tx, kim, DESK, "desk-" + test, "no password", HOUR)),
                "factor.no-password");
        refused(() -> code(Duration.ofDays(8)), "input.invalid-value");
        refused(() -> code(Duration.ofSeconds(1)), "input.invalid-value");
        administrators.add(kim);
        refused(() -> code(HOUR), "person.administers-more");
        administrators.remove(kim);

        Secret code = code(HOUR);
        administrators.add(kim);
        refused(() -> enrolment.redeem(session(), kim, code), "factor.wrong-code");
        administrators.remove(kim);
        enrolment.redeem(session(), kim, code);

        Actor owner = session();
        enrolment.redeem(owner, kim, code(HOUR));
        enrols(owner);
        refused(() -> code(HOUR), "factor.present");
        world.arrange(this::frozen);
        refused(() -> code(HOUR), "person.blocked");
    }

    private void frozen(Tx tx) {
        tx.update("update person set quarantined_at = ?, quarantine_reason = 'test' where id = ?", tx.now(), kim);
    }
}
