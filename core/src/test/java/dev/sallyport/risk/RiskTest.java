package dev.sallyport.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Search;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.Kept;
import dev.sallyport.decision.RiskScore;
import dev.sallyport.decision.WhoCan;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Directory;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import dev.sallyport.request.Approving;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.PolicyHistory;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import dev.sallyport.request.Supposing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** RI1, RQ9: what is asked is scored; policies read the score, approvers the reasons. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RiskTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final Decisions decisions = new Decisions(
            world.policies,
            new Risk(RiskWeights.DEFAULT),
            world.incidents,
            java.util.List.of(new dev.sallyport.grant.HeldFacts()));
    private final Requests requests = new Requests(world.database, world.audit, decisions, world.grants, world.reviews);
    private final Approving approving =
            new Approving(world.database, world.audit, requests, decisions, world.grants, world.reviews);
    private final PersonId lead = world.person("lead", "leads");
    private int made;

    @BeforeAll
    void rulesThatReadTheRisk() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("ops", 0), "developers");
        world.eligible(world.role("root", 1), "developers");
        world.eligible(world.role("rare", 1), "developers"); // which nobody is ever granted
        for (int i = 0; i < RiskModel.PEERS; i++) {
            developer();
        }
        world.arrange(tx -> tx.update(
                "insert into policy (id, name, spec, managed_by, created_at) values ('pol_1', 'risk', ?::jsonb, 'test', ?)",
                Json.text(Map.of(
                        "rules",
                        List.of(Map.of(
                                "name",
                                "extreme",
                                "effect",
                                "deny",
                                "when",
                                "context.risk >= 40",
                                "message",
                                "this is too unusual")))),
                tx.now()));
        world.policies.enforce(world.actor(lead), "draft", "as agreed");
    }

    @AfterAll
    void close() {
        world.close();
    }

    private PersonId developer() {
        return world.person("dev-" + ++made, "developers");
    }

    private Request ask(PersonId person, String role, String address) {
        Ask ask = World.asking(role, "web-1", HOUR);
        return requests.ask(new Actor(person.value(), null, "someone", address, null), person, ask);
    }

    private RiskScore score(Request request) {
        return kept(request).risk().orElseThrow();
    }

    private Kept kept(Request request) {
        Item item = request.items().getFirst();
        return world.database.read(rx -> PolicyHistory.facts(rx, item)).orElseThrow();
    }

    private static List<String> features(RiskScore score) {
        return score.reasons().stream().map(RiskScore.Reason::feature).toList();
    }

    @Test
    void whatIsNewIsScoredAndWhatWasAskedBeforeIsNot() {
        PersonId dev = developer();

        RiskScore first = score(ask(dev, "ops", "192.0.2.1"));
        RiskScore second = score(ask(dev, "ops", "192.0.2.1"));
        RiskScore elsewhere = score(ask(dev, "ops", "198.51.100.1"));

        assertThat(features(first)).contains("role", "target");
        assertThat(second).isEqualTo(new RiskScore(0, List.of()));
        assertThat(features(elsewhere)).containsExactly("address");
    }

    @Test
    void policiesDenyByTheScoreAndTheSameFactsAreDecidedTheSameAgain() {
        PersonId dev = developer();
        ask(dev, "ops", "192.0.2.1");
        Request denied = ask(dev, "rare", "198.51.100.1");

        Item item = denied.items().getFirst();
        assertThat(score(denied).points()).isEqualTo(45);
        assertThat(features(score(denied))).containsExactly("address", "peers", "role");
        assertThat(item.state()).isEqualTo(ItemState.DENIED);
        assertThat(item.decision().explanation()).containsExactly("this is too unusual");
        Kept kept = kept(denied);
        assertThat(kept.wish().risk()).contains(score(denied));
        Ruling again = world.database.read(
                rx -> kept.decide(world.policies.enforced(rx), rx.now().plus(Duration.ofDays(30))));
        assertThat(again.effect()).isEqualTo(item.decision().effect());
    }

    @Test
    void whoDecidesReadsTheReasonsAndWhoAskedDoesNot() {
        PersonId dev = developer();
        Request request = ask(dev, "root", "192.0.2.1");

        assertThat(requests.background(lead, request).getFirst().risk())
                .hasValueSatisfying(risk -> assertThat(risk.reasons())
                        .extracting(RiskScore.Reason::why)
                        .contains("never had the role root before", "never had anything on web-1 before"));
        assertThat(requests.background(dev, request)).isEmpty();
        assertThat(request.items().getFirst().decision().explanation().toString())
                .doesNotContain("never asked");
        Request approved = approving.decide(world.actor(lead), lead, request.id(), World.yes());
        assertThat(approved.items().getFirst().grant()).isPresent();
    }

    @Test
    void aRunningGrantIsJudgedByTheRiskItWasAskedWith() {
        PersonId dev = developer();
        Request request = ask(dev, "ops", "192.0.2.1");

        world.settle();

        assertThat(world.database
                        .read(rx -> Grants.find(
                                rx, request.items().getFirst().grant().orElseThrow()))
                        .orElseThrow()
                        .isRunning())
                .isTrue();
    }

    @Test
    void whatIsOfferedIsNotDeniedForARiskThatIsNotKnown() {
        PersonId dev = developer();

        assertThat(requests.offers(dev, Search.on(Optional.of("web-1")), 10))
                .extracting(offer -> offer.decision().effect())
                .contains(Ruling.Effect.ALLOW, Ruling.Effect.APPROVAL)
                .doesNotContain(Ruling.Effect.DENY);
    }

    @Test
    void whatWasAskedLatelyIsListedWithItsScore() {
        PersonId dev = developer();
        Request request = ask(dev, "ops", "192.0.2.1");

        List<Risk.Scored> scored = world.database.read(rx -> Risk.lately(rx, dev, 10));

        assertThat(scored).singleElement().satisfies(each -> {
            assertThat(each.request()).isEqualTo(request.id());
            assertThat(each.score()).isEqualTo(score(request));
        });
    }

    @Test
    void aWhatIfIsScoredAsTheRequestWouldBeOrTakesWhatIsStated() {
        PersonId dev = developer();
        ask(dev, "ops", "192.0.2.1");

        PolicyHistory.Simulated elsewhere = simulated(dev, Optional.of("198.51.100.1"), Optional.empty());
        PolicyHistory.Simulated stated = simulated(dev, Optional.empty(), Optional.of(RiskScore.stated(10)));
        Request asked = ask(dev, "rare", "198.51.100.1");

        assertThat(elsewhere.risk()).contains(score(asked));
        assertThat(elsewhere.ruling().effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(elsewhere.ruling().sentences()).contains("this is too unusual");
        assertThat(stated.risk()).contains(RiskScore.stated(10));
        assertThat(stated.ruling().effect()).isEqualTo(Ruling.Effect.APPROVAL);
    }

    private PolicyHistory.Simulated simulated(PersonId person, Optional<String> address, Optional<RiskScore> risk) {
        return world.database.read(rx -> PolicyHistory.simulate(
                rx,
                world.policies.enforced(rx),
                decisions,
                Directory.person(rx, person).orElseThrow(),
                Catalog.role(rx, "rare").orElseThrow(),
                Catalog.target(rx, "web-1").orElseThrow(),
                new Asked.Wish(HOUR, Optional.empty(), "x", Optional.empty(), false, address, Optional.empty(), risk),
                Supposing.NOTHING));
    }

    @Test
    void whoCanScoresEachByTheirOwnHistoryWhereTheSetLooksAtRisk() {
        PersonId known = developer();
        ask(known, "ops", "192.0.2.1");
        PersonId fresh = developer();

        List<WhoCan.Could> could = whoCan(Optional.empty());
        List<WhoCan.Could> stated = whoCan(Optional.of(RiskScore.stated(90)));

        assertThat(risk(could, known)).isLessThan(risk(could, fresh));
        assertThat(stated)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.ruling().effect()).isEqualTo(Ruling.Effect.DENY));
        List<WhoCan.Could> withoutRules = world.database.read(rx -> WhoCan.get(
                rx,
                PolicySet.none(),
                decisions,
                Catalog.role(rx, "ops").orElseThrow(),
                Catalog.target(rx, "web-1").orElseThrow(),
                Asked.Wish.of(HOUR, "x"),
                "",
                100));
        assertThat(withoutRules)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.risk())
                        .as("nobody reads histories for nothing")
                        .isEmpty());
    }

    private List<WhoCan.Could> whoCan(Optional<RiskScore> risk) {
        return world.database.read(rx -> WhoCan.get(
                rx,
                world.policies.enforced(rx),
                decisions,
                Catalog.role(rx, "ops").orElseThrow(),
                Catalog.target(rx, "web-1").orElseThrow(),
                new Asked.Wish(
                        HOUR,
                        Optional.empty(),
                        "x",
                        Optional.empty(),
                        false,
                        Optional.of("192.0.2.1"),
                        Optional.empty(),
                        risk),
                "",
                100));
    }

    private int risk(List<WhoCan.Could> could, PersonId person) {
        String name = world.database
                .read(rx -> Directory.person(rx, person))
                .orElseThrow()
                .name();
        return could.stream()
                .filter(each -> each.person().equals(name))
                .findFirst()
                .flatMap(WhoCan.Could::risk)
                .orElseThrow()
                .points();
    }
}
