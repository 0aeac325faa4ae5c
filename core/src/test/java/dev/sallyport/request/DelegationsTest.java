package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** AC4, AC6: who is away lets another decide, and nobody decides for themselves by it. */
@NullMarked
class DelegationsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads", "developers");
    private final PersonId chief = world.person("chief", "leads", "developers");
    private final PersonId mate = world.person("mate", "developers");
    private final PersonId other = world.person("other");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.target("web-2", Map.of("tier", "web"));
        world.eligible(world.role("ops", 1), "developers");
        world.eligible(world.role("root", 2), "developers");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Instant now() {
        return world.database.read(rx -> rx.now());
    }

    private Delegation hand(PersonId from, String to) {
        return hand(from, to, Optional.empty(), Optional.empty());
    }

    private Delegation hand(PersonId from, String to, Optional<String> role, Optional<String> target) {
        return world.delegations.create(
                world.actor(from),
                from,
                new Delegations.Handing(
                        to, Optional.empty(), now().plus(Duration.ofDays(2)), role, target, "on leave"));
    }

    private static String refused(Callable<?> what) {
        return String.valueOf(org.assertj.core.api.Assertions.catchThrowableOfType(Refusal.class, what::call)
                .code());
    }

    private ItemState state(Request request) {
        return world.requests.find(lead, true, request.id()).items().getFirst().state();
    }

    @Test
    void theDelegateDecidesForTheDelegatorAndTheRecordSaysSo() {
        Request before = world.ask(dev, "ops", "web-1", HOUR);
        String stranger = refused(() -> world.approve(mate, before));

        hand(lead, "mate");
        Request after = world.approve(mate, before);

        assertThat(stranger).isEqualTo("request.unknown");
        assertThat(after.state()).isEqualTo(ItemState.APPROVED);
        Verdict verdict = after.items().getFirst().verdicts().getFirst();
        assertThat(verdict.byName()).isEqualTo("mate");
        assertThat(verdict.forName()).contains("lead");
        assertThat(world.requests.toDecide(mate, Slice.newest(10))).isEmpty();
        assertThat(world.requests.find(mate, false, before.id()).id()).isEqualTo(before.id());
    }

    @Test
    void whatWaitsIsShownToTheDelegateWhileItRuns() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        Delegation handed = hand(lead, "other");

        assertThat(world.requests.toDecide(other, Slice.newest(10))).hasSize(1);

        world.delegations.end(world.actor(other), other, handed.id());

        assertThat(world.requests.toDecide(other, Slice.newest(10))).isEmpty();
        assertThat(refused(() -> world.approve(other, request))).isEqualTo("request.unknown");
        assertThat(refused(() -> world.delegations.end(world.actor(lead), lead, handed.id())))
                .isEqualTo("delegation.ended-already");
        assertThat(refused(() -> world.delegations.end(world.actor(dev), dev, handed.id())))
                .isEqualTo("delegation.unknown");
    }

    @Test
    void theDelegateIsAskedTooAndNobodyWhoseWordIsGiven() {
        Request request = world.ask(dev, "root", "web-1", HOUR);
        hand(lead, "mate");
        List<PersonId> before = awaited(request);

        world.approve(mate, request);

        assertThat(before).contains(lead, mate);
        assertThat(awaited(request)).isNotEmpty().doesNotContain(lead, mate);
    }

    private List<PersonId> awaited(Request request) {
        return world.database.read(rx -> Awaited.of(rx, request.id())).stream()
                .flatMap(stage -> stage.people().stream())
                .toList();
    }

    @Test
    void itEndsByItselfAndBeginsWhenItSays() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        world.delegations.create(
                world.actor(lead),
                lead,
                new Delegations.Handing(
                        "other",
                        Optional.of(now().plusSeconds(600)),
                        now().plusSeconds(1200),
                        Optional.empty(),
                        Optional.empty(),
                        "a meeting"));

        String early = refused(() -> world.approve(other, request));
        world.later(Duration.ofMinutes(15));
        int running = world.requests.toDecide(other, Slice.newest(10)).size();
        world.later(Duration.ofMinutes(10));
        String late = refused(() -> world.approve(other, request));

        assertThat(early).isEqualTo("request.unknown");
        assertThat(running).isEqualTo(1);
        assertThat(late).isEqualTo("request.unknown");
    }

    @Test
    void nobodyDecidesTheirOwnRequestNotEvenInCircles() {
        Request leads = world.ask(lead, "ops", "web-1", HOUR);
        hand(chief, "lead");
        hand(lead, "chief");

        assertThat(refused(() -> world.approve(lead, leads))).isEqualTo("request.self-approval");
        assertThat(refused(() -> world.approve(chief, leads))).isEqualTo("request.delegators-own");
        assertThat(state(leads)).isEqualTo(ItemState.PENDING);
    }

    @Test
    void theDelegateDoesNotApproveWhatTheDelegatorAskedForAndMayStillDenyIt() {
        Request leads = world.ask(lead, "ops", "web-1", HOUR);
        hand(lead, "other");
        hand(lead, "chief");

        assertThat(refused(() -> world.approve(other, leads))).isEqualTo("request.unknown");
        assertThat(refused(() -> world.approve(chief, leads))).isEqualTo("request.delegators-own");
        assertThat(world.requests.doings(chief, leads)).containsExactly(Doing.DENY);
        assertThat(world.requests.doings(other, leads)).isEmpty();
        assertThat(world.approving
                        .decide(world.actor(chief), chief, leads.id(), World.no("not today"))
                        .state())
                .isEqualTo(ItemState.DENIED);
    }

    /** Two stages want two people, whoever they lend their rights to. */
    @Test
    void whoHasSpokenForOneStageDoesNotSpeakForTheNextThroughOthers() {
        var staged = world.role("staged", 1, Map.of("maxDuration", "8h"), Map.of());
        world.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where name = 'staged'"));
        world.eligible(staged, "developers");
        world.enforce(
                chief,
                "staged",
                List.of(Map.of(
                        "name",
                        "twice",
                        "when",
                        "role.name == \"staged\"",
                        "effect",
                        "allow",
                        "approvals",
                        List.of(Map.of("groups", List.of("leads")), Map.of("groups", List.of("leads"))))));
        Request request = world.ask(dev, "staged", "web-1", HOUR);
        Request another = world.ask(dev, "staged", "web-1", HOUR.plusMinutes(1));
        hand(lead, "other");

        world.approve(lead, request);
        world.approve(other, another);

        assertThat(world.requests.doings(other, request)).isEmpty();
        assertThat(refused(() -> world.approve(other, request))).isEqualTo("request.already-decided-by-you");
        assertThat(world.requests.doings(lead, another)).isEmpty();
        assertThat(refused(() -> world.approve(lead, another))).isEqualTo("request.already-decided-by-you");
        assertThat(awaited(request)).contains(chief).doesNotContain(lead, other);
        assertThat(state(request)).isEqualTo(ItemState.PENDING);
        assertThat(world.approve(chief, request).state()).isEqualTo(ItemState.APPROVED);
        assertThat(world.approve(chief, another).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void aDelegationIsNotPassedOn() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        hand(lead, "mate");
        hand(mate, "other");

        assertThat(refused(() -> world.approve(other, request))).isEqualTo("request.unknown");
        assertThat(world.approve(mate, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void aSeatCountsOnceWhoeverSpeaksForIt() {
        Request request = world.ask(dev, "root", "web-1", HOUR);
        hand(lead, "mate");
        hand(lead, "other");

        world.approve(mate, request);
        assertThat(world.requests.doings(other, request))
                .as("the seat has spoken")
                .isEmpty();
        assertThat(world.requests.toDecide(other, Slice.newest(10))).isEmpty();
        String second = refused(() -> world.approve(other, request));
        Request leadToo = world.approve(lead, request);
        Request chiefs = world.approve(chief, request);

        assertThat(second).isEqualTo("request.already-decided-by-you");
        assertThat(leadToo.state()).isEqualTo(ItemState.PENDING);
        assertThat(leadToo.items().getFirst().stages().getFirst().given()).isEqualTo(1);
        assertThat(chiefs.state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void onePersonWithTwoSeatsIsOnePerson() {
        Request request = world.ask(dev, "root", "web-1", HOUR);
        hand(lead, "mate");
        hand(chief, "mate");

        Request once = world.approve(mate, request);

        assertThat(once.state()).isEqualTo(ItemState.PENDING);
        assertThat(refused(() -> world.approve(mate, request))).isEqualTo("request.already-decided-by-you");
        assertThat(state(request)).isEqualTo(ItemState.PENDING);
    }

    @Test
    void whoLeftOrIsInQuarantineDelegatesNothing() {
        Request request = world.ask(dev, "root", "web-1", HOUR);
        hand(lead, "mate");
        hand(chief, "other");
        world.approve(mate, request);

        world.leave(lead, "leads");
        int afterLeaving = world.requests
                .find(lead, true, request.id())
                .items()
                .getFirst()
                .stages()
                .getFirst()
                .given();
        world.arrange(tx -> tx.update("update person set quarantined_at = ? where id = ?", tx.now(), chief));

        assertThat(afterLeaving).isZero();
        assertThat(refused(() -> world.approve(other, request))).isEqualTo("request.unknown");
    }

    @Test
    void itIsForTheRoleAndTheTargetThatItNames() {
        Request ops1 = world.ask(dev, "ops", "web-1", HOUR);
        Request ops2 = world.ask(dev, "ops", "web-2", HOUR);
        hand(lead, "mate", Optional.of("ops"), Optional.of("web-1"));

        assertThat(refused(() -> world.approve(mate, ops2))).isEqualTo("request.unknown");
        assertThat(world.approve(mate, ops1).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> hand(lead, "lead")).hasMessage("to: lead (expected: somebody else than yourself)");
        assertThatThrownBy(() -> hand(lead, "nobody")).hasMessage("to: \"nobody\" (expected: an active person)");
        assertThatThrownBy(() -> hand(lead, "mate", Optional.of("king"), Optional.empty()))
                .hasMessage("role: \"king\" (expected: a role)");
        assertThatThrownBy(() -> world.delegations.create(
                        world.actor(lead),
                        lead,
                        new Delegations.Handing(
                                "mate",
                                Optional.empty(),
                                now().plus(Duration.ofDays(91)),
                                Optional.empty(),
                                Optional.empty(),
                                "a year off")))
                .hasMessageStartingWith("until: ");
        for (int i = 0; i < Delegations.MOST; i++) {
            hand(lead, "mate");
        }
        assertThat(refused(() -> hand(lead, "mate"))).isEqualTo("delegation.too-many");
        assertThat(world.delegations.list(Optional.of(mate), Slice.newest(50))).hasSize(Delegations.MOST);
        assertThat(world.delegations.list(Optional.of(dev), Slice.newest(50))).isEmpty();
    }
}
