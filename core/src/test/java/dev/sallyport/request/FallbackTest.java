package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.database.Slice;
import dev.sallyport.finding.Finding;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.Grants;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.SessionObligations;
import dev.sallyport.review.Review;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RQ3: nobody answers, and those authorised beforehand are granted it as an emergency. */
@NullMarked
class FallbackTest {
    private final World world = new World();
    private final PersonId oncall = world.person("oncall", "oncall", "developers");
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");
    private final PersonId manager = world.person("manager", "managers");
    private final PersonId guard = world.person("guard", "security");

    @BeforeEach
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.target("web-2", Map.of("tier", "web"));
        var ops = world.role("ops", 1, Map.of("maxDuration", "8h", "decideWithin", "1h"), Map.of());
        // only policies grant it
        world.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where name = 'ops'"));
        world.eligible(ops, "developers");
        enforce(Map.of("after", "10m", "groups", List.of("oncall")));
    }

    private void enforce(Map<String, Object> fallback) {
        enforce(List.of(Map.of(
                "groups",
                List.of("leads"),
                "escalateAfter",
                "10m",
                "escalateTo",
                Map.of("groups", List.of("managers")),
                "fallback",
                fallback)));
    }

    private void enforce(List<Map<String, Object>> stages) {
        world.enforce(
                guard,
                "nobody-answers",
                List.of(Map.of(
                        "name",
                        "leads",
                        "effect",
                        "allow",
                        "approvals",
                        stages,
                        "obligations",
                        Map.of("notify", List.of("security")))));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Request ask(PersonId person) {
        return world.ask(person, "ops", "web-1", Duration.ofHours(2));
    }

    private Item item(Request request) {
        return world.requests.find(guard, true, request.id()).items().getFirst();
    }

    /** What servers do by themselves. */
    private void work() {
        world.requests.escalateDue();
        world.approving.fallBackDue();
        world.requests.expireDue();
    }

    private void later(int minutes) {
        world.later(Duration.ofMinutes(minutes));
        work();
    }

    private List<String> findings() {
        return world.findings().stream().map(Finding::message).toList();
    }

    @Test
    void whoIsAuthorisedBeforehandIsGrantedItAsAnEmergency() {
        Request request = ask(oncall);

        later(10);
        ItemState escalated = item(request).state();
        later(9);
        ItemState early = item(request).state();
        later(1);

        Item item = item(request);
        Grant grant = world.database.read(
                rx -> Grants.find(rx, item.grant().orElseThrow()).orElseThrow());
        Review owed = world.reviews.list(true, Slice.newest(10)).getFirst();
        assertThat(List.of(escalated, early)).containsOnly(ItemState.PENDING);
        assertThat(item.state()).isEqualTo(ItemState.APPROVED);
        assertThat(item.stages().getFirst().fellBackAt()).isPresent();
        assertThat(Duration.between(grant.startsAt(), grant.endsAt())).isEqualTo(Duration.ofHours(1));
        assertThat(grant.terms().access()).isEqualTo(Access.GATEWAY);
        assertThat(grant.terms().session().recording()).isEqualTo(SessionObligations.Recording.STRICT);
        assertThat(owed.emergency()).isTrue();
        assertThat(owed.because()).isEqualTo("fallback");
        assertThat(findings().getFirst())
                .startsWith("oncall got in because nobody answered: ops on web-1; review rev_");
        assertThat(world.activities(request.id().value()))
                .contains("approval.escalated", "approval.fell-back", "request.approved", "break-glass.used");
    }

    @Test
    void allOthersGoOnWaitingAndExpire() {
        Request request = ask(dev);

        later(10);
        later(10);
        ItemState after = item(request).state();
        later(40);

        assertThat(after).isEqualTo(ItemState.PENDING);
        assertThat(item(request).state()).isEqualTo(ItemState.EXPIRED);
        assertThat(world.activities(request.id().value())).contains("approval.fallback-refused", "request.expired");
    }

    @Test
    void anAnswerInTimeIsTheAnswer() {
        Request denied = ask(oncall);
        later(10);
        world.approving.decide(world.actor(manager), manager, denied.id(), World.no("sleep first"));
        later(10);
        Request approved = world.ask(oncall, "ops", "web-2", Duration.ofHours(2));
        world.approve(lead, approved);
        later(10);
        later(10);

        assertThat(item(denied).state()).isEqualTo(ItemState.DENIED);
        assertThat(item(approved).state()).isEqualTo(ItemState.APPROVED);
        assertThat(item(approved).stages().getFirst().fellBackAt()).isEmpty();
        assertThat(world.events("approval.fell-back")).isZero();
        assertThat(world.reviews.list(true, Slice.newest(10))).isEmpty();
    }

    @Test
    void withoutTheWordOfAPolicyNothingIsGranted() {
        enforce(List.of(Map.of(
                "groups",
                List.of("leads"),
                "escalateAfter",
                "10m",
                "escalateTo",
                Map.of("groups", List.of("managers")))));
        Request request = ask(oncall);

        later(10);
        later(30);

        assertThat(item(request).state()).isEqualTo(ItemState.PENDING);
    }

    @Test
    void whatAPolicyTookBackMeanwhileIsNotGranted() {
        Request request = ask(oncall);
        later(10);
        enforce(List.of(Map.of(
                "groups",
                List.of("leads"),
                "escalateAfter",
                "10m",
                "escalateTo",
                Map.of("groups", List.of("managers")))));

        later(10);

        assertThat(item(request).state()).isEqualTo(ItemState.PENDING);
        assertThat(world.activities(request.id().value())).contains("approval.fallback-refused");
    }

    @Test
    void whoseLastEmergencyAwaitsItsReviewWaitsForPeople() {
        Request first = ask(oncall);
        later(10);
        later(10);
        Request second = world.ask(oncall, "ops", "web-2", Duration.ofHours(1));
        later(10);
        later(10);

        assertThat(item(first).state()).isEqualTo(ItemState.APPROVED);
        assertThat(item(second).state()).isEqualTo(ItemState.PENDING);
    }

    @Test
    void aServerThatWasAwayAsksTheOthersFirst() {
        Request request = ask(oncall);

        later(50);
        Item escalated = item(request);
        later(9);

        assertThat(escalated.stages().getFirst().escalatedAt()).isPresent();
        assertThat(escalated.state()).isEqualTo(ItemState.PENDING);
        assertThat(item(request).state()).as("a minute before it falls back").isEqualTo(ItemState.PENDING);
        world.approve(manager, request);
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void aStageWhosePeopleLeftGoesOnToTheOthersAtOnce() {
        Request request = ask(dev);

        int before = world.requests.escalateDeserted();
        world.leave(lead, "leads");
        int after = world.requests.escalateDeserted();

        assertThat(List.of(before, after)).containsExactly(0, 1);
        assertThat(item(request).stages().getFirst().escalatedAt()).isPresent();
        assertThat(world.approve(manager, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void aStageThatTooFewAreLeftForGoesOnAtOnceAndWhoAsksIsToldThatThereAreTooFew() {
        PersonId second = world.person("second", "leads");
        enforce(List.of(Map.of(
                "groups",
                List.of("leads"),
                "count",
                2,
                "escalateAfter",
                "10m",
                "escalateTo",
                Map.of("groups", List.of("managers")))));
        Request enough = ask(dev);
        int before = world.requests.escalateDeserted();

        world.leave(second, "leads");
        int after = world.requests.escalateDeserted();
        Request withOthers = world.ask(dev, "ops", "web-2", Duration.ofHours(1));
        enforce(List.of(Map.of("groups", List.of("leads"), "count", 2)));
        Request lacking = world.ask(oncall, "ops", "web-2", Duration.ofHours(1));

        assertThat(List.of(before, after)).containsExactly(0, 1);
        assertThat(item(enough).stages().getFirst().escalatedAt()).isPresent();
        assertThat(item(enough).decision().explanation()).noneMatch(sentence -> sentence.contains("fewer people"));
        assertThat(item(withOthers).decision().explanation())
                .as("one lead and one manager")
                .noneMatch(sentence -> sentence.contains("fewer people"));
        assertThat(item(lacking).state()).isEqualTo(ItemState.PENDING);
        assertThat(item(lacking).decision().explanation())
                .last()
                .isEqualTo("fewer people than that could approve it now");
        assertThat(world.database
                        .read(rx -> PolicyHistory.replay(
                                rx,
                                world.policies,
                                world.policies.enforced(rx),
                                PolicyHistory.Part.first(rx.now().minus(Duration.ofHours(1)))))
                        .changes())
                .as("what was added is not what the rules said")
                .noneMatch(change -> change.request().equals(lacking.id().value()));
        world.approve(lead, lacking);
        world.approve(world.person("third", "leads"), lacking);
        assertThat(item(lacking).state()).as("who joined later counts").isEqualTo(ItemState.APPROVED);
    }

    @Test
    void aStageThatWouldBePassedOverKeepsItsTimeAsLongAsAnybodyIsLeft() {
        PersonId second = world.person("second", "leads");
        enforce(List.of(
                Map.of("groups", List.of("leads"), "count", 2, "escalateAfter", "10m"),
                Map.of("groups", List.of("managers"))));
        Request request = ask(dev);

        world.leave(second, "leads");
        int oneLeft = world.requests.escalateDeserted();
        world.leave(lead, "leads");
        int nobody = world.requests.escalateDeserted();

        assertThat(List.of(oneLeft, nobody)).as("who is left can still say no").containsExactly(0, 1);
        assertThat(item(request).stages().getFirst().state()).isEqualTo(ApprovalStage.State.PASSED);
    }

    @Test
    void anEmergencyComesNoSoonerBecauseTheOthersWereAskedAtOnce() {
        Request request = ask(oncall);
        world.leave(lead, "leads");
        world.requests.escalateDeserted();

        later(19);
        ItemState early = item(request).state();
        later(1);

        assertThat(early).isEqualTo(ItemState.PENDING);
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void whatNobodyIsLeftForExpiresAndSaysWhy() {
        Request request = ask(dev);
        Request answered = world.ask(dev, "ops", "web-2", Duration.ofHours(1));
        world.leave(lead, "leads");
        world.requests.escalateDeserted();
        world.arrange(tx -> tx.update("update person set state = 'disabled' where id = ?", manager));
        world.requests.withdraw(world.actor(dev), dev, answered.id());

        later(60);

        assertThat(item(request).state()).isEqualTo(ItemState.EXPIRED);
        assertThat(item(request).decision().explanation())
                .contains("it expired: fewer people were left than it takes to decide it");
    }

    @Test
    void twoServersEscalateTheSameRequestOnce() {
        Request request = ask(oncall);
        world.later(Duration.ofMinutes(10));

        IntStream.range(0, 4)
                .mapToObj(_ -> CompletableFuture.supplyAsync(world.requests::escalateDue, Thread::startVirtualThread))
                .toList()
                .forEach(CompletableFuture::join);

        assertThat(world.events("approval.escalated")).isEqualTo(1);
        assertThat(item(request).stages().getFirst().escalatedAt()).isPresent();
        assertThat(world.requests.doings(manager, request)).contains(Doing.APPROVE);
    }

    @Test
    void twoServersDoItOnce() {
        Request request = ask(oncall);
        later(10);
        world.later(Duration.ofMinutes(10));

        IntStream.range(0, 4)
                .mapToObj(_ -> CompletableFuture.runAsync(this::work, Thread::startVirtualThread))
                .toList()
                .forEach(CompletableFuture::join);

        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
        assertThat(world.events("approval.fell-back")).isEqualTo(1);
        assertThat(world.events("break-glass.used")).isEqualTo(1);
    }

    @Test
    void aStageAfterItIsStillAskedAndWhatComesOfItIsAnEmergency() {
        enforce(List.of(
                Map.of(
                        "groups", List.of("leads"),
                        "escalateAfter", "10m",
                        "escalateTo", Map.of("groups", List.of("managers")),
                        "fallback", Map.of("after", "10m", "groups", List.of("oncall"))),
                Map.of("groups", List.of("security"))));
        Request request = ask(oncall);
        later(10);
        later(10);
        ItemState waits = item(request).state();

        world.approve(guard, request);

        assertThat(waits).isEqualTo(ItemState.PENDING);
        assertThat(item(request).state()).isEqualTo(ItemState.APPROVED);
        assertThat(world.reviews.list(true, Slice.newest(10)).getFirst().because())
                .isEqualTo("fallback");
    }
}
