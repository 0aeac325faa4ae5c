package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.Ids;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Rx;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.identity.Enrolment;
import dev.sallyport.identity.Factors;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.Passwords;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Purpose;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.identity.Session;
import dev.sallyport.identity.Sessions;
import dev.sallyport.identity.SignIn;
import dev.sallyport.identity.StepUps;
import dev.sallyport.identity.Totp;
import dev.sallyport.testkit.Authenticator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** ID2: a policy asks for a fresh second factor, for one activation or one approval. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepUpTest {
    private static final Secret PASSWORD = Secret.of("correct horse battery");
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final Passwords passwords = new Passwords(64);
    private final Sessions sessions = new Sessions(world.audit);
    private final Quarantine quarantine = new Quarantine(world.audit, sessions, List.of(world.grants));
    private final People people = new People(world.audit, passwords, sessions, quarantine);
    private final Factors factors = new Factors(
            world.database,
            world.audit,
            sessions,
            (_, _) -> Set.of(),
            new Enrolment(world.database, world.audit, (_, _) -> Set.of(), true),
            world.vault);
    private final SignIn signIn = new SignIn(world.database, world.audit, passwords, factors);
    private final StepUps stepUps = new StepUps(world.database, world.audit, factors);
    private int made;

    @BeforeAll
    void rulesThatWantAFactor() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("ops", 0), "developers");
        world.eligible(world.role("root", 1), "developers");
        var catalog = new CatalogChanges(world.database, world.audit, people, world.grants, world.compiled);
        Actor admin = Actor.system("test");
        assertThat(catalog.apply(admin, List.of(new SourceFile("policies.yaml", """
                        apiVersion: sallyport/v1
                        kind: Policy
                        metadata: {name: fresh}
                        spec:
                          rules:
                            - {name: factor, effect: allow, approvals: none, obligations: {maxDuration: 2h, mfaWithin: 15m}}
                        """)), false, false))
                .isInstanceOf(CatalogAnswer.Sound.class);
        world.policies.enforce(admin, "draft", "as agreed");
    }

    @AfterAll
    void close() {
        world.close();
    }

    /** Somebody with a password, a session that it opened, and an authenticator app. */
    private final class Somebody {
        final PersonId id;
        final Authenticator app;
        final String name;
        Actor actor;

        Somebody(String group) {
            name = "somebody-" + ++made;
            id = world.person(name, group);
            var hash = people.hash(PASSWORD);
            world.arrange(tx -> people.setPassword(tx, id, hash));
            actor = session(((SignIn.FirstStep.In) password()).login());
            Factors.Offer offer = factors.offer(actor, id, "pam.example.org", Optional.empty(), Optional.empty());
            app = new Authenticator(offer.uri().reveal());
            factors.confirm(actor, id, code());
        }

        SignIn.FirstStep password() {
            return signIn.password(name, PASSWORD, "192.0.2.1");
        }

        private Actor session(Login login) {
            String session = Ids.next(Session.PREFIX);
            Actor signedIn = login.actor("192.0.2.1");
            world.database.run(
                    signedIn,
                    tx -> sessions.start(tx, session, login, "cli", tx.now().plus(Sessions.LENGTH)));
            return new Actor(id.value(), login.identity().value(), name, "192.0.2.1", session);
        }

        void signsInWithACode() {
            var half = (SignIn.FirstStep.CodeWanted) password();
            actor = session(signIn.code(half.ticket(), code(), "192.0.2.1"));
        }

        /** A code that was not used yet. */
        Secret code() {
            world.later(Totp.STEP);
            return Secret.of(app.code(world.database.read(Rx::now)));
        }

        Secret proof(String purpose) {
            return stepUps.prove(actor, id, code(), new Purpose(purpose)).token();
        }

        Request asks(Ask ask, Optional<Secret> proof) {
            return world.requests.ask(actor, id, ask, proof);
        }

        Request approves(Request request, Optional<Secret> proof) {
            return world.approving.decide(actor, id, request.id(), World.yes(), proof);
        }
    }

    private static Ask ops(Duration duration) {
        return World.asking("ops", "web-1", duration);
    }

    /** What the call is to be proved for. */
    private static String wanted(Callable<?> call) {
        var purpose = new java.util.concurrent.atomic.AtomicReference<>("");
        assertThatThrownBy(call::call).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.code()).isEqualTo("auth.step-up-required");
            assertThat(refusal.details()).containsEntry("max_age", 900L).containsKeys("acr_values", StepUps.FOR);
            purpose.set(String.valueOf(refusal.details().get(StepUps.FOR)));
        });
        return purpose.get();
    }

    private static void refused(String code, Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /** A proof for asking for an hour. */
    private Secret proof(Somebody somebody) {
        return somebody.proof(wanted(() -> somebody.asks(ops(HOUR), Optional.empty())));
    }

    @Test
    void aProofForJustThisLetsItHappenOnce() {
        var dev = new Somebody("developers");
        Secret proof = proof(dev);

        Request granted = dev.asks(ops(HOUR), Optional.of(proof));

        Item item = granted.items().getFirst();
        assertThat(item.grant()).isPresent();
        assertThat(world.database
                        .read(rx -> RequestStore.kept(rx, item.id()))
                        .orElseThrow()
                        .wish()
                        .mfaAge())
                .isPresent();
        refused("auth.step-up-invalid", () -> dev.asks(ops(HOUR), Optional.of(proof)));
        assertThat(world.events("step-up.proved")).isPositive();
        assertThat(world.events("step-up.used")).isPositive();
    }

    @Test
    void itIsWorthNothingForAnotherRequest() {
        var dev = new Somebody("developers");
        Secret proof = proof(dev);

        refused("auth.step-up-invalid", () -> dev.asks(ops(HOUR.plusMinutes(1)), Optional.of(proof)));
        refused("auth.step-up-invalid", () -> dev.asks(World.asking("root", "web-1", HOUR), Optional.of(proof)));

        assertThat(dev.asks(ops(HOUR), Optional.of(proof)).items().getFirst().grant())
                .isPresent();
    }

    @Test
    void itIsWorthNothingInOtherHandsOrInAnotherSession() {
        var dev = new Somebody("developers");
        var other = new Somebody("developers");
        Secret proof = proof(dev);

        refused("auth.step-up-invalid", () -> other.asks(ops(HOUR), Optional.of(proof)));
        dev.signsInWithACode();

        refused("auth.step-up-invalid", () -> dev.asks(ops(HOUR), Optional.of(proof)));
    }

    @Test
    void itCountsForFiveMinutes() {
        var dev = new Somebody("developers");
        Secret early = proof(dev);
        world.later(StepUps.LIFE.minusSeconds(10));
        assertThat(dev.asks(ops(HOUR), Optional.of(early)).items().getFirst().grant())
                .isPresent();
        Secret late = proof(dev);
        world.later(StepUps.LIFE);

        refused("auth.step-up-invalid", () -> dev.asks(ops(HOUR), Optional.of(late)));
    }

    @Test
    void itEndsWithTheFactor() {
        var dev = new Somebody("developers");
        Secret proof = proof(dev);

        factors.remove(dev.actor, dev.id, dev.code());

        refused("auth.step-up-invalid", () -> dev.asks(ops(HOUR), Optional.of(proof)));
        assertThatThrownBy(() -> dev.asks(ops(HOUR), Optional.empty()))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.details())
                                .containsKey("max_age")
                                .doesNotContainKey(StepUps.FOR));
    }

    @Test
    void itEndsWithAQuarantineAndStaysSoAfterIt() {
        var dev = new Somebody("developers");
        Secret proof = proof(dev);
        world.database.run(Actor.system("test"), tx -> quarantine.impose(tx, dev.id, "a test"));
        refused("request.not-active", () -> dev.asks(ops(HOUR), Optional.of(proof)));
        refused("person.blocked", () -> dev.proof("x".repeat(43)));

        world.database.run(Actor.system("test"), tx -> quarantine.lift(tx, dev.id, "over"));

        refused("auth.step-up-invalid", () -> dev.asks(ops(HOUR), Optional.of(proof)));
    }

    @Test
    void aCodeAtSignInCountsAsLongAsItIsFresh() {
        var dev = new Somebody("developers");
        dev.signsInWithACode();
        world.later(Duration.ofMinutes(10));
        assertThat(dev.asks(ops(HOUR), Optional.empty()).items().getFirst().grant())
                .isPresent();

        world.later(Duration.ofMinutes(6));

        wanted(() -> dev.asks(ops(HOUR), Optional.empty()));
    }

    @Test
    void whatIsDeniedAnywayAsksForNoFactor() {
        var dev = new Somebody("developers");

        Request request = dev.asks(ops(Duration.ofHours(3)), Optional.empty());

        assertThat(request.items().getFirst().state()).isEqualTo(ItemState.DENIED);
        assertThat(request.items().getFirst().decision().explanation())
                .contains("at most 2h; you asked 3h", "show a second factor first, then ask within 15m");
    }

    @Test
    void whoAgreesShowsOneTooAndWhoRefusesNeedsNone() {
        var dev = new Somebody("developers");
        var lead = new Somebody("leads");
        Ask root = World.asking("root", "web-1", HOUR);
        Request request = dev.asks(root, Optional.of(dev.proof(wanted(() -> dev.asks(root, Optional.empty())))));
        assertThat(request.items().getFirst().state()).isEqualTo(ItemState.PENDING);

        String purpose = wanted(() -> lead.approves(request, Optional.empty()));
        Secret proof = lead.proof(purpose);
        refused(
                "auth.step-up-invalid",
                () -> world.approving.decide(
                        lead.actor,
                        lead.id,
                        request.id(),
                        new Approving.Say(true, Optional.of(Duration.ofMinutes(5)), Optional.empty(), Set.of()),
                        Optional.of(proof)));
        Request approved = lead.approves(request, Optional.of(proof));

        assertThat(approved.items().getFirst().grant()).isPresent();
        Request another = dev.asks(
                World.asking("root", "web-1", Duration.ofMinutes(30)),
                Optional.of(dev.proof(wanted(
                        () -> dev.asks(World.asking("root", "web-1", Duration.ofMinutes(30)), Optional.empty())))));
        assertThat(world.approving
                        .decide(lead.actor, lead.id, another.id(), World.no("not now"), Optional.empty())
                        .items()
                        .getFirst()
                        .state())
                .isEqualTo(ItemState.DENIED);
    }

    @Test
    void whoAgreesShowsOneWhereOnlyTheRuleOfTodayWantsIt() {
        var dev = new Somebody("developers");
        var lead = new Somebody("leads");
        Actor admin = Actor.system("test");
        world.policies.enforce(admin, "none", "no rule wants a factor");
        Request request;
        Request withoutFactor;
        try {
            dev.signsInWithACode();
            request = dev.asks(World.asking("root", "web-1", HOUR), Optional.empty());
            world.later(Duration.ofMinutes(20));
            withoutFactor = dev.asks(World.asking("root", "web-1", Duration.ofMinutes(50)), Optional.empty());
        } finally {
            world.policies.enforce(admin, "draft", "a rule wants one again");
        }
        assertThat(request.items().getFirst().decision().obligations().mfaWithin())
                .isEmpty();

        String purpose = wanted(() -> lead.approves(request, Optional.empty()));
        Request approved = lead.approves(request, Optional.of(lead.proof(purpose)));
        Secret another = lead.proof(wanted(() -> lead.approves(withoutFactor, Optional.empty())));

        assertThat(approved.items().getFirst().grant()).isPresent();
        refused("request.role-changed", () -> lead.approves(withoutFactor, Optional.of(another)));
    }

    @Test
    void aPurposeTellsApartWhatDiffersAndHasItsForm() {
        assertThat(Purpose.of(List.of("a", "bc"))).isNotEqualTo(Purpose.of(List.of("ab", "c")));
        assertThat(Purpose.of(List.of("a", "bc"))).isEqualTo(Purpose.of(List.of("a", "bc")));
        refused("input.invalid-value", () -> new Purpose("short"));
    }
}
