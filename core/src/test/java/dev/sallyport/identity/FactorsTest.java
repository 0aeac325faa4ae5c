package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.World;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.testkit.Authenticator;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FactorsTest {
    private static final Secret PASSWORD = Secret.of("correct horse battery");

    private static World world;
    private static Passwords passwords;
    private static Sessions sessions;
    private static Quarantine quarantine;
    private static People people;
    private static Factors factors;
    private static SignIn signIn;
    private static final Set<PersonId> administrators = new HashSet<>();
    private static int tests;

    private final int test = ++tests;
    private final String home = "192.0.2." + test;
    private final String name = "kim-" + test;
    private PersonId admin = PersonId.next();
    private PersonId kim = PersonId.next();
    private Map<String, Long> before = Map.of();

    /** The app of kim. */
    private Authenticator app = new Authenticator("otpauth://totp/none?secret=" + "A".repeat(32));

    @BeforeAll
    static void open() {
        world = new World();
        passwords = new Passwords(64);
        sessions = new Sessions(world.audit);
        quarantine = new Quarantine(world.audit, sessions, List.of(world.grants));
        people = new People(world.audit, passwords, sessions, quarantine);
        factors = factors(world.database);
        signIn = new SignIn(world.database, world.audit, passwords, factors);
    }

    @AfterAll
    static void close() {
        world.close();
    }

    /** The feature as one of several servers has it. */
    private static Factors factors(Database database) {
        Administration administration =
                (_, person) -> administrators.contains(person) ? Set.of("catalog.write") : Set.of();
        return new Factors(
                database,
                world.audit,
                sessions,
                administration,
                new Enrolment(database, world.audit, administration, true),
                world.vault);
    }

    @BeforeEach
    void twoPeople() {
        admin = world.person("admin-" + test);
        kim = world.person(name);
        PasswordHash hash = people.hash(PASSWORD);
        world.arrange(tx -> people.setPassword(tx, kim, hash));
        before = recorded();
    }

    private static Map<String, Long> recorded() {
        return world
                .database
                .read(rx -> rx.list(
                        "select activity, count(*) from event group by 1",
                        row -> Map.entry(row.getString(1), row.getLong(2))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** How many of these this test has recorded. */
    private long events(String activity) {
        return world.events(activity) - before.getOrDefault(activity, 0L);
    }

    private Optional<Duration> age(Actor actor) {
        return world.database.read(rx -> SecondFactor.age(rx, actor));
    }

    private static void refused(ThrowingCallable call, String code) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /** A client that has just signed in. */
    private Actor session(Login login) {
        String session = Ids.next(Session.PREFIX);
        world.database.run(
                login.actor(home),
                tx -> sessions.start(tx, session, login, "cli", tx.now().plus(Sessions.LENGTH)));
        return new Actor(login.person().value(), login.identity().value(), login.name(), home, session);
    }

    private SignIn.FirstStep password() {
        return signIn.password(name, PASSWORD, home);
    }

    private Actor byPassword() {
        return session(((SignIn.FirstStep.In) password()).login());
    }

    private Secret ticket() {
        return ((SignIn.FirstStep.CodeWanted) password()).ticket();
    }

    private Factors.Offer offer(Actor actor, Optional<Secret> code) {
        Factors.Offer offer = factors.offer(actor, kim, "pam.example.org", code, Optional.empty());
        app = new Authenticator(offer.uri().reveal());
        return offer;
    }

    /** The code that the app shows now. */
    private Secret code() {
        return Secret.of(app.code(world.database.read(Rx::now)));
    }

    private Secret next() {
        world.later(Totp.STEP);
        return code();
    }

    private List<Secret> enrol() {
        Actor actor = byPassword();
        offer(actor, Optional.empty());
        return factors.confirm(actor, kim, code());
    }

    @Test
    void withoutAFactorAPasswordIsAPasswordAndNoMore() {
        Login login = ((SignIn.FirstStep.In) password()).login();

        assertThat(login.amr()).containsExactly("pwd");
        assertThat(login.acr()).isEmpty();
        Actor actor = session(login);
        assertThat(age(actor)).isEmpty();
    }

    @Test
    void whoHasEnrolledSignsInWithACodeAsWell() {
        List<Secret> codes = enrol();

        Secret ticket = ticket();
        Login login = signIn.code(ticket, next(), home);

        assertThat(codes).hasSize(10).doesNotHaveDuplicates();
        assertThat(login.amr()).containsExactly("pwd", "otp", "mfa");
        assertThat(login.acr()).contains("https://refeds.org/profile/mfa");
        Actor actor = session(login);
        world.later(Duration.ofMinutes(3));
        assertThat(age(actor)).hasValueSatisfying(age -> assertThat(age).isGreaterThanOrEqualTo(Duration.ofMinutes(3)));
        assertThat(events("factor.enrolled")).isEqualTo(1);
        assertThat(events("sign-in.factor-wanted")).isEqualTo(1);
        refused(() -> signIn.code(ticket, next(), home), "sign-in.start-again");
    }

    @Test
    void aWrongCodeLeadsNowhereAndIsRecorded() {
        enrol();
        Secret ticket = ticket();

        refused(() -> signIn.code(ticket, Secret.of("000000x"), home), "factor.wrong-code");

        assertThat(events("sign-in.refused")).isEqualTo(1);
        assertThat(signIn.code(ticket, next(), home).person()).isEqualTo(kim);
    }

    @Test
    void aCodeCountsOnceAndTheOneThatEnrolledNotAgain() {
        enrol();
        refused(() -> signIn.code(ticket(), code(), home), "factor.wrong-code");

        Secret code = next();
        signIn.code(ticket(), code, home);

        refused(() -> signIn.code(ticket(), code, home), "factor.wrong-code");
    }

    @Test
    void ofTwoServersThatGetTheSameCodeAtOnceOneTakesIt() throws Exception {
        enrol();
        Secret code = next();
        Factors other = factors(new Database(world.connections.pool(), () -> world.offset()));
        List<Callable<Boolean>> both =
                List.of(() -> taken(factors, code), () -> taken(other, code), () -> taken(factors, code));

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int taken = 0;
            for (var answer : threads.invokeAll(both)) {
                taken += answer.get() ? 1 : 0;
            }

            assertThat(taken).isEqualTo(1);
        }
    }

    private boolean taken(Factors server, Secret code) {
        try {
            server.renewCodes(new Actor(kim.value(), null, name, home, null), kim, code);
            return true;
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isEqualTo("factor.wrong-code");
            return false;
        }
    }

    @Test
    void aRecoveryCodeStandsInForTheAppOnceHoweverItIsTyped() {
        List<Secret> codes = enrol();

        Login login = signIn.code(
                ticket(),
                Secret.of(codes.getFirst()
                        .reveal()
                        .toUpperCase(java.util.Locale.ROOT)
                        .replace("-", " ")),
                home);

        assertThat(login.amr()).containsExactly("pwd", "mfa");
        assertThat(factors.status(world.actor(kim), kim).recoveryCodes()).isEqualTo(9);
        refused(() -> signIn.code(ticket(), codes.getFirst(), home), "factor.wrong-code");
        List<Secret> renewed = factors.renewCodes(session(login), kim, codes.get(1));
        refused(() -> signIn.code(ticket(), codes.get(2), home), "factor.wrong-code");
        assertThat(signIn.code(ticket(), renewed.getFirst(), home).person()).isEqualTo(kim);
        assertThat(events("factor.recovery-code-used")).isEqualTo(3);
    }

    @Test
    void theFirstIsEnrolledOnlySoonAfterThePasswordWasShown() {
        Actor actor = byPassword();
        world.later(Enrolment.FRESH.plusSeconds(1));

        refused(() -> offer(actor, Optional.empty()), "auth.sign-in-too-old");

        refused(() -> offer(world.actor(kim), Optional.empty()), "auth.sign-in-too-old");
        refused(() -> factors.confirm(actor, kim, code()), "factor.not-offered");
        refused(
                () -> factors.offer(world.actor(admin), admin, "x", Optional.empty(), Optional.empty()),
                "factor.no-password");
        assertThat(factors.status(world.actor(kim), kim).enrolledAt()).isEmpty();
    }

    @Test
    void whatWasOfferedCountsAfterItsFirstCodeAndWaitsNotForEver() {
        Actor actor = byPassword();
        offer(actor, Optional.empty());
        assertThat(password()).isInstanceOf(SignIn.FirstStep.In.class);
        refused(() -> factors.confirm(actor, kim, Secret.of("12345")), "factor.wrong-code");

        world.later(Factors.OFFER_LIFE);

        refused(() -> factors.confirm(actor, kim, code()), "factor.not-offered");
    }

    @Test
    void anotherIsEnrolledWithACodeOfThePresentOneWhichThenCountsNoMore() {
        enrol();
        Actor actor = session(signIn.code(ticket(), next(), home));
        refused(() -> offer(actor, Optional.empty()), "factor.code-needed");
        Secret before = next();
        Authenticator old = app;

        offer(actor, Optional.of(before));
        factors.confirm(actor, kim, next());

        Secret ofTheOld = Secret.of(old.code(world.database.read(Rx::now).plus(Totp.STEP)));
        refused(() -> signIn.code(ticket(), ofTheOld, home), "factor.wrong-code");
        assertThat(signIn.code(ticket(), next(), home).person()).isEqualTo(kim);
        // what was shown of the old one is no factor of today's
        assertThat(age(actor)).isEmpty();
    }

    @Test
    void itIsRemovedWithACodeAndThenAPasswordSignsInAgain() {
        enrol();
        Actor actor = session(signIn.code(ticket(), next(), home));
        refused(() -> factors.remove(actor, kim, Secret.of("nothing")), "factor.wrong-code");

        factors.remove(actor, kim, next());

        assertThat(password()).isInstanceOf(SignIn.FirstStep.In.class);
        assertThat(age(actor)).isEmpty();
        refused(() -> factors.remove(actor, kim, next()), "factor.none");
    }

    private void reset(String name, Set<String> held) {
        world.database.run(world.actor(admin), tx -> factors.reset(tx, admin, held, name, "lost the phone"));
    }

    @Test
    void anAdministratorTakesTheFactorOfSomebodyElseAwayAndTheirSessionsEnd() {
        enrol();
        Actor actor = session(signIn.code(ticket(), next(), home));

        reset(name, Set.of("person.reset-factor"));

        assertThat(password()).isInstanceOf(SignIn.FirstStep.In.class);
        assertThat(world.database
                        .read(rx -> sessions.find(rx, String.valueOf(actor.session())))
                        .orElseThrow()
                        .ended())
                .isTrue();
        assertThat(events("factor.reset")).isEqualTo(1);
    }

    @Test
    void nobodyResetsTheirOwnNorThatOfWhoAdministersMore() {
        enrol();

        refused(() -> reset("admin-" + test, Set.of()), "factor.reset-own");
        administrators.add(kim);
        refused(() -> reset(name, Set.of("person.reset-factor")), "person.administers-more");
        administrators.clear();

        assertThat(password()).isInstanceOf(SignIn.FirstStep.CodeWanted.class);
    }

    @Test
    void halfASignInEndsWithTheTimeANewPasswordAQuarantineAndTheFactor() {
        enrol();
        Secret late = ticket();
        world.later(SignIn.HALF_LIFE.plusSeconds(1));
        refused(() -> signIn.code(late, code(), home), "sign-in.start-again");

        Secret before = ticket();
        PasswordHash hash = people.hash(PASSWORD);
        world.arrange(tx -> people.setPassword(tx, kim, hash));
        refused(() -> signIn.code(before, code(), home), "sign-in.start-again");

        Secret frozen = ticket();
        world.database.run(Actor.system("test"), tx -> quarantine.impose(tx, kim, "a test"));
        refused(() -> signIn.code(frozen, code(), home), "sign-in.start-again");
        refused(this::password, "sign-in.wrong");
    }

    @Test
    void guessingIsSlowedWhereverItComesFromAndOpensAFinding() {
        List<Secret> codes = enrol();
        Secret ticket = ticket();
        int guesses = 0;
        String last = "";
        while (!last.equals("factor.throttled") && guesses < 100) {
            // never two from one network
            String from = "198.51.100." + guesses++;
            try {
                signIn.code(ticket, Secret.of("wrong"), from);
            } catch (Refusal refusal) {
                last = refusal.code();
            }
        }

        assertThat(guesses).isBetween(LoginThrottle.FREE_PER_FACTOR, 100);
        assertThat(last).isEqualTo("factor.throttled");
        assertThat(events("finding.opened")).isEqualTo(1);
        world.later(LoginThrottle.LONGEST_DELAY.plusSeconds(1));
        assertThat(signIn.code(ticket(), codes.getFirst(), home).person()).isEqualTo(kim);
    }

    @Test
    void whoDoesNotKnowThePasswordBlocksNobody() {
        enrol();
        for (int i = 0; i < 40; i++) {
            String from = "198.51.100." + i;
            refused(() -> signIn.password(name, Secret.of("a guess of a stranger"), from), "sign-in.wrong");
            refused(() -> signIn.code(Secret.of("no ticket"), Secret.of("123456"), from), "sign-in.start-again");
        }

        assertThat(signIn.code(ticket(), next(), home).person()).isEqualTo(kim);
    }

    @Test
    void theDatabaseHoldsNeitherSecretNorCodesInClear() {
        List<Secret> codes = enrol();

        String stored =
                world.database.read(rx -> rx.list("""
                        select encode(secret, 'escape') || encode(recovery_key, 'escape') from totp_factor
                        union all select encode(hash, 'escape') from recovery_code
                        union all select body::text from event
                        """, row -> row.getString(1)).toString());

        assertThat(stored).doesNotContain(codes.getFirst().reveal(), Totp.base32(app.secret()));
    }
}
