package dev.sallyport.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.database.Slice;
import dev.sallyport.grant.EndReason;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import dev.sallyport.incident.Incident;
import dev.sallyport.incident.Opening;
import dev.sallyport.incident.Responders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * RQ3: the server stops with a request in every state that there is. The one that starts an hour later knows nothing but the
 * database; what became due meanwhile happens in the order in which it did, and once.
 */
@NullMarked
class RestartTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");
    private final PersonId boss = world.person("boss", "bosses");
    private final PersonId guard = world.person("guard", "security");
    private final PersonId oncall = world.person("oncall", "developers", "oncall");

    @BeforeEach
    void rules() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("auto", 0), "developers");
        Map.of("patient", "8h", "short", "30m", "shorter", "20m", "silent", "8h", "glass", "8h", "incident", "8h")
                .forEach((role, within) -> world.eligible(
                        world.role(role, 1, Map.of("maxDuration", "8h", "decideWithin", within), Map.of()),
                        "developers"));
        // only the policy grants these
        world.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where name <> 'auto'"));
        world.enforce(
                guard,
                "stages",
                List.of(
                        rule("two", "role.name in [\"patient\", \"short\", \"shorter\"]", TWO),
                        rule("silent", "role.name == \"silent\"", SILENT),
                        rule("glass", "role.name == \"glass\" && request.breakGlass", "none"),
                        rule(
                                "incident",
                                "role.name == \"incident\" && context.incidents.exists(i, principal.name in i.responders)",
                                "none")));
    }

    private static final List<Map<String, Object>> TWO = List.of(
            Map.of(
                    "groups",
                    List.of("leads"),
                    "escalateAfter",
                    "10m",
                    "escalateTo",
                    Map.of("groups", List.of("bosses")),
                    "remind",
                    Map.of("times", 0)),
            Map.of("groups", List.of("security"), "remind", Map.of("times", 0)));

    private static final List<Map<String, Object>> SILENT = List.of(Map.of(
            "groups",
            List.of("leads"),
            "escalateAfter",
            "15m",
            "escalateTo",
            Map.of("groups", List.of("bosses")),
            "remind",
            Map.of("times", 1, "every", "12m"),
            "fallback",
            Map.of("after", "10m", "groups", List.of("oncall"))));

    private static Map<String, Object> rule(String name, String when, Object approvals) {
        return Map.of(
                "name",
                name,
                "when",
                when,
                "effect",
                "allow",
                "approvals",
                approvals,
                "obligations",
                Map.of("notify", List.of("security")));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Request ask(String role, Duration duration) {
        return ask(role, duration, Optional.empty());
    }

    private Request ask(String role, Duration duration, Optional<Instant> start) {
        return world.requests.ask(world.actor(dev), dev, asking(role, duration, start));
    }

    private static Ask asking(String role, Duration duration, Optional<Instant> start) {
        return new Ask(
                List.of(new Ask.Wanted(role, "web-1")),
                duration,
                start,
                "because of a test",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                role.equals("glass"));
    }

    private Instant in(int minutes) {
        return world.database.read(rx -> rx.now()).plus(Duration.ofMinutes(minutes));
    }

    private void later(int minutes) {
        world.later(Duration.ofMinutes(minutes));
    }

    /** Nothing of the first server is asked any more; this one knows nothing but the database. */
    private World restarted(int minutes) {
        return new World(world.testDatabase(), world.rootKey(), world.offset().plus(Duration.ofMinutes(minutes)));
    }

    /** Of which requests these things were told, in order. */
    private static List<String> told(World server, String... activities) {
        return server.database.read(rx -> rx.list(
                "select activity || ' ' || request_id from event where activity = any(?::text[]) order by xid, position",
                row -> row.getString(1),
                List.of(activities)));
    }

    private static String of(String activity, Request request) {
        return activity + " " + request.id();
    }

    private GrantId granted(Request request) {
        return request.items().getFirst().grant().orElseThrow();
    }

    private static ItemState state(World server, Request request) {
        return server.database
                .read(rx -> Requests.find(rx, request.id()))
                .orElseThrow()
                .state();
    }

    private static Grant grant(World server, GrantId grant) {
        return server.database.read(rx -> Grants.find(rx, grant)).orElseThrow();
    }

    /** What servers do by themselves, until nothing is due. */
    private static void work(World server) {
        int done;
        do {
            done = server.requests.escalateDue()
                    + server.approving.fallBackDue()
                    + server.requests.expireDue()
                    + server.incidents.closeDue()
                    + server.reviews.watch()
                    + server.worker.runOnce();
        } while (done > 0);
    }

    @Test
    void whatBecameDueWhileNoServerRanHappensInOrderAndOnceAndNothingElseChanges() {
        Request denied = ask("patient", Duration.ofMinutes(50));
        world.approving.decide(world.actor(lead), lead, denied.id(), World.no("no"));
        Request withdrawn = ask("patient", Duration.ofMinutes(51));
        world.requests.withdraw(world.actor(dev), dev, withdrawn.id());
        Request expired = ask("short", Duration.ofMinutes(52));
        world.later(Duration.ofMinutes(31));
        world.requests.expireDue();
        Request silent = ask("patient", Duration.ofMinutes(53));
        Request secondStage = ask("patient", Duration.ofMinutes(54));
        world.approve(lead, secondStage);
        Request inTime = ask("short", Duration.ofMinutes(55));
        GrantId running = granted(ask("auto", Duration.ofHours(4)));
        GrantId ending = granted(ask("auto", Duration.ofMinutes(20)));
        GrantId returned = granted(ask("auto", Duration.ofMinutes(40)));
        world.grants.giveBack(world.actor(dev), returned, dev);
        GrantId scheduled = granted(ask("auto", Duration.ofHours(2), Optional.of(in(30))));

        World next = restarted(60);
        try {
            long before = world.events("approval.escalated");
            work(next);
            work(next);

            assertThat(List.of(denied, withdrawn, expired, silent, secondStage, inTime))
                    .extracting(request -> state(next, request))
                    .containsExactly(
                            ItemState.DENIED,
                            ItemState.WITHDRAWN,
                            ItemState.EXPIRED,
                            ItemState.PENDING,
                            ItemState.PENDING,
                            ItemState.EXPIRED);
            assertThat(next.requests.doings(boss, silent)).contains(Doing.APPROVE);
            assertThat(next.activities(silent.id().value())).containsOnlyOnce("approval.escalated");
            assertThat(next.activities(secondStage.id().value())).doesNotContain("approval.escalated");
            assertThat(next.requests.doings(guard, secondStage)).contains(Doing.APPROVE);
            assertThat(next.activities(inTime.id().value())).containsOnlyOnce("request.expired");
            assertThat(next.events("approval.escalated")).isGreaterThan(before);
            assertThat(List.of(running, ending, returned, scheduled))
                    .extracting(grant -> grant(next, grant).state())
                    .containsExactly(GrantState.ACTIVE, GrantState.ENDED, GrantState.ENDED, GrantState.ACTIVE);

            Request approved = next.approving.decide(next.actor(guard), guard, secondStage.id(), World.yes());
            assertThat(approved.state()).isEqualTo(ItemState.APPROVED);
            next.approve(boss, silent);
            assertThat(next.approve(guard, silent).state()).isEqualTo(ItemState.APPROVED);
        } finally {
            next.connections.close();
        }
    }

    @Test
    void whatBecameDueOfSeveralRequestsHappensInTheOrderInWhichItDidAndOnce() {
        Request lastToEnd = ask("auto", Duration.ofMinutes(40));
        Request firstToEnd = ask("auto", Duration.ofMinutes(20));
        Request secondToEnd = ask("auto", Duration.ofMinutes(30));
        Request lastToBegin = ask("auto", Duration.ofHours(3), Optional.of(in(40)));
        Request firstToBegin = ask("auto", Duration.ofHours(3), Optional.of(in(20)));
        Request lastToExpire = ask("short", HOUR);
        Request firstToExpire = ask("shorter", HOUR);
        Request remindedThenEscalated = ask("silent", HOUR);
        later(1);
        Request escalatedFirst = ask("patient", HOUR);
        later(3);
        Request escalatedLast = ask("patient", HOUR);
        Request expiresBetween = ask("shorter", HOUR);

        World next = restarted(60);
        try {
            work(next);
            work(next);

            assertThat(told(next, "approval.reminded", "approval.escalated"))
                    .containsExactly(
                            of("approval.escalated", escalatedFirst),
                            of("approval.reminded", remindedThenEscalated),
                            of("approval.escalated", escalatedLast),
                            of("approval.escalated", remindedThenEscalated));
            assertThat(told(next, "request.expired"))
                    .containsExactly(
                            of("request.expired", firstToExpire),
                            of("request.expired", expiresBetween),
                            of("request.expired", lastToExpire));
            for (String told : List.of("grant.ending", "grant.ended")) {
                assertThat(told(next, told))
                        .containsExactly(of(told, firstToEnd), of(told, secondToEnd), of(told, lastToEnd));
            }
            assertThat(told(next, "grant.started").stream()
                            .filter(
                                    List.of(of("grant.started", firstToBegin), of("grant.started", lastToBegin))
                                            ::contains))
                    .containsExactly(of("grant.started", firstToBegin), of("grant.started", lastToBegin));
        } finally {
            next.connections.close();
        }
    }

    @Test
    void whoIsAuthorisedForSilenceIsGrantedItOnceAndOthersKeepTheirTimeToAnswer() {
        Request unanswered = world.requests.ask(world.actor(oncall), oncall, asking("silent", HOUR, Optional.empty()));
        Request unauthorised = ask("silent", HOUR);
        later(16);
        world.requests.escalateDue();
        Request notYetEscalated = world.requests.ask(
                world.actor(oncall), oncall, asking("silent", Duration.ofMinutes(50), Optional.empty()));

        World next = restarted(60);
        try {
            work(next);
            work(next);

            assertThat(state(next, unanswered)).isEqualTo(ItemState.APPROVED);
            assertThat(state(next, unauthorised)).isEqualTo(ItemState.PENDING);
            assertThat(told(next, "approval.fell-back", "approval.fallback-refused"))
                    .containsExactly(
                            of("approval.fell-back", unanswered), of("approval.fallback-refused", unauthorised));
            assertThat(told(next, "break-glass.used")).containsExactly(of("break-glass.used", unanswered));
            assertThat(next.reviews.list(true, Slice.newest(10)))
                    .singleElement()
                    .satisfies(review -> assertThat(review.request()).isEqualTo(unanswered.id()));
            assertThat(state(next, notYetEscalated)).isEqualTo(ItemState.PENDING);
            assertThat(next.requests.doings(boss, notYetEscalated)).contains(Doing.APPROVE);
        } finally {
            next.connections.close();
        }
    }

    @Test
    void aReviewThatIsOwedIsToldOfOnceAndKeepsTheNextEmergencyWaiting() {
        Request first = ask("glass", Duration.ofMinutes(20));
        later(10);
        Request second = world.requests.ask(
                world.actor(oncall), oncall, asking("glass", Duration.ofMinutes(20), Optional.empty()));
        later(23 * 60 + 30);

        World next = restarted(60);
        try {
            work(next);
            work(next);

            assertThat(told(next, "review.overdue"))
                    .containsExactly(of("review.overdue", first), of("review.overdue", second));
            assertThat(next.findings().stream().filter(finding -> finding.kind().equals("review-overdue")))
                    .hasSize(2);
            assertThat(next.requests
                            .ask(next.actor(dev), dev, asking("glass", Duration.ofMinutes(10), Optional.empty()))
                            .state())
                    .isNotEqualTo(ItemState.APPROVED);
        } finally {
            next.connections.close();
        }
    }

    @Test
    void anIncidentThatWasOverTakesAlongWhatRestedOnItAndOneThatIsNotKeepsIt() {
        Incident ended = incident(30, "dev");
        Incident lasting = incident(240, "oncall");
        GrantId over = granted(ask("incident", HOUR));
        GrantId lasts =
                granted(world.requests.ask(world.actor(oncall), oncall, asking("incident", HOUR, Optional.empty())));

        World next = restarted(45);
        try {
            work(next);
            work(next);

            assertThat(grant(next, over).state()).isEqualTo(GrantState.ENDED);
            assertThat(grant(next, over).endReason()).contains(EndReason.POLICY);
            assertThat(grant(next, over).endComment()).contains("the incident " + ended.id() + " is closed");
            assertThat(grant(next, lasts).state()).isEqualTo(GrantState.ACTIVE);
            assertThat(next.events("incident.closed")).isOne();
            next.incidents.close(next.actor(lead), lasting.id(), "over");
            work(next);
            assertThat(grant(next, lasts).state()).isEqualTo(GrantState.ENDED);
        } finally {
            next.connections.close();
        }
    }

    private Incident incident(int minutes, String responder) {
        return world.incidents.open(
                world.actor(lead),
                lead,
                new Opening(
                        "the shop is down",
                        "sev1",
                        Optional.empty(),
                        List.of("web-1"),
                        new Responders(List.of(responder), List.of()),
                        Duration.ofMinutes(minutes)));
    }

    @Test
    void whoseDelegationEndedMeanwhileDecidesNothingAndThoseWhoLentItDo() {
        Request waits = ask("patient", HOUR);
        world.delegations.create(
                world.actor(lead),
                lead,
                new Delegations.Handing(
                        "oncall", Optional.empty(), in(30), Optional.empty(), Optional.empty(), "away"));
        assertThat(world.requests.doings(oncall, waits)).contains(Doing.APPROVE);

        World next = restarted(60);
        try {
            work(next);

            assertThat(next.requests.doings(oncall, waits)).doesNotContain(Doing.APPROVE);
            assertThatThrownBy(() -> next.approve(oncall, waits))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo("request.unknown"));
            next.approve(lead, waits);
            assertThat(next.approve(guard, waits).state()).isEqualTo(ItemState.APPROVED);
        } finally {
            next.connections.close();
        }
    }
}
