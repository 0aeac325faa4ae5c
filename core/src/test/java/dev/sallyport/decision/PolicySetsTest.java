package dev.sallyport.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.World;
import dev.sallyport.base.GrantId;
import dev.sallyport.base.ItemId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RequestId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.CatalogAnswer;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.catalog.Search;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.database.Order;
import dev.sallyport.database.Slice;
import dev.sallyport.formats.document.SourceFile;
import dev.sallyport.grant.EndReason;
import dev.sallyport.grant.EndSelector;
import dev.sallyport.grant.Forecast;
import dev.sallyport.grant.Grant;
import dev.sallyport.grant.GrantState;
import dev.sallyport.grant.Grants;
import dev.sallyport.identity.Directory;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import dev.sallyport.request.ApprovalStage;
import dev.sallyport.request.Ask;
import dev.sallyport.request.Checkup;
import dev.sallyport.request.Item;
import dev.sallyport.request.ItemState;
import dev.sallyport.request.LastWord;
import dev.sallyport.request.PolicyHistory;
import dev.sallyport.request.Request;
import dev.sallyport.request.Requests;
import dev.sallyport.request.StoredDecision;
import dev.sallyport.request.Supposing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** PO1, PO2, PO4, PO7, RQ2, RQ3: sets of policies that decide, whose word they want, and what they end. */
@NullMarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicySetsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final CatalogChanges catalog = world.catalog();
    private final PersonId dev = world.person("dev", "developers");
    private final PersonId lead = world.person("lead", "leads");
    private final PersonId chief = world.person("chief", "chiefs");
    private final PersonId guard = world.person("guard", "security");

    @BeforeAll
    void things() {
        world.target("web-1", Map.of("tier", "web"));
        world.eligible(world.role("ops", 0), "developers");
        world.eligible(world.role("root", 1), "developers");
        RoleId bare = world.role("bare", 0);
        world.arrange(tx -> tx.update("update role set spec = spec #- '{request,approval}' where id = ?", bare));
        world.eligible(bare, "developers");
    }

    /** No documents, nothing enforced, nothing in shadow, nothing running. */
    @BeforeEach
    void asAtFirst() {
        world.arrange(tx -> {
            for (String table : List.of("policy", "policy_calendar", "policy_freeze", "policy_constants")) {
                tx.update("delete from " + table);
            }
            for (PolicyStage stage : PolicyStage.values()) {
                tx.update(
                        "insert into policy_stage (stage, person_name, reason, at) values (?, 'test', 'a new test', ?)",
                        stage,
                        tx.now());
            }
            tx.update("update target set spec = spec - 'owner' where name = 'web-1'");
        });
        world.grants.revoke(world.actor(guard), new EndSelector.All(), "a new test");
    }

    @AfterAll
    void close() {
        world.close();
    }

    private void apply(String text) {
        CatalogAnswer answer =
                catalog.apply(world.actor(lead), List.of(new SourceFile("policies.yaml", text)), false, false);
        assertThat(answer).isInstanceOf(CatalogAnswer.Sound.class);
    }

    private String enforce(String text) {
        apply(text);
        return world.policies
                .enforce(world.actor(lead), "draft", "as agreed")
                .hash()
                .orElse("none");
    }

    private static String policy(String name, String rules) {
        return """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: %s}
                spec:
                  rules:
                %s
                """.formatted(name, rules.indent(4));
    }

    private static void refused(String code, String why, Callable<?> work) {
        assertThatThrownBy(work::call).isInstanceOfSatisfying(Refusal.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal).hasMessageContaining(why);
        });
    }

    private Grant grant(Request request) {
        GrantId id = request.items().getFirst().grant().orElseThrow();
        return world.database.read(rx -> Grants.find(rx, id).orElseThrow());
    }

    private Request again(Request request) {
        return world.requests.find(dev, true, request.id());
    }

    private List<RequestId> waiting(PersonId person) {
        return world.requests.toDecide(person, Slice.newest(100)).stream()
                .map(Request::id)
                .toList();
    }

    private List<String> stages(Request request) {
        return again(request).items().getFirst().stages().stream()
                .map(stage -> stage.state() + ": " + stage.shown())
                .toList();
    }

    @Test
    void documentsDecideNothingBeforeTheirSetIsEnforced() {
        apply(policy("all", "- {name: never, effect: deny, message: closed}"));
        assertThat(world.ask(dev, "ops", "web-1", HOUR).state()).isEqualTo(ItemState.APPROVED);

        world.policies.enforce(world.actor(lead), "draft", "as agreed");
        Request denied = world.ask(dev, "ops", "web-1", HOUR);

        assertThat(denied.state()).isEqualTo(ItemState.DENIED);
        Item item = denied.items().getFirst();
        assertThat(item.decision().explanation()).containsExactly("closed");
        assertThat(item.decision().trace()).contains("deny  all/never: it has no condition");
        assertThat(item.decision().policy()).hasSize(64);
    }

    @Test
    void aRoleThatSaysNothingIsGrantedByPolicyAlone() {
        assertThat(world.ask(dev, "bare", "web-1", HOUR).state()).isEqualTo(ItemState.DENIED);

        enforce(policy("devs", """
                - name: developers
                  when: '"developers" in groups && target.labels.tier == "web"'
                  effect: allow
                  approvals: none
                  obligations: {maxDuration: 30m, recording: strict, supervised: true}
                """));
        Request granted = world.ask(dev, "bare", "web-1", Duration.ofMinutes(20));

        assertThat(granted.state()).isEqualTo(ItemState.APPROVED);
        assertThat(grant(granted).terms().access()).isEqualTo(Access.GATEWAY);
        assertThat(grant(granted).terms().session().supervised()).isTrue();
        assertThat(world.ask(dev, "bare", "web-1", HOUR)
                        .items()
                        .getFirst()
                        .decision()
                        .explanation())
                .containsExactly("at most 30m; you asked 1h");
    }

    @Test
    void whatARoleSaysOfItselfAndWhatPoliciesSayCountTogether() {
        enforce(policy("four-eyes", "- {name: security, effect: allow, approvals: [{groups: [security]}]}"));

        Request request = world.ask(dev, "root", "web-1", HOUR);

        assertThat(stages(request)).containsExactly("OPEN: 1 approval by leads", "OPEN: 1 approval by security");
        assertThat(world.approve(lead, request).state()).isEqualTo(ItemState.PENDING);
        assertThat(world.approve(guard, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void stagesAreAskedOneAfterTheOther() {
        enforce(policy("staged", """
                - name: two
                  effect: allow
                  approvals: [{groups: [leads]}, {groups: [security], people: [chief]}]
                """));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        assertThat(stages(request))
                .containsExactly("OPEN: 1 approval by leads", "WAITING: 1 approval by security or chief");
        refused("request.unknown", "no such request", () -> world.approve(chief, request));

        assertThat(world.approve(lead, request).state()).isEqualTo(ItemState.PENDING);
        assertThat(waiting(chief)).contains(request.id());
        assertThat(waiting(lead)).doesNotContain(request.id());
        refused("request.not-approver", "not yours", () -> world.approve(lead, request));

        assertThat(world.approve(chief, request).state()).isEqualTo(ItemState.APPROVED);
        assertThat(stages(request)).allMatch(stage -> stage.startsWith("DONE"));
    }

    @Test
    void onePersonInTwoStagesCountsForOne() {
        PersonId both = world.person("both", "leads", "security");
        enforce(policy("staged", """
                - {name: two, effect: allow, approvals: [{groups: [leads]}, {groups: [security]}]}
                """));
        Request request = world.ask(dev, "bare", "web-1", HOUR);

        assertThat(world.approve(both, request).state()).isEqualTo(ItemState.PENDING);
        refused("request.already-decided-by-you", "already", () -> world.approve(both, request));
        assertThat(world.approve(guard, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void whoDoesNotAnswerIsPassedOverOrJoinedByOthers() {
        enforce(policy("escalating", """
                - name: two
                  effect: allow
                  approvals:
                    - {groups: [leads], escalateAfter: 10m}
                    - {groups: [security], escalateAfter: 10m, escalateTo: {people: [chief]}}
                """));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        assertThat(world.requests.escalateDue()).isZero();

        world.later(Duration.ofMinutes(11));
        assertThat(world.requests.escalateDue()).isEqualTo(1);
        assertThat(world.requests.escalateDue()).isZero();
        assertThat(stages(request)).containsExactly("PASSED: 1 approval by leads", "OPEN: 1 approval by security");
        refused("request.not-approver", "not yours", () -> world.approve(lead, request));

        world.later(Duration.ofMinutes(11));
        assertThat(world.requests.escalateDue()).isEqualTo(1);
        assertThat(stages(request))
                .containsExactly("PASSED: 1 approval by leads", "OPEN: 1 approval by security or chief");
        assertThat(world.approve(chief, request).state()).isEqualTo(ItemState.APPROVED);
        assertThat(world.activities(request.id().value()))
                .filteredOn("approval.escalated"::equals)
                .hasSize(2);
    }

    @Test
    void aServerThatWasAwayForAnHourEscalatesOnceAndThenExpires() {
        enforce(policy("escalating", """
                - name: two
                  effect: allow
                  approvals: [{groups: [leads], escalateAfter: 10m}, {groups: [security]}]
                """));
        Request request = world.ask(dev, "bare", "web-1", HOUR);

        world.later(Duration.ofMinutes(61));
        assertThat(world.requests.escalateDue()).isZero();
        world.requests.expireDue();

        assertThat(again(request).state()).isEqualTo(ItemState.EXPIRED);
        refused("request.expired", "expired", () -> world.approve(lead, request));
    }

    @Test
    void aStageWhoseOthersComeToNobodyIsNotPassedOver() {
        enforce(policy("p", """
                - name: two
                  effect: allow
                  approvals:
                    - {groups: [leads], escalateAfter: 10m, escalateTo: {manager: true}}
                    - {groups: [security]}
                """));
        Request request = world.ask(dev, "bare", "web-1", HOUR);

        world.later(Duration.ofMinutes(11));

        assertThat(world.requests.escalateDue()).isZero();
        assertThat(stages(request)).containsExactly("OPEN: 1 approval by leads", "WAITING: 1 approval by security");
    }

    @Test
    void aWordThatWasGivenCountsOnlyWhileWhoGaveItMay() {
        PersonId leaving = world.person("leaving", "leads");
        enforce(policy("p", "- {name: two, effect: allow, approvals: [{groups: [leads]}, {groups: [security]}]}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        world.approve(leaving, request);
        world.leave(leaving, "leads");

        refused("request.role-changed", "may not give it any more", () -> world.approve(guard, request));
    }

    @Test
    void aStageThatWasPassedOverIsNoWordUnderARuleThatPassesNothingOver() {
        enforce(policy("p", """
                - {name: two, effect: allow, approvals: [{groups: [leads], escalateAfter: 10m}, {groups: [security]}]}
                """));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        world.later(Duration.ofMinutes(11));
        world.requests.escalateDue();
        enforce(policy("p", "- {name: two, effect: allow, approvals: [{groups: [leads]}, {groups: [security]}]}"));

        refused("request.role-changed", "it now wants 1 approval by leads", () -> world.approve(guard, request));
    }

    @Test
    void nobodyBecomesAnApproverByTakingAName() {
        enforce(policy("p", "- {name: one, effect: allow, approvals: [{people: [ciso, chief]}]}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        PersonId taker = world.person("ciso");

        refused("request.unknown", "no such request", () -> world.approve(taker, request));
        assertThat(world.approve(chief, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void whatIsExtendedIsJudgedByWhatComesInTheNewTime() {
        enforce("""
                apiVersion: sallyport/v1
                kind: Freeze
                metadata: {name: night}
                spec: {from: "%s", endsRunning: true, message: it is night}
                ---
                """.formatted(world.database.read(rx -> rx.now()).plus(Duration.ofMinutes(90)))
                + policy("p", "- {name: one, effect: allow, approvals: none}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        world.worker.runOnce();
        world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("bare", "web-1")),
                        HOUR,
                        Optional.empty(),
                        "it takes longer",
                        Optional.empty(),
                        Optional.of(grant(request).id()),
                        Optional.empty()));
        world.worker.runOnce();
        world.later(Duration.ofMinutes(89));
        world.worker.runOnce();
        assertThat(grant(request).state()).isEqualTo(GrantState.ACTIVE);

        world.later(Duration.ofMinutes(2));
        world.worker.runOnce();

        assertThat(grant(request).state()).isEqualTo(GrantState.ENDED);
    }

    @Test
    void whatRunsIsJudgedByWhatItsLastExtensionWasAskedWith() {
        Request extended = askWithTicket(dev, "OLD-1", Optional.empty());
        Request other = askWithTicket(world.person("second", "developers"), "OLD-2", Optional.empty());
        world.worker.runOnce();
        askWithTicket(dev, "NEW-1", Optional.of(grant(extended).id()));

        enforce(policy("p", """
                - {name: any, effect: allow, approvals: none}
                - {name: old, effect: deny, running: end, message: tickets are new ones, when: 'request.ticket.startsWith("OLD")'}
                """));
        world.worker.runOnce();

        assertThat(grant(extended).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(grant(other).endReason()).contains(EndReason.POLICY);
    }

    private Request askWithTicket(PersonId person, String ticket, Optional<GrantId> extended) {
        return world.requests.ask(
                world.actor(person),
                person,
                new Ask(
                        List.of(new Ask.Wanted("ops", "web-1")),
                        HOUR,
                        Optional.empty(),
                        "because of a test",
                        Optional.of(ticket),
                        extended,
                        Optional.empty()));
    }

    @Test
    void aSetIsEnforcedByTheHashThatWasLookedAt() {
        apply(policy("p", "- {name: one, effect: allow, approvals: none}"));
        String seen = world.database.read(rx -> world.policies.status(rx)).draft();
        apply(policy("p", "- {name: one, effect: allow, override: true, approvals: none}"));

        refused("policy.unknown", "no such set", () -> world.policies.enforce(world.actor(lead), seen, "reviewed"));
        String now = world.database.read(rx -> world.policies.status(rx)).draft();
        assertThat(world.policies
                        .enforce(world.actor(lead), now.substring(0, 12), "reviewed")
                        .hash())
                .contains(now);
    }

    @Test
    void whatIsDecidedIsNotLookedAtForEscalationAnyMore() {
        enforce(
                policy(
                        "p",
                        "- {name: one, effect: allow, approvals: [{groups: [leads], escalateAfter: 10m, escalateTo: {people: [chief]}}]}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);

        world.approving.decide(world.actor(lead), lead, request.id(), World.no("not today"));

        assertThat(again(request).items().getFirst().stages().getFirst().escalatesAt())
                .isEmpty();
        world.later(Duration.ofMinutes(11));
        assertThat(world.requests.escalateDue()).isZero();
    }

    @Test
    void anOwnerOrAManagerWhoIsNotThereMeansNo() {
        enforce(policy("owners", "- {name: owner, effect: allow, approvals: [{targetOwner: true}]}"));

        Request nobody = world.ask(dev, "bare", "web-1", HOUR);
        assertThat(nobody.state()).isEqualTo(ItemState.DENIED);
        assertThat(nobody.items().getFirst().decision().explanation().getFirst())
                .startsWith("nobody can approve it: needs 1 approval by the target's owner");

        world.arrange(
                tx -> tx.update("update target set spec = spec || '{\"owner\": \"chief\"}' where name = 'web-1'"));
        Request owned = world.ask(dev, "bare", "web-1", HOUR);
        assertThat(world.approve(chief, owned).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void nobodyApprovesForThemselvesAsOwnerEither() {
        world.arrange(tx -> tx.update("update target set spec = spec || '{\"owner\": \"dev\"}' where name = 'web-1'"));
        enforce(policy("owners", "- {name: owner, effect: allow, approvals: [{targetOwner: true}]}"));
        Request own = world.ask(dev, "bare", "web-1", HOUR);

        refused("request.self-approval", "the person who asked", () -> world.approve(dev, own));
    }

    @Test
    void anApprovalThatComesAfterARuleChangedIsHeldAgainstTheNewOne() {
        enforce(policy("p", "- {name: one, effect: allow, approvals: [{groups: [leads]}]}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        enforce(policy("p", "- {name: one, effect: allow, approvals: [{groups: [security]}]}"));

        refused("request.role-changed", "it now wants 1 approval by security", () -> world.approve(lead, request));
        Request another = world.ask(dev, "bare", "web-1", HOUR);
        enforce(policy("p", "- {name: one, effect: deny, message: closed}"));
        refused("request.role-changed", "closed", () -> world.approve(guard, another));
    }

    @Test
    void whoAskedIsDeniedAndToldWhyWhenTheRulesOfTheDayRefuseTheLastWord() {
        enforce(policy("p", "- {name: one, effect: allow, approvals: [{groups: [leads]}]}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        enforce(policy("p", "- {name: shut, effect: deny, message: closed for the audit}"));

        refused("request.role-changed", "closed for the audit", () -> world.approve(lead, request));

        Item item = world.requests.find(dev, false, request.id()).items().getFirst();
        assertThat(item.state()).isEqualTo(ItemState.DENIED);
        assertThat(item.grant()).isEmpty();
        assertThat(item.decision().explanation().getLast())
                .contains("approved it, and it cannot be granted", "closed for the audit");
        assertThat(world.activities(request.id().value())).endsWith("request.denied");
        LastWord last =
                world.database.read(rx -> PolicyHistory.lastWord(rx, item)).orElseThrow();
        assertThat(last.effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(last.policy())
                .isEqualTo(world.database.read(world.policies::enforced).hash());
        assertThat(last.trace()).anySatisfy(step -> assertThat(step).contains("p/shut"));
    }

    @Test
    void anItemThatIsBarredTakesNoOtherOfItsRequestAlong() {
        enforce(policy("p", "- {name: one, effect: allow, approvals: [{groups: [leads]}]}"));
        Request request = world.requests.ask(
                world.actor(dev),
                dev,
                new Ask(
                        List.of(new Ask.Wanted("bare", "web-1"), new Ask.Wanted("ops", "web-1")),
                        HOUR,
                        Optional.empty(),
                        "two at once",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        enforce(about("bare", "shut", "{name: all, effect: deny, message: closed for the audit}"));

        Request after = world.approve(lead, request);

        assertThat(after.items())
                .extracting(item -> item.roleName() + " " + item.state())
                .containsExactlyInAnyOrder("bare DENIED", "ops APPROVED");
        assertThat(world.activities(request.id().value()))
                .filteredOn(activity -> activity.startsWith("approval.given"))
                .hasSize(2);
        assertThat(told("request.denied", request)).doesNotContain("approved it");
    }

    @Test
    void aWordThatCannotCountNowForAnotherReasonLeavesItWaiting() {
        enforce(policy("p", "- {name: one, effect: allow, approvals: [{groups: [leads]}]}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        world.arrange(tx -> tx.update("update person set quarantined_at = ? where id = ?", tx.now(), dev));

        refused("request.not-active", "may not be granted anything right now", () -> world.approve(lead, request));
        assertThat(world.requests.find(lead, true, request.id()).state()).isEqualTo(ItemState.PENDING);

        world.arrange(tx -> tx.update("update person set quarantined_at = null where id = ?", dev));
        assertThat(world.approve(lead, request).state()).isEqualTo(ItemState.APPROVED);
    }

    @Test
    void theManagerOfWhoAsksApprovesAndNobodyElseDoes() {
        enforce(policy("p", "- {name: one, effect: allow, approvals: [{manager: true}]}"));
        world.arrange(tx -> tx.update("update person set attributes = '{\"manager\": \"chief\"}' where id = ?", dev));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        world.arrange(tx -> tx.update("update person set attributes = '{\"manager\": \"dev\"}' where id = ?", dev));
        Request own = world.ask(dev, "bare", "web-1", HOUR);

        refused("request.unknown", "no such request", () -> world.approve(lead, request));
        refused("request.self-approval", "the person who asked", () -> world.approve(dev, own));
        world.arrange(tx -> tx.update("update person set attributes = '{\"manager\": \"chief\"}' where id = ?", dev));
        assertThat(world.approve(chief, request).state()).isEqualTo(ItemState.APPROVED);
        world.arrange(tx -> tx.update("update person set attributes = '{}' where id = ?", dev));
    }

    @Test
    void whatIsGrantedKeepsWhatTheRulesOfTheDaySaidBesideWhatTheySaidWhenItWasAskedFor() {
        enforce(policy("p", "- {name: one, effect: allow, approvals: [{groups: [leads]}]}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        enforce(policy("p", """
                - {name: one, effect: allow, approvals: [{groups: [leads]}]}
                - {name: other, when: '"nobody" in groups', effect: deny, message: never}
                """));
        String now = world.database.read(world.policies::enforced).hash();

        Item item = world.approve(lead, request).items().getFirst();

        assertThat(item.state()).isEqualTo(ItemState.APPROVED);
        assertThat(item.decision().policy()).isNotEqualTo(now);
        LastWord last =
                world.database.read(rx -> PolicyHistory.lastWord(rx, item)).orElseThrow();
        assertThat(last.policy()).isEqualTo(now);
        assertThat(last.trace()).anySatisfy(step -> assertThat(step).contains("p/other"));
        assertThat(told("request.approved", request)).contains(now, "p/one");
    }

    @Test
    void theEventOfAnEndNamesTheSetAndTheRulesThatEndedIt() {
        enforce(policy("p", "- {name: free, effect: allow, approvals: none}"));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        world.settle();
        enforce(policy("p", "- {name: shut, effect: deny, message: closed for today}"));
        world.settle();

        assertThat(grant(request).isRunning()).isFalse();
        assertThat(told("grant.ending", request))
                .contains(world.database.read(world.policies::enforced).hash(), "p/shut");
    }

    private String told(String activity, Request request) {
        return world.database.read(rx -> rx.one(
                        "select body from event where activity = ? and request_id = ? order by xid desc limit 1",
                        row -> new String(row.getBytes(1), StandardCharsets.UTF_8),
                        activity,
                        request.id().value())
                .orElseThrow());
    }

    @Test
    void aForecastSaysWhatWouldEndAndChangesNothing() {
        enforce(policy("p", "- {name: free, effect: allow, approvals: none}"));
        Request ends = world.ask(dev, "bare", "web-1", HOUR);
        world.settle();
        apply(policy("p", "- {name: shut, effect: deny, message: closed for today}"));
        PolicySet shut = world.database.read(world.policies::draft);

        Forecast forecast = world.database.read(rx -> Forecast.of(rx, world.decisions, shut));
        Forecast same = world.database.read(rx -> Forecast.of(rx, world.decisions, world.policies.enforced(rx)));

        assertThat(forecast.running()).isEqualTo(forecast.judged());
        assertThat(forecast.changes()).anySatisfy(change -> {
            assertThat(change.grant().id()).isEqualTo(grant(ends).id());
            assertThat(change.becoming()).isEqualTo(Forecast.Becoming.ENDS);
            assertThat(change.because()).singleElement().asString().contains("closed for today");
        });
        assertThat(same.ending()).isZero();
        assertThat(same.changes()).isEmpty();
        assertThat(grant(ends).state()).isEqualTo(GrantState.ACTIVE);
    }

    @Test
    void aCheckupFindsRolesThatNobodyCouldGetAndNamesThatAreNotThere() {
        world.role("lonely", 0);
        enforce(about("bare", "shut", "{name: all, effect: deny, message: closed for good}")
                + "---\n"
                + about(
                        "ops",
                        "short",
                        "{name: long, when: 'request.duration > duration(\"2h\")', effect: deny, message: too long}")
                + "---\n"
                + about("bear", "odd", "{name: all, effect: allow, approvals: [{groups: [leads]}]}"));

        List<Checkup.Note> notes =
                world.database.read(rx -> Checkup.of(rx, world.decisions, world.policies.enforced(rx)));

        assertThat(notes)
                .extracting(Checkup.Note::message)
                .as("who asks for less gets it")
                .noneMatch(message -> message.contains("the role ops"));
        assertThat(notes)
                .extracting(Checkup.Note::message)
                .anySatisfy(message ->
                        assertThat(message).contains("nobody may ask for the role lonely: no Eligibility names it"));
        assertThat(notes)
                .extracting(Checkup.Note::message)
                .anySatisfy(message -> assertThat(message)
                        .contains("none of those tried can get the role bare now", "closed for good"));
        assertThat(notes)
                .extracting(Checkup.Note::message)
                .anySatisfy(message -> assertThat(message).contains("odd/all names the Role bear, which is not there"));
    }

    private static String about(String role, String name, String rule) {
        return """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: %s}
                spec:
                  match: {roles: [%s]}
                  rules: [%s]
                """.formatted(name, role, rule);
    }

    @Test
    void aQuestionMaySupposeOtherGroupsAndAnIncident() {
        enforce(policy("p", """
                - {name: admins, when: '"admins" in groups', effect: allow, approvals: none}
                - {name: incident, when: 'context.incidents.exists(i, principal.name in i.responders && target.name in i.targets)', effect: allow, approvals: none}
                - {name: not-devs, when: '!("developers" in groups)', effect: deny, message: only developers}
                """));

        assertThat(supposed(Supposing.NOTHING).effect()).isNotEqualTo(Ruling.Effect.ALLOW);
        assertThat(supposed(new Supposing(List.of("admins"), List.of(), Optional.empty()))
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(supposed(new Supposing(List.of(), List.of(), Optional.of("critical")))
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(supposed(new Supposing(List.of("admins"), List.of("developers"), Optional.empty()))
                        .sentences())
                .contains("only developers");
    }

    private Ruling supposed(Supposing supposing) {
        return world.database
                .read(rx -> PolicyHistory.simulate(
                        rx,
                        world.policies.enforced(rx),
                        world.decisions,
                        Directory.person(rx, dev).orElseThrow(),
                        Catalog.role(rx, "bare").orElseThrow(),
                        Catalog.target(rx, "web-1").orElseThrow(),
                        Asked.Wish.of(HOUR, "to see"),
                        supposing))
                .ruling();
    }

    @Test
    void whatRunsEndsWhenARuleNoLongerAllowsIt() {
        enforce(policy("p", "- {name: one, when: '\"developers\" in groups', effect: allow, approvals: none}"));
        Request first = world.ask(dev, "bare", "web-1", HOUR);
        world.worker.runOnce();
        assertThat(grant(first).state()).isEqualTo(GrantState.ACTIVE);

        enforce(policy("p", "- {name: one, effect: deny, message: closed for today}"));
        world.worker.runOnce();

        assertThat(grant(first).state()).isEqualTo(GrantState.ENDED);
        assertThat(grant(first).endComment())
                .hasValueSatisfying(why -> assertThat(why).contains("closed for today"));
    }

    @Test
    void whatRunsEndsWhenThePersonJoinsAGroupThatADenyNames() {
        enforce(policy("p", """
                - {name: all, effect: allow, approvals: none}
                - {name: watched, when: '"suspects" in groups', effect: deny, message: not you}
                """));
        PersonId joiner = world.person("joiner", "developers");
        Request request = world.ask(joiner, "bare", "web-1", HOUR);
        Request other = world.ask(dev, "bare", "web-1", HOUR);
        world.worker.runOnce();
        assertThat(grant(request).state()).isEqualTo(GrantState.ACTIVE);

        apply("""
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: suspects}
                spec: {members: [joiner]}
                """);
        world.worker.runOnce();

        assertThat(grant(request).state()).isEqualTo(GrantState.ENDED);
        assertThat(grant(other).state()).isEqualTo(GrantState.ACTIVE);
    }

    @Test
    void whatRunsEndsWhenThePersonLeavesTheGroupThatARuleNames() {
        enforce(policy("p", "- {name: one, when: '\"developers\" in groups', effect: allow, approvals: none}"));
        PersonId leaver = world.person("leaver", "developers");
        Request request = world.ask(leaver, "bare", "web-1", HOUR);
        world.worker.runOnce();
        assertThat(grant(request).state()).isEqualTo(GrantState.ACTIVE);

        world.leave(leaver, "developers");
        world.arrange(tx -> world.grants.factsChanged(tx, List.of(leaver)));
        world.worker.runOnce();

        assertThat(grant(request).state()).isEqualTo(GrantState.ENDED);
    }

    @Test
    void whatRunsEndsWhenTheCalendarCloses() {
        enforce("""
                apiVersion: sallyport/v1
                kind: Constants
                metadata: {name: times}
                spec: {values: {until: "%s"}}
                ---
                """.formatted(world.database.read(rx -> rx.now()).plus(Duration.ofMinutes(30))) + policy("p", """
                - name: one
                  when: context.time < timestamp(constant.until)
                  effect: allow
                  approvals: none
                """));
        Request request = world.ask(dev, "bare", "web-1", HOUR);
        world.worker.runOnce();
        world.later(Duration.ofMinutes(29));
        world.worker.runOnce();
        assertThat(grant(request).state()).isEqualTo(GrantState.ACTIVE);

        world.later(Duration.ofMinutes(3));
        world.worker.runOnce();

        assertThat(grant(request).state()).isEqualTo(GrantState.ENDED);
    }

    @Test
    void aSetInShadowDecidesNothingAndSaysWhatWouldHaveBeenOtherwise() {
        apply(policy("p", "- {name: one, effect: deny, message: closed}"));
        world.policies.shadow(world.actor(lead), Optional.of("draft"), "trying it");

        Request request = world.ask(dev, "ops", "web-1", HOUR);

        assertThat(request.state()).isEqualTo(ItemState.APPROVED);
        Map<String, Object> shadow = world.database.read(rx -> rx.one(
                        "select shadow from request_item where request_id = ?",
                        row -> Json.object(row.getString(1)),
                        request.id())
                .orElseThrow());
        assertThat(shadow).containsEntry("effect", "deny").containsEntry("differs", true);
        world.policies.shadow(world.actor(lead), Optional.empty(), "seen enough");
        Optional<PolicySet> none = world.database.read(rx -> world.policies.shadow(rx));
        assertThat(none).isEmpty();
    }

    @Test
    void goingBackIsOneStepAndTheHistoryKeepsEverything() {
        String first = enforce(policy("p", "- {name: one, effect: allow, approvals: none}"));
        String second = enforce(policy("p", "- {name: one, effect: deny, message: closed}"));
        assertThat(first).isNotEqualTo(second);

        world.policies.rollBack(new Actor(chief.value(), null, "chief", "192.0.2.7", null), "too strict");

        assertThat(world.database.read(rx -> world.policies.enforced(rx)).hash())
                .isEqualTo(first);
        assertThat(world.ask(dev, "bare", "web-1", HOUR).state()).isEqualTo(ItemState.APPROVED);
        List<StageChange> history = world.database.read(rx -> world.policies.history(rx, Slice.newest(3)));
        assertThat(history).extracting(StageChange::byName).containsExactly("chief", "someone", "someone");
        assertThat(history).extracting(change -> change.hash().orElseThrow()).containsExactly(first, second, first);
        assertThat(world.database.<List<StageChange>>read(rx -> world.policies.history(
                        rx,
                        new Slice(
                                Order.NEWEST,
                                Optional.of(Long.toString(history.getFirst().number())),
                                2))))
                .isEqualTo(history.subList(1, 3));
        refused(
                "policy.nothing-to-change",
                "enforced already",
                () -> world.policies.enforce(world.actor(lead), first.substring(0, 12), "again"));
        refused("policy.unknown", "no such set", () -> world.policies.enforce(world.actor(lead), "00000000", "x"));
    }

    @Test
    void theHistoryCannotBeRewritten() {
        enforce(policy("p", "- {name: one, effect: deny, message: closed}"));

        for (String sql : List.of("update policy_set set rules = 0", "delete from policy_stage")) {
            assertThatThrownBy(() -> world.arrange(tx -> tx.update(sql))).hasStackTraceContaining("permission denied");
        }
    }

    @Test
    void documentsAreRefusedThatAreNotSoundWithTheOthers() {
        apply("""
                apiVersion: sallyport/v1
                kind: Calendar
                metadata: {name: office}
                spec: {zone: Europe/Berlin, windows: [{days: [mon]}]}
                ---
                """ + policy("p", "- {name: one, when: calendar.office, effect: allow, approvals: none}"));

        CatalogAnswer wrong = catalog.apply(
                world.actor(lead),
                List.of(new SourceFile(
                        "q.yaml", policy("q", "- {name: one, when: calendar.ofice, effect: allow, approvals: none}"))),
                false,
                false);
        CatalogAnswer missing = catalog.apply(
                world.actor(lead),
                List.of(new SourceFile("p.yaml", policy("p", "- {name: one, effect: deny}"))),
                true,
                true);

        assertThat(wrong)
                .isInstanceOfSatisfying(
                        CatalogAnswer.Unsound.class,
                        unsound -> assertThat(unsound.errors())
                                .first()
                                .hasToString(
                                        "q.yaml:6:33: spec.rules.0.when: calendar.ofice is not known (expected: office; did you mean calendar.office?)"));
        assertThat(missing).isInstanceOf(CatalogAnswer.Sound.class);
    }

    @Test
    void aSetThatWouldLockOutEveryAdministratorIsRefused() {
        world.arrange(tx -> tx.update(
                "insert into target (id, name, type, spec, managed_by, created_at) values (?, 'sallyport', 'sallyport', '{}', 'test', ?)",
                TargetId.next(),
                tx.now()));
        RoleId admin = world.role("admin", 0, Map.of(), Map.of("rights", List.of("policy.enforce")));
        world.arrange(tx -> tx.update(
                "update role set spec = (spec - 'ssh') || '{\"targets\": {\"type\": \"sallyport\"}}' where id = ?",
                admin));
        world.eligible(admin, "keepers");
        world.person("keeper", "keepers");
        world.person("witness", "witnesses");
        apply("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: closed}
                spec:
                  match: {targets: {type: sallyport}}
                  rules: [{name: never, effect: deny, message: nobody administers}]
                """);

        refused(
                "policy.locks-out",
                "keeper: nobody administers",
                () -> world.policies.enforce(world.actor(lead), "draft", "x"));
        PolicySet enforced = world.database.read(rx -> world.policies.enforced(rx));
        assertThat(enforced).isSameAs(PolicySet.none());

        // a word that there are not enough people for is none
        apply(administration("approvals: [{groups: [witnesses], count: 2}]"));
        refused(
                "policy.locks-out",
                "keeper: needs 2 approvals by witnesses, and besides them there is one person who could give it",
                () -> world.policies.enforce(world.actor(lead), "draft", "x"));
        apply(administration("approvals: [{groups: [keepers]}]"));
        refused(
                "policy.locks-out",
                "there are 0 people who could give it",
                () -> world.policies.enforce(world.actor(lead), "draft", "x"));
        apply(administration("approvals: [{groups: [witnesses]}]"));
        world.policies.enforce(world.actor(lead), "draft", "there is somebody");

        // insisting goes where there is a way in an emergency, and only there
        apply(administration("approvals: [{groups: [keepers]}]"));
        refused(
                "policy.locks-out",
                "nobody could get policy.enforce",
                () -> world.policies.enforce(world.actor(lead), "draft", "x", true));
        apply(administration("approvals: [{groups: [keepers]}]") + """
                    - {name: emergency, when: request.breakGlass, effect: allow, approvals: none, override: true,
                       obligations: {notify: [security]}}
                """);
        refused(
                "policy.locks-out",
                "nobody could get policy.enforce",
                () -> world.policies.enforce(world.actor(lead), "draft", "x"));
        world.policies.enforce(world.actor(lead), "draft", "we know", true);
        assertThat(world.database.<Long>read(rx -> rx.count(
                        "select count(*) from event where activity = 'policy.enforced' and convert_from(body, 'UTF8') like ?",
                        "%\"forced\":\"breaking glass for the role admin\"%")))
                .isOne();

        aSetThatWouldLockThemOutLaterIsRefusedToo();
    }

    /** A night, a weekend and two days are no lock-out; a freeze of five days is, and a date after which nobody can. */
    private void aSetThatWouldLockThemOutLaterIsRefusedToo() {
        apply(administration(
                "approvals: none, when: 'context.time.getHours(\"UTC\") >= 6 || context.time.getHours(\"UTC\") < 22'"));
        world.policies.enforce(world.actor(lead), "draft", "always open, although it looks at the clock");
        apply(administration("approvals: none") + freeze(1, 3));
        world.policies.enforce(world.actor(lead), "draft", "two days");

        apply(administration("approvals: none") + freeze(1, 6));
        refused(
                "policy.locks-out",
                "nobody could get policy.enforce from " + soon(1)
                        + " on for more than 3 days, so it could not be replaced in that time: keeper: stand still",
                () -> world.policies.enforce(world.actor(lead), "draft", "x"));
        apply(dated(soon(40)) + freeze(1, 2));
        refused(
                "policy.locks-out",
                "nobody could get policy.enforce from " + soon(40).toString().substring(0, 10),
                () -> world.policies.enforce(world.actor(lead), "draft", "x"));
        apply(administration("approvals: none, when: 'context.time < timestamp(\"" + soon(200) + "\")'")
                + freeze(1, 2));
        world.policies.enforce(world.actor(lead), "draft", "further than one looks ahead");

        apply(administration("approvals: none")
                + """
                    - {name: emergency, when: request.breakGlass, effect: allow, approvals: none, override: true,
                       obligations: {notify: [security]}}
                """
                + freeze(1, 6).replace("spec:", "spec:\n  unless: request.breakGlass"));
        refused(
                "policy.locks-out",
                "nobody could get policy.enforce from " + soon(1),
                () -> world.policies.enforce(world.actor(lead), "draft", "x"));
        world.policies.enforce(world.actor(lead), "draft", "we know", true);
    }

    private static String dated(Instant end) {
        return administration("approvals: none").replace("override: true, ", "") + """
                    - {name: over, effect: deny, message: "it is over", when: 'context.time >= timestamp("%s")'}
                """.formatted(end);
    }

    private static Instant soon(int days) {
        return Instant.now().plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.DAYS);
    }

    private static String freeze(int from, int until) {
        return """
                ---
                apiVersion: sallyport/v1
                kind: Freeze
                metadata: {name: standstill}
                spec:
                  targets: {type: sallyport}
                  from: %s
                  until: %s
                  message: stand still
                """.formatted(soon(from), soon(until));
    }

    @Test
    void whatWouldHoldOtherwiseIsAChangeToo() {
        enforce(policy("p", """
                - {name: one, effect: allow, override: true, approvals: none, obligations: {recording: strict, supervised: true}}
                """));
        PersonId asker = world.person("replayed", "developers");
        Instant since = world.database.read(rx -> rx.now());
        world.ask(asker, "ops", "web-1", HOUR);
        apply(policy(
                "p", "- {name: one, effect: allow, override: true, approvals: none, obligations: {supervised: true}}"));

        PolicyHistory.Replay same = replay("enforced", since);
        PolicyHistory.Replay changed = replay("draft", since);

        assertThat(same.changed()).isZero();
        assertThat(changed.changed()).isOne();
        assertThat(changed.changes().getFirst().nowBecause()).contains("recording: strict → not said");
    }

    /** Of three recorded requests one comes out as it did. */
    @Test
    void everyChangeIsListedOnceInOrderHoweverManyThereAre() {
        enforce(policy("p", "- {name: one, effect: allow, override: true, approvals: none}"));
        PersonId asker = world.person("prolific", "developers");
        Instant since = world.database.read(rx -> rx.now());
        copies(world.ask(asker, "ops", "web-1", HOUR), "i % 3 <> 0");
        copies(world.ask(asker, "ops", "web-1", Duration.ofMinutes(30)), "i % 3 = 0");
        apply(policy("p", """
                - {name: one, effect: allow, override: true, approvals: none}
                - {name: short, effect: deny, message: no longer than half an hour, when: request.duration > duration("30m")}
                """));
        List<String> expected =
                world.database.read(rx -> rx.list("""
                select i.request_id from request_item i join request r on r.id = i.request_id
                 where r.created_at >= ? and r.duration_ms = ? order by i.id desc
                """, row -> row.getString(1), since, HOUR.toMillis()));

        PolicyHistory.Replay first = replay("draft", since);
        var listed = new ArrayList<>(first.changes());
        int again = 0;
        for (Optional<ItemId> next = first.next(); next.isPresent(); ) {
            PolicyHistory.Replay part = replay("draft", new PolicyHistory.Part(since, next, PolicyHistory.CHANGES_MAX));
            listed.addAll(part.changes());
            again += part.decided();
            next = part.next();
        }

        assertThat(first.changed()).isEqualTo(expected.size()).isGreaterThan(3 * PolicyHistory.CHANGES_MAX);
        assertThat(first.changes()).hasSize(PolicyHistory.CHANGES_MAX);
        assertThat(listed).extracting(PolicyHistory.Change::request).containsExactlyElementsOf(expected);
        assertThat(again).as("later parts decide nothing twice").isLessThan(first.decided());
    }

    @Test
    void aPartOfAReplayThatNobodyCouldListIsRefused() {
        assertThatThrownBy(() -> new PolicyHistory.Part(Instant.EPOCH, Optional.empty(), 0))
                .hasMessage("limit: 0 (expected: 1 to 1000)");
        assertThatThrownBy(() -> new PolicyHistory.Part(Instant.EPOCH, Optional.empty(), 1_001))
                .hasMessage("limit: 1001 (expected: 1 to 1000)");
    }

    /** Of a request, as if it had been asked and withdrawn very often. */
    private void copies(Request request, String which) {
        world.arrange(tx -> {
            tx.update("""
                    insert into request (id, requester_id, identity_id, reason, duration_ms, decide_by, created_at)
                    select 'req_' || lpad(i::text, 26, '0'), requester_id, identity_id, reason, duration_ms, decide_by, created_at
                      from request, generate_series(1, 5000) i where id = ? and\s""" + which, request.id());
            tx.update("""
                    insert into request_item (id, request_id, role_id, role_name, target_id, target_name, state, decision, facts,
                                              policy_hash, decide_by, decided_at)
                    select 'itm_' || lpad(i::text, 26, '0'), 'req_' || lpad(i::text, 26, '0'), role_id, role_name, target_id,
                           target_name, 'withdrawn', decision, facts, policy_hash, decide_by, decide_by
                      from request_item, generate_series(1, 5000) i where request_id = ? and\s""" + which, request.id());
        });
    }

    private PolicyHistory.Replay replay(String set, Instant since) {
        return replay(set, PolicyHistory.Part.first(since));
    }

    private PolicyHistory.Replay replay(String set, PolicyHistory.Part part) {
        return world.database.read(rx -> PolicyHistory.replay(rx, world.policies, world.policies.named(rx, set), part));
    }

    private static String administration(String approvals) {
        return """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: closed}
                spec:
                  match: {targets: {type: sallyport}}
                  rules:
                    - {name: words, effect: allow, override: true, %s}
                """.formatted(approvals);
    }

    private static final String SERVICE = """
            apiVersion: sallyport/v1
            kind: DecisionService
            metadata: {name: desk}
            spec: {url: "https://desk.example.org/", default: deny}
            """;

    @Test
    void aServiceThatIsNotThereIsRefusedWhenItsPolicyIsEnforced() {
        apply(policy("p", "- {name: one, effect: allow, approvals: [{webhook: desk}]}"));

        refused(
                "policy.cannot-be-kept",
                "p/one wants the word of the decision service desk, and there is none",
                () -> world.policies.enforce(Actor.system("test"), "draft", "x"));
        apply(SERVICE);
        world.policies.enforce(Actor.system("test"), "draft", "x");

        assertThat(world.database.read(rx -> world.policies.enforced(rx)).services())
                .containsExactly(Map.entry("desk", "p/one"));
    }

    @Test
    void aServiceThatPoliciesNameIsNotDeletedAndOneThatNothingNamesIs() {
        enforceWith(SERVICE, policy("p", "- {name: one, effect: allow, approvals: [{webhook: desk}]}"));

        String named = pruned(policy("p", "- {name: one, effect: allow, approvals: [{webhook: desk}]}"));
        // the catalogue names it no more, the enforced set does
        String enforced = pruned(policy("p", "- {name: one, effect: allow, approvals: none}"));
        enforce(policy("p", "- {name: one, effect: allow, approvals: none}"));
        String free = pruned(policy("p", "- {name: one, effect: allow, approvals: none}"));

        assertThat(named).contains("DecisionService desk: still named by the enforced Policy p");
        assertThat(enforced).contains("DecisionService desk: still named by the enforced Policy p");
        assertThat(free).isEmpty();
        refused(
                "policy.cannot-be-kept",
                "decision service desk",
                () -> world.policies.rollBack(world.actor(lead), "back"));
    }

    private void enforceWith(String document, String policy) {
        apply(document);
        enforce(policy);
    }

    /** What keeps everything but this from being deleted. */
    private String pruned(String text) {
        return catalog.apply(world.actor(lead), List.of(new SourceFile("policies.yaml", text)), true, false)
                        instanceof CatalogAnswer.Unsound unsound
                ? unsound.errors().toString()
                : "";
    }

    @Test
    void whatIsOfferedSaysWhatToMind() {
        enforce(policy("p", """
                - name: one
                  effect: allow
                  approvals: [{groups: [leads], count: 2}]
                  obligations: {maxDuration: 20m, ticket: "OPS-[0-9]+", mfaWithin: 10m}
                """));

        Requests.Offer offer = offered("bare");

        assertThat(offer.stages()).extracting(ApprovalStage::shown).containsExactly("2 approvals by leads");
        assertThat(offer.decision().obligations().maxDuration()).isEqualTo(Duration.ofMinutes(20));
        assertThat(offer.decision().explanation())
                .contains("wants a ticket (expected: OPS-[0-9]+)", "wants a second factor no older than 10m");
    }

    @Test
    void whatIsDeniedOnlyForAsLongAsTheRoleAllowsIsOfferedForLess() {
        enforce(policy("p", """
                - {name: long, effect: deny, message: "no longer than an hour", when: 'request.duration > duration("1h")'}
                - {name: short, effect: allow, override: true, approvals: none}
                """));

        StoredDecision offer = offered("ops").decision();

        assertThat(offer.effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(offer.explanation()).last().isEqualTo("this is for 1h; for 8h: no longer than an hour");

        enforce(policy(
                "p", "- {name: never, effect: deny, message: never, when: 'request.duration > duration(\"1m\")'}"));
        assertThat(offered("ops").decision().explanation()).containsExactly("never");
    }

    private Requests.Offer offered(String role) {
        return world.requests.offers(dev, Search.on(Optional.of("web-1")), 10).stream()
                .filter(each -> each.role().name().equals(role))
                .findFirst()
                .orElseThrow();
    }
}
