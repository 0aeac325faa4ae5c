package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.catalog.Search;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Slice;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** RQ1, RQ2, RQ4, AC3, AC6: asking, deciding, and everything that may not happen. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads", "developers");
    private final PersonId chief = world.person("chief", "leads");
    private final PersonId outsider = world.person("outsider");

    @BeforeAll
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.target("web-2", Map.of("tier", "web"));
        world.target("db-1", Map.of("tier", "db"));
        world.eligible(world.role("read", 0), "developers");
        world.eligible(world.role("ops", 1), "developers");
        world.eligible(world.role("root", 2), "developers");
        world.eligible(
                world.role("quick", 1, Map.of("maxDuration", "1h", "decideWithin", "10m"), Map.of()), "developers");
        world.eligible(
                world.role("silent", 0, Map.of("maxDuration", "1h", "reason", "optional"), Map.of()), "developers");
        world.role("nobody", 0);
    }

    @AfterAll
    void close() {
        world.close();
    }

    private Grant grant(Request request) {
        return world.database.read(
                rx -> Grants.find(rx, request.items().getFirst().grant().orElseThrow())
                        .orElseThrow());
    }

    private static void refused(String code, Callable<?> work) {
        assertThatThrownBy(work::call)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void anAutomaticRoleIsGrantedAtOnce() {
        Request request = world.ask(dev, "read", "web-1", HOUR);

        assertThat(request.state()).isEqualTo(ItemState.APPROVED);
        assertThat(grant(request).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(Duration.between(grant(request).startsAt(), grant(request).endsAt()))
                .isEqualTo(HOUR);
        assertThat(world.activities(request.id().value()))
                .containsExactly("request.created", "request.approved", "grant.created");
    }

    @Test
    void aSecondPersonApproves() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        assertThat(request.state()).isEqualTo(ItemState.PENDING);

        Request approved = world.approve(lead, request);

        assertThat(approved.state()).isEqualTo(ItemState.APPROVED);
        assertThat(approved.items().getFirst().verdicts()).hasSize(1);
        assertThat(grant(approved).personName()).isEqualTo("dev");
    }

    @Test
    void twoApprovalsTakeTwoPeople() {
        Request request = world.ask(dev, "root", "web-1", HOUR);

        assertThat(world.approve(lead, request).state()).isEqualTo(ItemState.PENDING);
        refused("request.already-decided-by-you", () -> world.approve(lead, request));
        assertThat(world.approve(chief, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void anApprovalOfSomebodyWhoLeftTheGroupDoesNotCount() {
        PersonId leaving = world.person("leaving", "leads");
        Request request = world.ask(dev, "root", "web-1", HOUR);
        world.approve(leaving, request);
        world.leave(leaving, "leads");

        assertThat(world.approve(lead, request).state()).isEqualTo(ItemState.PENDING);
        assertThat(world.approve(chief, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void nobodyApprovesTheirOwnRequest() {
        Request request = world.ask(lead, "ops", "web-1", HOUR);

        refused("request.self-approval", () -> world.approve(lead, request));
        refused(
                "request.self-approval",
                () -> world.approving.decide(
                        new Actor(lead.value(), "idn_second", "lead's second login", "127.0.0.1", null),
                        lead,
                        request.id(),
                        World.yes()));
        assertThat(world.activities(request.id().value())).contains("approval.refused");
        assertThat(world.approve(chief, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void aPersonOutsideTheGroupSeesNothingToApprove() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);

        refused("request.unknown", () -> world.approve(outsider, request));
    }

    @Test
    void approversSeeWhoElseHoldsItAndHowOftenItWasHeldAndTheRequesterDoesNot() {
        PersonId asker = world.person("asker", "developers");
        PersonId holder = world.person("holder", "developers");
        world.approve(chief, world.ask(holder, "quick", "web-2", Duration.ofMinutes(5)));
        world.approve(chief, world.ask(asker, "quick", "web-2", Duration.ofMinutes(5)));
        world.approving.decide(
                world.actor(chief),
                chief,
                world.ask(asker, "quick", "web-2", Duration.ofMinutes(6)).id(),
                World.no("not again"));
        Request request = world.ask(asker, "quick", "web-2", Duration.ofMinutes(7));

        Background seen = world.requests.background(chief, request).getFirst();

        assertThat(seen.heldBy()).containsExactly("holder");
        assertThat(seen.held()).isEqualTo(1);
        assertThat(seen.lastHeld()).isPresent();
        assertThat(seen.denied()).isEqualTo(1);
        assertThat(world.requests.background(asker, request)).isEmpty();
    }

    @Test
    void aDenialNeedsAWordAndEndsIt() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);

        refused("request.invalid", () -> new Approving.Say(false, Optional.empty(), Optional.empty(), Set.of()));
        Request denied = world.approving.decide(world.actor(lead), lead, request.id(), World.no("not today"));

        assertThat(denied.state()).isEqualTo(ItemState.DENIED);
        refused("request.not-pending", () -> world.approve(chief, request));
    }

    @Test
    void whatDoesNotExistAndWhatOneMayNotKnowOfAreAnsweredAlike() {
        String unknownRole = refusal(() -> world.ask(dev, "ghost", "web-1", HOUR));
        String notEligible = refusal(() -> world.ask(dev, "nobody", "web-1", HOUR));
        String unknownTarget = refusal(() -> world.ask(dev, "read", "ghost", HOUR));
        String wrongTarget = refusal(() -> world.ask(dev, "read", "db-1", HOUR));
        String notAMember = refusal(() -> world.ask(outsider, "read", "web-1", HOUR));

        assertThat(List.of(unknownRole, notEligible, unknownTarget, wrongTarget, notAMember))
                .allMatch(text -> text.endsWith(": no such role or target, or you may not ask for it"));
        assertThat(world.events("request.refused")).isGreaterThanOrEqualTo(5);
    }

    private static String refusal(Callable<?> work) {
        try {
            work.call();
        } catch (Refusal refusal) {
            return refusal.sentence();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("was not refused");
    }

    @Test
    void durationsOutOfBoundsAreRefused() {
        refused("input.invalid-duration", () -> world.ask(dev, "read", "web-1", Duration.ZERO));
        refused("input.invalid-duration", () -> world.ask(dev, "read", "web-1", Duration.ofHours(-1)));
        refused("input.invalid-duration", () -> world.ask(dev, "read", "web-1", Duration.ofDays(100_000)));
    }

    @Test
    void longerThanTheRoleAllowsIsDeniedWithTheLimit() {
        Request request = world.ask(dev, "read", "web-1", Duration.ofHours(9));

        assertThat(request.state()).isEqualTo(ItemState.DENIED);
        assertThat(request.items().getFirst().decision().explanation()).containsExactly("at most 8h; you asked 9h");
    }

    @Test
    void aReasonIsRequiredUnlessTheRoleSaysOtherwise() {
        Request without = world.requests.ask(world.actor(dev), dev, withReason("read", " "));
        Request optional = world.requests.ask(world.actor(dev), dev, withReason("silent", ""));

        assertThat(without.state()).isEqualTo(ItemState.DENIED);
        assertThat(optional.state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void reasonsAreBoundedAndPlain() {
        refused("input.invalid-text", () -> withReason("read", "x".repeat(1_000_000)));
        refused("input.invalid-text", () -> withReason("read", "red \u001b[31m alert"));
        refused("input.invalid-text", () -> withReason("read", "two\nlines"));
    }

    private static Ask withReason(String role, String reason) {
        return new Ask(
                List.of(new Ask.Wanted(role, "web-1")),
                HOUR,
                Optional.empty(),
                reason,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void itemsAreDecidedApart() {
        Request request = world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("read", "web-1"), new Ask.Wanted("ops", "web-2")),
                        HOUR,
                        Optional.empty(),
                        "both",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));

        assertThat(request.items())
                .extracting(Item::state)
                .containsExactlyInAnyOrder(ItemState.APPROVED, ItemState.PENDING);
        assertThat(world.approve(lead, request).items()).extracting(Item::state).containsOnly(ItemState.APPROVED);
    }

    @Test
    void approvalAfterExpiryIsRefusedAndTheRequestExpires() {
        Request request = world.ask(dev, "quick", "web-1", HOUR);

        world.later(Duration.ofMinutes(11));

        refused("request.expired", () -> world.approve(lead, request));
        world.settle();
        assertThat(world.requests.find(dev, false, request.id()).state()).isEqualTo(ItemState.EXPIRED);
        refused("request.expired", () -> world.approve(lead, request));
    }

    @Test
    void withdrawingIsForTheRequesterAndOnlyWhileItWaits() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);

        refused("request.not-requester", () -> world.requests.withdraw(world.actor(lead), lead, request.id()));
        refused("request.unknown", () -> world.requests.withdraw(world.actor(outsider), outsider, request.id()));
        assertThat(world.requests.withdraw(world.actor(dev), dev, request.id()).state())
                .isEqualTo(ItemState.WITHDRAWN);
        refused("request.not-pending", () -> world.requests.withdraw(world.actor(dev), dev, request.id()));
        refused("request.not-pending", () -> world.approve(lead, request));
    }

    @Test
    void theApproverMayShortenButNotLengthen() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        var longer = new Approving.Say(true, Optional.of(Duration.ofHours(2)), Optional.empty(), Set.of());
        var shorter = new Approving.Say(true, Optional.of(Duration.ofMinutes(30)), Optional.empty(), Set.of());

        refused("input.invalid-duration", () -> world.approving.decide(world.actor(lead), lead, request.id(), longer));
        Grant grant = grant(world.approving.decide(world.actor(lead), lead, request.id(), shorter));

        assertThat(Duration.between(grant.startsAt(), grant.endsAt())).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void anExtensionIsANewDecision() {
        Request first = world.approve(lead, world.ask(dev, "ops", "web-2", HOUR));
        Grant before = grant(first);
        Ask more = new Ask(
                List.of(new Ask.Wanted("ops", "web-2")),
                Duration.ofMinutes(30),
                Optional.empty(),
                "not done yet",
                Optional.empty(),
                Optional.of(before.id()),
                Optional.empty());

        Request extension = world.requests.ask(world.actor(dev), dev, more);
        assertThat(extension.state()).isEqualTo(ItemState.PENDING);
        assertThat(grant(first).endsAt()).isEqualTo(before.endsAt());
        world.approve(lead, extension);

        assertThat(grant(first).endsAt()).isEqualTo(before.endsAt().plus(Duration.ofMinutes(30)));
        assertThat(grant(extension).id()).isEqualTo(before.id());
    }

    @Test
    void onlyOnesOwnRunningGrantCanBeExtended() {
        Grant mine = grant(world.ask(dev, "read", "web-1", HOUR));
        Ask byAnother = new Ask(
                List.of(new Ask.Wanted("read", "web-1")),
                HOUR,
                Optional.empty(),
                "mine now",
                Optional.empty(),
                Optional.of(mine.id()),
                Optional.empty());

        refused("request.invalid", () -> world.requests.ask(world.actor(lead), lead, byAnother));
        world.grants.giveBack(world.actor(dev), mine.id(), dev);
        refused("request.invalid", () -> world.requests.ask(world.actor(dev), dev, byAnother));
    }

    @Test
    void aWindowLaterIsScheduledAndKeepsItsEnd() {
        Instant start = world.database.read(rx -> rx.now()).plus(Duration.ofHours(2));
        Request request = world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("read", "web-2")),
                        HOUR,
                        Optional.of(start),
                        "tonight",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));

        assertThat(grant(request).state()).isEqualTo(GrantState.SCHEDULED);
        assertThat(grant(request).endsAt()).isEqualTo(start.plus(HOUR));
        refused(
                "request.invalid",
                () -> world.requests.ask(
                        world.actor(dev),
                        dev,
                        new Ask(
                                List.of(new Ask.Wanted("read", "web-2")),
                                HOUR,
                                Optional.of(start.minus(Duration.ofDays(2))),
                                "yesterday",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())));
    }

    @Test
    void theSameKeyTwiceMakesOneRequest() {
        Ask keyed = keyed("key-1", HOUR);

        Request first = world.requests.ask(world.actor(dev), dev, keyed);
        Request second = world.requests.ask(world.actor(dev), dev, keyed);

        assertThat(second.id()).isEqualTo(first.id());
        refused(
                "idempotency.mismatch",
                () -> world.requests.ask(world.actor(dev), dev, keyed("key-1", HOUR.plusMinutes(1))));
        assertThat(world.requests.ask(world.actor(lead), lead, keyed).id()).isNotEqualTo(first.id());
    }

    private static Ask keyed(String key, Duration duration) {
        return new Ask(
                List.of(new Ask.Wanted("ops", "web-1")),
                duration,
                Optional.empty(),
                "once",
                Optional.empty(),
                Optional.empty(),
                Optional.of(key));
    }

    @Test
    void sentTwiceAtTheSameInstantItIsStillOneRequest() throws Exception {
        Ask keyed = keyed("key-at-once", HOUR);

        List<Request> made = atOnce(8, () -> world.requests.ask(world.actor(dev), dev, keyed));

        assertThat(made).extracting(Request::id).containsOnly(made.getFirst().id());
    }

    @Test
    void twoApprovalsAtTheSameInstantMakeOneGrant() throws Exception {
        for (int round = 0; round < 10; round++) {
            Request request = world.ask(dev, "ops", "web-1", HOUR);
            var approvers = List.of(lead, chief).iterator();

            List<Object> answers = atOnce(2, () -> {
                PersonId approver;
                synchronized (approvers) {
                    approver = approvers.next();
                }
                try {
                    return world.approve(approver, request);
                } catch (Refusal refusal) {
                    return refusal.code();
                }
            });

            assertThat(answers).filteredOn(Request.class::isInstance).hasSize(1);
            assertThat(answers).contains("request.not-pending");
            assertThat(world.activities(request.id().value())).containsOnlyOnce("grant.created");
        }
    }

    private static <T> List<T> atOnce(int many, Callable<T> work) throws Exception {
        var barrier = new CyclicBarrier(many);
        try (ExecutorService threads = Executors.newFixedThreadPool(many)) {
            List<Future<T>> futures = java.util.stream.IntStream.range(0, many)
                    .mapToObj(_ -> threads.submit(() -> {
                        barrier.await();
                        return work.call();
                    }))
                    .toList();
            var results = new java.util.ArrayList<T>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }

    @Test
    void whatOneMayDoIsSaidAsTheDoorsWouldJudge() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);

        assertThat(world.requests.doings(lead, request)).containsExactly(Doing.APPROVE, Doing.DENY);
        assertThat(world.requests.doings(dev, request)).containsExactly(Doing.WITHDRAW);
        assertThat(world.requests.doings(outsider, request)).isEmpty();
        assertThat(world.requests.doings(lead, List.of())).isEmpty();

        Request approved = world.approve(lead, request);

        assertThat(world.requests.doings(lead, approved)).isEmpty();
        assertThat(world.requests.doings(dev, approved)).isEmpty();
    }

    @Test
    void requestsAreListedByWhoAskedForWhatAndWhere() {
        Request ops = world.ask(dev, "ops", "web-1", HOUR);
        String name = ops.requesterName();
        var mine = new RequestFilter(
                Optional.empty(), Optional.empty(), Optional.of(name), Optional.of("ops"), Optional.of("web-1"));
        var elsewhere = new RequestFilter(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("web-9"));
        var nobody = new RequestFilter(
                Optional.empty(), Optional.empty(), Optional.of("nobody"), Optional.empty(), Optional.empty());

        assertThat(world.requests.list(mine, Slice.newest(500)))
                .extracting(Request::id)
                .contains(ops.id());
        assertThat(world.requests.list(mine, Slice.newest(500)))
                .allSatisfy(request -> assertThat(request.requesterName()).isEqualTo(name));
        assertThat(world.requests.list(elsewhere, Slice.newest(500))).isEmpty();
        assertThat(world.requests.list(nobody, Slice.newest(500))).isEmpty();
        assertThat(world.requests.toDecide(lead, mine, Slice.newest(500)))
                .extracting(Request::id)
                .contains(ops.id());
        assertThat(world.requests.toDecide(lead, elsewhere, Slice.newest(500))).isEmpty();
    }

    @Test
    void oneSeesOnesOwnAndWhatOneMayDecide() {
        Request request = world.ask(dev, "ops", "web-1", HOUR);

        assertThat(world.requests.find(dev, false, request.id()).id()).isEqualTo(request.id());
        assertThat(world.requests.find(lead, false, request.id()).id()).isEqualTo(request.id());
        assertThat(world.requests.find(outsider, true, request.id()).id()).isEqualTo(request.id());
        refused("request.unknown", () -> world.requests.find(outsider, false, request.id()));
        assertThat(world.requests.toDecide(lead, Slice.newest(500)))
                .extracting(Request::id)
                .contains(request.id());
        assertThat(world.requests.toDecide(dev, Slice.newest(500))).isEmpty();
        assertThat(world.requests.list(RequestFilter.of(dev), Slice.newest(500)))
                .extracting(Request::id)
                .contains(request.id());
        assertThat(world.requests.list(RequestFilter.of(outsider), Slice.newest(500)))
                .isEmpty();
    }

    @Test
    void offersAreWhatOneMayAskFor() {
        var offers = world.requests.offers(dev, Search.on(Optional.of("web-1")), 100);

        assertThat(offers)
                .extracting(offer -> offer.role().name())
                .contains("read", "ops", "root")
                .doesNotContain("nobody");
        assertThat(world.requests.offers(dev, Search.on(Optional.of("db-1")), 100))
                .isEmpty();
        assertThat(world.requests.offers(outsider, Search.on(Optional.empty()), 100))
                .isEmpty();
    }

    @Test
    void whoIsQuarantinedAsksForNothingAndDecidesNothing() {
        PersonId frozen = world.person("frozen", "developers", "leads");
        Request request = world.ask(dev, "ops", "web-1", HOUR);
        world.arrange(tx -> tx.update("update person set quarantined_at = ? where id = ?", tx.now(), frozen));

        refused("request.not-active", () -> world.ask(frozen, "read", "web-1", HOUR));
        refused("request.not-active", () -> world.approve(frozen, request));
    }
}
