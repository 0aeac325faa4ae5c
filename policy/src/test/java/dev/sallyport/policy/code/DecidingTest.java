package dev.sallyport.policy.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.policy.Access;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecidingTest {
    private static final String ALLOW = "- {name: a, effect: allow, approvals: none}\n";

    @Test
    void withoutARuleThereIsNoAccess() {
        Ruling ruling = Files.decide(Files.policy("p", "{roles: [other]}", ALLOW), "{}");

        assertThat(ruling.effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(ruling.sentences()).containsExactly("no policy allows ops on web-1 to you now");
        assertThat(ruling.trace()).isEmpty();
    }

    @Test
    void anAllowThatAsksNobodyAllows() {
        assertThat(Files.decide(Files.policy(ALLOW), "{}").effect()).isEqualTo(Ruling.Effect.ALLOW);
    }

    @Test
    void denyBeatsAllowAndOverrides() {
        Ruling ruling = Files.decide(
                Files.policy(
                        "- {name: a, effect: allow, approvals: none, override: true}\n- {name: d, effect: deny, message: not today}"),
                "{}");

        assertThat(ruling.effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(ruling.sentences()).containsExactly("not today");
        assertThat(ruling.matched()).containsExactly("p/a", "p/d");
    }

    @Test
    void aDenyThatErrsMatchesAndAnAllowThatErrsDoesNot() {
        String errs = "when: context.risk > 50";

        Ruling deny = Files.decide(Files.policy(ALLOW + "- {name: d, effect: deny, message: no, " + errs + "}"), "{}");
        Ruling allow = Files.decide(Files.policy("- {name: a, effect: allow, approvals: none, " + errs + "}"), "{}");

        assertThat(deny.effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(deny.trace().getLast().why())
                .startsWith("its condition erred, and a deny that errs matches: key 'risk'");
        assertThat(allow.effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(allow.trace().getFirst().why())
                .startsWith("its condition erred, and an allow that errs does not match");
        assertThat(Files.decide(
                                Files.policy("- {name: a, effect: allow, approvals: none, " + errs + "}"),
                                "{context: {risk: 60}}")
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
    }

    @Test
    void aConditionThatGoesOnForTooLongErrs() {
        String pairs = "when: 'groups.all(a, groups.all(b, a == b || a != b))'";
        String many = java.util.stream.IntStream.range(0, 150)
                .mapToObj(i -> "g" + i)
                .collect(java.util.stream.Collectors.joining(", ", "{principal: {groups: [", "]}}"));
        String deny = Files.policy(ALLOW + "- {name: d, effect: deny, message: no, " + pairs + "}");
        String allow = Files.policy("- {name: a, effect: allow, approvals: none, " + pairs + "}");

        assertThat(Files.decide(allow, "{principal: {groups: [devs, leads]}}").effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(Files.decide(allow, many).effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(Files.decide(deny, many).sentences()).containsExactly("no");
        assertThat(Files.decide(deny, many).trace())
                .anySatisfy(step -> assertThat(step.why()).contains("a deny that errs matches"));
    }

    @Test
    void peopleAreRemindedAsOftenAsEitherRuleSays() {
        String rule = "- {name: %s, effect: allow, approvals: [{groups: [leads]%s}]}\n";
        String often = ", remind: {every: 5m}";
        String many = ", remind: {every: 1h, times: 10}";
        String never = ", remind: {times: 0}";

        assertThat(reminders(rule.formatted("one", ""))).isEmpty();
        assertThat(reminders(rule.formatted("one", often) + rule.formatted("two", many)))
                .contains(new Stage.Reminders(Duration.ofMinutes(5), 10));
        assertThat(reminders(rule.formatted("one", never) + rule.formatted("two", "")))
                .contains(Stage.Reminders.USUAL);
        assertThat(reminders(rule.formatted("one", never) + rule.formatted("two", never))
                        .orElseThrow()
                        .times())
                .isZero();
        assertThat(Files.errors(Files.policy(rule.formatted("one", ", remind: {every: 10s}"))))
                .singleElement()
                .asString()
                .contains("remind.every");
        assertThat(Files.errors(Files.policy(rule.formatted("one", ", remind: {times: 21}"))))
                .singleElement()
                .asString()
                .contains("remind.times");
    }

    private static Optional<Stage.Reminders> reminders(String rules) {
        return Files.decide(Files.policy(rules), "{}").stages().getFirst().reminders();
    }

    @Test
    void twoRulesThatWantAServiceAndTheSameOthersKeepThem() {
        String rule = "- {name: %s, effect: allow, approvals: [{webhook: desk, escalateTo: {groups: [%s]}}]}\n";

        Ruling same = Files.decide(Files.policy(rule.formatted("one", "m") + rule.formatted("two", "m")), "{}");
        Ruling other = Files.decide(Files.policy(rule.formatted("one", "m") + rule.formatted("two", "n")), "{}");

        assertThat(same.stages()).singleElement().satisfies(stage -> {
            assertThat(stage.shown()).isEqualTo("1 approval by the service desk");
            assertThat(stage.escalateTo()).contains(Stage.Approvers.of("m"));
        });
        assertThat(other.stages())
                .singleElement()
                .satisfies(stage -> assertThat(stage.escalateTo()).isEmpty());
    }

    @Test
    void aDenyThatOnlyWarnsDeniesWhatIsAskedAndLeavesWhatRuns() {
        String rules = ALLOW + "- {name: d, effect: deny, running: warn, message: too many}";

        Ruling asked = Files.decide(Files.policy(rules), "{}");
        Ruling runs = Files.set(Files.policy(rules)).decide(Files.question(Action.HOLD, "{}"), Files.NOON);

        assertThat(asked.effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(asked.warnings()).isEmpty();
        assertThat(runs.effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(runs.warnings()).containsExactly("too many");
        assertThat(runs.matched()).containsExactly("p/a", "p/d");
    }

    @Test
    void obligationsMergeToTheStrictest() {
        Ruling ruling = Files.decide(Files.policy("""
                - name: one
                  effect: allow
                  approvals: none
                  obligations: {maxDuration: 4h, mfaWithin: 1h, reason: optional, ticket: "OPS-[0-9]+", recording: best-effort, notify: [security], cut: poll}
                - name: two
                  effect: allow
                  approvals: none
                  obligations: {maxDuration: 2h, mfaWithin: 2h, reason: required, ticket: ".*-7", recording: strict, supervised: true, access: gateway, notify: [audit], cut: instant, postReview: true}
                """), "{request: {ticket: OPS-7}, context: {mfaAge: 5m}}");

        assertThat(ruling.effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(ruling.demands().longest()).isEqualTo(Duration.ofHours(2));
        assertThat(ruling.demands().mfaWithin()).contains(Duration.ofHours(1));
        assertThat(ruling.demands().needsReason()).isTrue();
        assertThat(ruling.demands().tickets()).containsExactly(".*-7", "OPS-[0-9]+");
        assertThat(ruling.demands().access()).contains(Access.GATEWAY);
        assertThat(ruling.demands().notified()).containsExactly("audit", "security");
        assertThat(ruling.demands().tree())
                .containsEntry("recording", "strict")
                .containsEntry("cut", "instant")
                .containsEntry("supervised", true)
                .containsEntry("post_review", true);
    }

    @Test
    void whatIsAskedMustMeetTheObligationsAndTheAnswerSaysHow() {
        String policy = Files.policy("""
                - name: a
                  effect: allow
                  approvals: none
                  obligations: {maxDuration: 4h, mfaWithin: 15m, ticket: "OPS-[0-9]+"}
                """);

        assertThat(Files.decide(policy, "{request: {duration: 8h, reason: '', ticket: x}, context: {mfaAge: 16m}}")
                        .sentences())
                .containsExactly(
                        "at most 4h; you asked 8h",
                        "a reason is required",
                        "ticket: \"x\" (expected: OPS-[0-9]+)",
                        "show a second factor first, then ask within 15m");
        assertThat(Files.decide(policy, "{}").sentences())
                .containsExactly(
                        "a ticket is required (expected: OPS-[0-9]+)",
                        "show a second factor first, then ask within 15m");
        assertThat(Files.decide(policy, "{request: {ticket: OPS-1}, context: {mfaAge: 15m}}")
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
    }

    @Test
    void everyRulesStagesCountAndTheLargerQuorumOfTheSamePeople() {
        Ruling ruling = Files.decide(Files.policy("""
                - {name: one, effect: allow, approvals: [{groups: [leads]}, {groups: [security], escalateAfter: 2h, escalateTo: {groups: [chiefs]}}]}
                - {name: two, effect: allow, approvals: [{groups: [leads], count: 2, escalateAfter: 30m}, {targetOwner: true}]}
                - {name: three, effect: allow, approvals: none}
                """), "{}");

        assertThat(ruling.effect()).isEqualTo(Ruling.Effect.APPROVAL);
        assertThat(ruling.stages())
                .extracting(stage -> stage.position() + ": " + stage.shown())
                .containsExactly(
                        "1: 2 approvals by leads", "2: 1 approval by security", "2: 1 approval by the target's owner");
        assertThat(ruling.stages().getFirst().escalateAfter()).isEmpty();
        assertThat(ruling.stages().get(1).escalateTo()).contains(Stage.Approvers.of("chiefs"));
    }

    @Test
    void aFallbackHoldsOnlyWhereEveryRuleOfTheStageSaysTheSame() {
        String leads =
                "- {name: %s, effect: allow, approvals: [{groups: [leads], escalateAfter: 1m, escalateTo: {groups: [m]}, fallback: {after: %s, groups: [%s]}}]}\n";

        Stage both = Files.decide(
                        Files.policy(leads.formatted("a", "5m", "oncall") + leads.formatted("b", "9m", "oncall")), "{}")
                .stages()
                .getFirst();
        Stage others = Files.decide(
                        Files.policy(leads.formatted("a", "5m", "oncall") + leads.formatted("b", "5m", "devs")), "{}")
                .stages()
                .getFirst();

        assertThat(both.fallback()).contains(new Stage.Fallback(Duration.ofMinutes(9), List.of("oncall")));
        assertThat(others.fallback()).isEmpty();
    }

    @Test
    void anOverrideReplacesOtherAllowsWithTheirObligations() {
        Ruling ruling = Files.decide(Files.policy("""
                - {name: normal, effect: allow, approvals: [{groups: [leads]}], obligations: {maxDuration: 30m}}
                - {name: oncall, effect: allow, override: true, approvals: none, when: '"devs" in groups'}
                """), "{}");

        assertThat(ruling.effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(ruling.trace()).extracting(Step::came).containsExactly(Step.Came.REPLACED, Step.Came.MATCHED);
    }

    @Test
    void whoIsNotEligibleOrNotActiveGetsNothing() {
        assertThat(Files.decide(Files.policy(ALLOW), "{principal: {eligible: false}}")
                        .sentences())
                .containsExactly("you are not eligible for ops on web-1");
        assertThat(Files.decide(Files.policy(ALLOW), "{principal: {active: false}}")
                        .effect())
                .isEqualTo(Ruling.Effect.DENY);
    }

    @Test
    void matchChoosesByRoleTargetAndAction() {
        PolicySet set = Files.set(Files.policy(
                "p", "{roles: [ops, dba], targets: {type: ssh, labels: {env: prod}}, actions: [request]}", ALLOW));

        assertThat(set.decide(Files.question("{}"), Files.NOON).effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(set.decide(Files.question("{role: {name: root}}"), Files.NOON)
                        .effect())
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(set.decide(Files.question("{target: {labels: {env: test}}}"), Files.NOON)
                        .effect())
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(set.decide(Files.question(Action.EXTEND, "{}"), Files.NOON).effect())
                .isEqualTo(Ruling.Effect.DENY);
    }

    @Test
    void theProductItselfIsNeverMeantByAnyTarget() {
        String itself = "{target: {name: sallyport, type: sallyport}}";

        assertThat(Files.decide(Files.policy(ALLOW), itself).effect()).isEqualTo(Ruling.Effect.DENY);
        assertThat(Files.decide(Files.policy("p", "{targets: {labels: {env: prod}}}", ALLOW), itself)
                        .effect())
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(Files.decide(Files.policy("p", "{targets: {names: [sallyport]}}", ALLOW), itself)
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
    }

    @Test
    void whatRunsIsHeldWithoutApprovalAgainAndEndsWhenNothingAllowsItAnyMore() {
        String policy = Files.policy(
                "- {name: a, effect: allow, approvals: [{groups: [leads]}], obligations: {maxDuration: 5m}, when: '\"devs\" in groups'}");

        assertThat(Files.set(policy)
                        .decide(Files.question(Action.HOLD, "{}"), Files.NOON)
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(Files.set(policy)
                        .decide(Files.question(Action.HOLD, "{principal: {groups: []}}"), Files.NOON)
                        .effect())
                .isEqualTo(Ruling.Effect.DENY);
    }

    @Test
    void aRequesterReadsNothingOfRulesAndOfOtherPeople() {
        Ruling ruling = Files.decide(
                Files.policy(
                        "secret-watchlist",
                        "{}",
                        ALLOW + "- {name: suspects, effect: deny, when: 'principal.name in [\"dev\", \"eve\"]'}"),
                "{}");

        assertThat(ruling.sentences()).containsExactly("policy does not allow ops on web-1 now");
        assertThat(ruling.trace().getLast().rule()).isEqualTo("secret-watchlist/suspects");
    }

    @Test
    void incidentsNetworksDevicesAndClaimsAreFacts() {
        String policy = Files.policy("""
                - name: a
                  effect: allow
                  approvals: none
                  when: >-
                    context.incidents.exists(i, i.severity == "high" && principal.name in i.responders && i.openedBy != principal.name)
                    && context.address.inNetwork("10.0.0.0/8") && context.device.managed && principal.claims.ref == "refs/heads/main"
                """);
        String facts =
                "{principal: {claims: {ref: refs/heads/main}}, context: {address: %s, device: {id: x, managed: true}, incidents: [{id: i, severity: high, openedBy: %s, responders: [dev]}]}}";

        assertThat(Files.decide(policy, facts.formatted("10.1.2.3", "eve")).effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(Files.decide(policy, facts.formatted("11.1.2.3", "eve")).effect())
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(Files.decide(policy, facts.formatted("10.1.2.3", "dev")).effect())
                .isEqualTo(Ruling.Effect.DENY);
        assertThat(Files.decide(policy, facts.formatted("'nowhere'", "eve")).effect())
                .isEqualTo(Ruling.Effect.DENY);
    }

    @Test
    void theAnswerAsDataHasStableWords() {
        var tree = Files.decide(
                        Files.policy("- {name: a, effect: allow, approvals: [{groups: [leads], count: 2}]}"), "{}")
                .tree();

        assertThat(tree.keySet()).containsExactly("effect", "stages", "obligations", "explanation", "trace");
        assertThat(tree)
                .containsEntry("effect", "approval")
                .containsEntry("explanation", List.of("needs 2 approvals by leads"));
    }
}
