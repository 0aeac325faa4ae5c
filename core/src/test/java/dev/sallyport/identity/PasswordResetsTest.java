package dev.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.World;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PasswordResetsTest {
    private static final Secret OLD = Secret.of("correct horse battery");
    private static final Secret NEW = Secret.of("staple staple staple");
    private static final Set<String> HELPDESK = Set.of("person.reset-password");

    private final World world = new World();
    private final Passwords passwords = new Passwords(64);
    private final Sessions sessions = new Sessions(world.audit);
    private final Quarantine quarantine = new Quarantine(world.audit, sessions, List.of(world.grants));
    private final People people = new People(world.audit, passwords, sessions, quarantine);
    private final SignIn signIn = new SignIn(
            world.database,
            world.audit,
            passwords,
            new Factors(
                    world.database,
                    world.audit,
                    sessions,
                    (_, _) -> Set.of(),
                    new Enrolment(world.database, world.audit, (_, _) -> Set.of(), true),
                    world.vault));
    private final Set<PersonId> administrators = new HashSet<>();
    private final PasswordResets resets = new PasswordResets(
            world.database,
            world.audit,
            people,
            (_, person) -> administrators.contains(person) ? Set.of("catalog.write") : Set.of());
    private PersonId admin = PersonId.next();
    private PersonId kim = PersonId.next();

    @BeforeEach
    void twoPeople() {
        admin = world.person("admin");
        kim = world.person("kim");
        PasswordHash hash = people.hash(OLD);
        world.arrange(tx -> people.setPassword(tx, kim, hash));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private PasswordResets.Link make(String name, Set<String> held) {
        return world.database.change(world.actor(admin), tx -> resets.make(tx, admin, held, name, "lost it"));
    }

    private Login in(Secret password) {
        return ((SignIn.FirstStep.In) signIn.password("kim", password, "192.0.2.1")).login();
    }

    private static void refused(ThrowingCallable call, String code) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private void invalid(Secret token) {
        refused(() -> resets.complete(token, NEW, "192.0.2.7"), "password.reset-link-invalid");
    }

    @Test
    void theLinkSetsANewPasswordAndEndsWhatTheOldOneOpened() {
        Login login = in(OLD);
        String session = Ids.next(Session.PREFIX);
        world.database.run(
                login.actor("192.0.2.1"),
                tx -> sessions.start(tx, session, login, "cli", tx.now().plus(Duration.ofHours(1))));

        Secret token = make("kim", HELPDESK).token();
        assertThat(in(OLD).person()).isEqualTo(kim);
        resets.complete(token, NEW, "192.0.2.7");

        assertThat(in(NEW).person()).isEqualTo(kim);
        refused(() -> signIn.password("kim", OLD, "192.0.2.1"), "sign-in.wrong");
        assertThat(world.database
                        .read(rx -> sessions.find(rx, session))
                        .orElseThrow()
                        .ended())
                .isTrue();
        assertThat(world.events("password.reset-link-made")).isEqualTo(1);
        assertThat(world.events("password.reset")).isEqualTo(1);
    }

    @Test
    void wrongUsedReplacedAndExpiredLinksAreRefusedAlike() {
        invalid(Secret.of("nothing of ours"));
        Secret replaced = make("kim", HELPDESK).token();
        Secret used = make("kim", HELPDESK).token();
        invalid(replaced);
        resets.complete(used, NEW, "192.0.2.7");
        invalid(used);
        Secret expired = make("kim", HELPDESK).token();
        world.later(PasswordResets.LINK_LIFE.plusSeconds(1));
        invalid(expired);
        Secret frozen = make("kim", HELPDESK).token();
        world.database.run(Actor.system("test"), tx -> quarantine.impose(tx, kim, "a test"));
        invalid(frozen);

        refused(() -> make("kim", HELPDESK), "person.blocked");
    }

    @Test
    void theDatabaseKnowsOnlyTheHash() {
        Secret token = make("kim", HELPDESK).token();

        List<String> kept = world.database.read(
                rx -> rx.list("select encode(token_hash, 'escape') from password_reset", row -> row.getString(1)));
        assertThat(kept).hasSize(1).noneMatch(stored -> stored.contains(token.reveal()));
    }

    @Test
    void guessingIsSlowedDown() {
        var answers = new java.util.ArrayList<String>();
        for (int i = 0; i < LoginThrottle.FREE_PER_NAME + 7; i++) {
            Secret guess = Secret.of("guess " + i);
            assertThatExceptionOfType(Refusal.class)
                    .isThrownBy(() -> resets.complete(guess, NEW, "192.0.2.7"))
                    .satisfies(refusal -> answers.add(refusal.code()));
        }

        assertThat(answers.subList(0, LoginThrottle.FREE_PER_NAME)).containsOnly("password.reset-link-invalid");
        assertThat(answers).contains("sign-in.throttled");
        invalid(Secret.of("guess"), "198.51.100.1");
    }

    private void invalid(Secret token, String address) {
        refused(() -> resets.complete(token, NEW, address), "password.reset-link-invalid");
    }

    @Test
    void nobodyResetsTheirOwnNorWhoAdministersMore() {
        refused(() -> make("admin", Rights.ALL), "password.reset-own");
        administrators.add(kim);
        refused(() -> make("kim", HELPDESK), "person.administers-more");
        assertThat(make("kim", Set.of("catalog.write")).token()).isNotNull();

        // who came to administer after the link was made is out of its reach
        administrators.clear();
        Secret token = make("kim", HELPDESK).token();
        administrators.add(kim);
        invalid(token);
    }

    @Test
    void whoComesThroughAProviderAloneGetsNone() {
        PersonId federated = world.person("federated");
        world.arrange(tx -> people.linkIdentity(tx, federated, "https://idp.example.org", "f-1"));

        refused(() -> make("federated", Rights.ALL), "password.none");
    }

    @Test
    void whoHasNoLoginYetGetsTheirFirstByALink() {
        PersonId fresh = world.person("fresh");

        resets.complete(make("fresh", HELPDESK).token(), NEW, "192.0.2.7");

        SignIn.FirstStep in = signIn.password("fresh", NEW, "192.0.2.1");
        assertThat(((SignIn.FirstStep.In) in).login().person()).isEqualTo(fresh);
    }

    @Test
    void aPasswordThatIsTooShortLeavesTheLinkGood() {
        Secret token = make("kim", HELPDESK).token();

        refused(() -> resets.complete(token, Secret.of("short"), "192.0.2.7"), "password.invalid");
        resets.complete(token, NEW, "192.0.2.7");

        assertThat(in(NEW).person()).isEqualTo(kim);
    }
}
