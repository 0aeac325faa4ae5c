package dev.sallyport.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Json;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.grant.EndReason;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.Grants;
import dev.sallyport.policy.SessionObligations;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.Request;
import dev.sallyport.review.Review;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RQ7: who works on an incident gets in while it is open; BG: that counts as an emergency. */
@NullMarked
class IncidentsTest {
    private static final Duration HALF = Duration.ofMinutes(30);

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId mate = world.person("mate", "developers");
    private final PersonId lead = world.person("lead", "leads");
    private final PersonId guard = world.person("guard", "security");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web", "service", "shop"));
        world.target("web-2", Map.of("tier", "web"));
        var ops = world.role("ops", 1);
        world.eligible(ops, "developers");
        world.enforce(
                guard,
                "incidents",
                List.of(Map.of(
                        "name",
                        "responders",
                        "when",
                        "context.incidents.exists(i, i.severity == \"sev1\" && principal.name in i.responders && target.name in i.targets)",
                        "effect",
                        "allow",
                        "override",
                        true,
                        "approvals",
                        "none",
                        "obligations",
                        Map.of("notify", List.of("security")))));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Incident open(PersonId by, String severity, String... responders) {
        return world.incidents.open(
                world.actor(by), by, opening(severity, new Responders(List.of(responders), List.of())));
    }

    private static Opening opening(String severity, Responders responders) {
        return new Opening(
                "the shop is down", severity, Optional.of("shop"), List.of(), responders, Duration.ofHours(4));
    }

    private Item ask(PersonId person, String target) {
        return request(person, target).items().getFirst();
    }

    private Request request(PersonId person, String target) {
        return world.ask(person, "ops", target, HALF);
    }

    private Grant grant(Item item) {
        return grant(item.grant().orElseThrow());
    }

    private Grant grant(GrantId id) {
        return world.database.read(rx -> Grants.find(rx, id).orElseThrow());
    }

    private static String refused(Callable<?> what) {
        return String.valueOf(org.assertj.core.api.Assertions.catchThrowableOfType(Refusal.class, what::call)
                .code());
    }

    private List<String> findings() {
        return world.findings().stream().map(Finding::kind).toList();
    }

    @Test
    void whoWorksOnAnIncidentGetsInAtOnceAndOthersDoNot() {
        Incident incident = open(lead, "sev1", "dev");

        Item works = ask(dev, "web-1");
        Item stands = ask(mate, "web-1");
        Item elsewhere = ask(dev, "web-2");

        assertThat(works.state()).isEqualTo(ItemState.APPROVED);
        assertThat(works.decision().incidents()).containsExactly(incident.id());
        assertThat(works.decision().explanation())
                .contains(
                        "it rests on the open incident " + incident.id() + ", counts as an emergency and is reviewed");
        assertThat(stands.state()).isEqualTo(ItemState.PENDING);
        assertThat(elsewhere.state()).isEqualTo(ItemState.PENDING);
    }

    @Test
    void anotherSeverityIsAnotherRule() {
        open(lead, "sev3", "dev");

        assertThat(ask(dev, "web-1").state()).isEqualTo(ItemState.PENDING);
    }

    @Test
    void itCountsAsAnEmergency() {
        Incident incident = open(lead, "sev1", "dev");
        world.arrange(tx -> tx.update("update role set spec = spec - 'access' where name = 'ops'"));

        Grant grant = grant(ask(dev, "web-1"));

        Review owed = world.reviews.list(true, Slice.newest(10)).getFirst();
        assertThat(owed.emergency()).isTrue();
        assertThat(owed.because()).isEqualTo("incident");
        assertThat(owed.incident()).contains(incident.id());
        assertThat(grant.terms().maxDuration()).isEqualTo(Duration.ofHours(1));
        assertThat(grant.terms().session().recording()).isEqualTo(SessionObligations.Recording.STRICT);
        assertThat(findings()).contains("break-glass-used");
        assertThat(world.events("break-glass.used")).isEqualTo(1);
        assertThat(world.ask(mate, "ops", "web-1", Duration.ofHours(2))
                        .items()
                        .getFirst()
                        .state())
                .isEqualTo(ItemState.PENDING);
        Item tooLong =
                world.ask(dev, "ops", "web-1", Duration.ofHours(2)).items().getFirst();
        assertThat(tooLong.state()).isEqualTo(ItemState.DENIED);
        assertThat(tooLong.decision().explanation()).containsExactly("at most 1h; you asked 2h");
    }

    @Test
    void oneIncidentIsOneEmergencyOfItsTeamAndAnotherAwaitsTheReview() {
        world.arrange(
                tx -> tx.update(
                        "insert into target (id, name, type, labels, spec, managed_by, created_at)"
                                + " select 'tgt_' || repeat('1', 26), 'web-3', type, labels, spec, managed_by, created_at from target where name = 'web-1'"));
        Incident incident = open(lead, "sev1", "dev");

        Item first = ask(dev, "web-1");
        Item second = ask(dev, "web-3");
        world.incidents.close(world.actor(lead), incident.id(), "over");
        open(lead, "sev1", "dev");
        Item other = ask(dev, "web-1");

        assertThat(first.state()).isEqualTo(ItemState.APPROVED);
        assertThat(second.state()).isEqualTo(ItemState.APPROVED);
        assertThat(findings()).doesNotContain("break-glass-budget");
        assertThat(other.state()).isEqualTo(ItemState.PENDING);
        assertThat(other.decision().explanation().getFirst())
                .startsWith("your last emergency still awaits its review, so a second person has to agree");
    }

    @Test
    void whoOpenedItDoesNotProfitBeforeSomebodyElseConfirms() {
        Incident incident = open(dev, "sev1", "dev", "mate");

        Item own = ask(dev, "web-1");
        Item mates = ask(mate, "web-1");
        String byOpener = refused(() -> world.incidents.confirm(world.actor(dev), dev, incident.id()));
        Incident confirmed = world.incidents.confirm(world.actor(lead), lead, incident.id());
        Item after = ask(dev, "web-1");
        String twice = refused(() -> world.incidents.confirm(world.actor(guard), guard, incident.id()));

        assertThat(own.state()).isEqualTo(ItemState.PENDING);
        assertThat(mates.state()).isEqualTo(ItemState.APPROVED);
        assertThat(byOpener).isEqualTo("incident.own");
        assertThat(confirmed.confirmedBy()).contains("lead");
        assertThat(after.state()).isEqualTo(ItemState.APPROVED);
        assertThat(twice).isEqualTo("incident.confirmed-already");
        assertThat(world.events("incident.refused")).isEqualTo(1);
    }

    @Test
    void nobodyMakesThemselvesAResponder() {
        Incident incident = open(lead, "sev1");

        assertThat(refused(() -> world.incidents.addResponders(
                        world.actor(dev), dev, incident.id(), new Responders(List.of("dev"), List.of()))))
                .isEqualTo("incident.self");
        assertThat(refused(() -> world.incidents.addResponders(
                        world.actor(dev), dev, incident.id(), new Responders(List.of(), List.of("developers")))))
                .isEqualTo("incident.self");
        assertThat(world.incidents
                        .addResponders(
                                world.actor(lead),
                                lead,
                                incident.id(),
                                new Responders(List.of(), List.of("developers")))
                        .responderGroups())
                .containsExactly("developers");
        assertThat(ask(dev, "web-1").state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void closingEndsWhatWasGrantedForItAndNothingElse() {
        Incident incident = open(lead, "sev1", "dev");
        Grant forIt = grant(ask(dev, "web-1"));
        Grant approved =
                grant(world.approve(lead, request(mate, "web-1")).items().getFirst());

        world.incidents.close(world.actor(lead), incident.id(), "it was the cache");

        assertThat(grant(forIt.id()).endReason()).contains(EndReason.POLICY);
        assertThat(grant(forIt.id()).endComment()).contains("the incident " + incident.id() + " is closed");
        assertThat(grant(approved.id()).isRunning()).isTrue();
        assertThat(ask(dev, "web-1").state()).isEqualTo(ItemState.PENDING);
        assertThat(refused(() -> world.incidents.close(world.actor(lead), incident.id(), "again")))
                .isEqualTo("incident.closed-already");
    }

    @Test
    void whatWasGrantedForTwoIncidentsEndsWithTheLast() {
        Incident one = open(lead, "sev1", "dev");
        Incident two = open(guard, "sev1", "dev");
        Item item = ask(dev, "web-1");

        world.incidents.close(world.actor(lead), one.id(), "over");
        boolean after = grant(item).isRunning();
        world.settle();
        boolean judged = grant(item).isRunning();
        world.incidents.close(world.actor(lead), two.id(), "over too");

        assertThat(item.decision().incidents()).containsExactlyInAnyOrder(one.id(), two.id());
        assertThat(after).isTrue();
        assertThat(judged).isTrue();
        assertThat(grant(item).isRunning()).isFalse();
    }

    @Test
    void whoIsNoResponderAnyMoreLosesWhatWasGrantedForIt() {
        Incident incident = open(lead, "sev1", "dev", "mate");
        Grant devs = grant(ask(dev, "web-1"));
        Grant mates = grant(ask(mate, "web-1"));

        world.incidents.removeResponders(world.actor(lead), incident.id(), new Responders(List.of("dev"), List.of()));
        world.settle();

        assertThat(grant(devs.id()).endComment()).contains("no longer granted for " + incident.id());
        assertThat(grant(mates.id()).isRunning()).isTrue();
    }

    @Test
    void whoLeavesTheGroupOfRespondersDoesToo() {
        world.arrange(tx -> tx.update(
                "insert into person_group (id, name, managed_by, created_at) values ('grp_1', 'oncall', 'test', ?)",
                tx.now()));
        world.arrange(tx ->
                tx.update("insert into group_member (group_id, person_id, source) values ('grp_1', ?, 'test')", dev));
        world.incidents.open(world.actor(lead), lead, opening("sev1", new Responders(List.of(), List.of("oncall"))));
        Grant grant = grant(ask(dev, "web-1"));

        world.leave(dev, "oncall");
        world.arrange(tx -> world.grants.factsChanged(tx, List.of(dev)));
        world.settle();

        assertThat(grant(grant.id()).isRunning()).isFalse();
    }

    @Test
    void aFreezeDoesNotEndWhatRunsForAnIncident() {
        open(lead, "sev1", "dev");
        Grant grant = grant(ask(dev, "web-1"));
        world.arrange(tx -> tx.update(
                "insert into policy_freeze (id, name, spec, managed_by, created_at) values ('frz_1', 'now', ?::jsonb, 'test', ?)",
                Json.text(Map.of("message", "nothing now", "from", "2020-01-01T00:00:00Z")),
                tx.now()));

        world.policies.enforce(world.actor(guard), "draft", "year end");
        world.settle();

        assertThat(grant(grant.id()).isRunning()).isTrue();
    }

    @Test
    void whatNobodyClosesIsClosedInTime() {
        Incident incident = open(lead, "sev1", "dev");
        Grant grant = grant(ask(dev, "web-1"));

        int early = world.incidents.closeDue();
        world.later(Duration.ofHours(4));
        int due = world.incidents.closeDue();
        int again = world.incidents.closeDue();

        assertThat(List.of(early, due, again)).containsExactly(0, 1, 0);
        assertThat(world.incidents.find(lead, true, incident.id()).closeReason())
                .contains("nobody closed it in time");
        assertThat(grant(grant.id()).isRunning()).isFalse();
    }

    @Test
    void grantsAreRevokedByIncident() {
        Incident incident = open(lead, "sev1", "dev");
        Grant grant = grant(ask(dev, "web-1"));

        var ended =
                world.grants.revoke(world.actor(guard), new EndSelector.OfIncident(incident.id()), "they broke more");

        assertThat(ended.grants()).containsExactly(grant.id());
        assertThat(refused(() ->
                        world.grants.revoke(world.actor(guard), new EndSelector.OfIncident("inc_nothing"), "nothing")))
                .isEqualTo("incident.unknown");
    }

    @Test
    void anIncidentIsSeenByThoseWhomItConcerns() {
        Incident incident = open(lead, "sev1", "dev");

        assertThat(world.incidents.find(dev, false, incident.id()).targets()).containsExactly("web-1");
        assertThat(world.incidents.find(lead, false, incident.id()).responders())
                .containsExactly("dev");
        assertThat(world.incidents.find(guard, true, incident.id()).open()).isTrue();
        assertThat(refused(() -> world.incidents.find(mate, false, incident.id())))
                .isEqualTo("incident.unknown");
        assertThat(world.incidents.list(Optional.of(mate), true, Slice.newest(10)))
                .isEmpty();
        assertThat(world.incidents.list(Optional.of(dev), true, Slice.newest(10)))
                .hasSize(1);
    }

    @Test
    void whatIsUnknownIsNamed() {
        assertThatThrownBy(() -> open(lead, "Sev 1")).hasMessageStartingWith("severity: \"Sev 1\" (expected: a name");
        assertThatThrownBy(() -> open(lead, "sev1", "nobody"))
                .hasMessage("responders: \"nobody\" (expected: an active person)");
        assertThatThrownBy(() -> world.incidents.open(
                        world.actor(lead),
                        lead,
                        new Opening(
                                "x",
                                "sev1",
                                Optional.of("bank"),
                                List.of(),
                                new Responders(List.of(), List.of()),
                                HALF)))
                .hasMessageStartingWith("service: \"bank\" (expected: a service that an IncidentSource names");
        assertThatThrownBy(() -> world.incidents.open(
                        world.actor(lead),
                        lead,
                        new Opening(
                                "x",
                                "sev1",
                                Optional.empty(),
                                List.of("web-9"),
                                new Responders(List.of(), List.of()),
                                HALF)))
                .hasMessage("targets: \"web-9\" (expected: a target of the catalogue)");
    }

    @Test
    void everyChangeIsAnEventWithTheIncident() {
        Incident incident = open(lead, "sev1", "dev");
        world.incidents.addResponders(
                world.actor(lead), lead, incident.id(), new Responders(List.of("mate"), List.of()));
        world.incidents.confirm(world.actor(guard), guard, incident.id());
        world.incidents.close(world.actor(lead), incident.id(), "over");

        List<String> told = world.database.read(rx -> rx.list(
                "select activity from event where convert_from(body, 'UTF8') like ? order by xid, position",
                row -> row.getString(1),
                "%\"incident\":\"" + incident.id() + "\"%"));
        assertThat(told)
                .containsExactly(
                        "incident.opened", "incident.responders-changed", "incident.confirmed", "incident.closed");
    }
}
