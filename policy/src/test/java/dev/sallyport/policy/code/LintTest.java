package dev.sallyport.policy.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LintTest {
    private static List<String> lint(String... texts) {
        PolicyFiles files = Files.read(texts);
        assertThat(files.errors()).isEmpty();
        return files.lint().stream().map(Lint::toString).toList();
    }

    private static String deny(String condition) {
        return Files.policy(
                "p",
                "{roles: [ops], targets: {labels: {env: prod}}}",
                "- {name: r, effect: deny, message: no, when: '" + condition + "'}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "target.name == \"a\" && target.name == \"b\"",
                "request.breakGlass && (\"devs\" in groups && !request.breakGlass)",
                "context.risk > 80 && context.risk <= 80",
                "context.risk == 3 && context.risk == 4",
                "target.labels.env == \"test\"",
                "role.name == \"dba\"",
                "\"devs\" in groups && false"
            })
    void aConditionThatCanNeverHoldIsFound(String condition) {
        assertThat(lint(deny(condition)))
                .singleElement()
                .asString()
                .startsWith("f0.yaml:7:14: p/r can never hold: ")
                .endsWith("[never-true]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "target.name == \"a\" || target.name == \"b\"",
                "context.risk > 20 && context.risk < 80",
                "role.name == \"ops\" && target.labels.env == \"prod\"",
                "request.breakGlass && !principal.workload",
                "!has(context.device.managed) || context.device.managed",
                "!has(context.risk) && request.breakGlass"
            })
    void aConditionThatCanHoldIsNot(String condition) {
        assertThat(lint(deny(condition))).isEmpty();
    }

    @Test
    void anAllowThatADenyOrAnOverrideCoversIsUnreachable() {
        String allow = Files.policy(
                "a", "{roles: [ops], targets: {names: [web-1]}}", "- {name: r, effect: allow, approvals: none}");

        assertThat(lint(allow, Files.policy("d", "{roles: [ops, dba]}", "- {name: r, effect: deny, message: no}")))
                .singleElement()
                .asString()
                .contains("a/r never counts: d/r denies all that it allows")
                .endsWith("[unreachable]");
        assertThat(lint(
                        allow,
                        Files.policy(
                                "o",
                                "{roles: [ops], targets: {names: [web-1, web-2]}}",
                                "- {name: r, effect: allow, override: true, approvals: none}")))
                .singleElement()
                .asString()
                .contains("a/r never counts: o/r overrides");
        assertThat(lint(allow, Files.policy("d", "{roles: [dba]}", "- {name: r, effect: deny, message: no}")))
                .isEmpty();
    }

    @Test
    void anAllowOfEverythingIsTooBroad() {
        assertThat(lint(Files.policy("- {name: r, effect: allow, approvals: none}")))
                .singleElement()
                .asString()
                .contains("p/r grants every role on every target without condition and without approval")
                .endsWith("[over-broad]");
        assertThat(lint(Files.policy("- {name: r, effect: allow, approvals: [{groups: [leads]}]}")))
                .isEmpty();
        assertThat(lint(Files.policy(
                        "p",
                        "{roles: [ops], targets: {labels: {env: test}}}",
                        "- {name: r, effect: allow, approvals: none}")))
                .isEmpty();
    }

    @Test
    void aDenyTellsWhyAndDeclaredNamesAreUsed() {
        String constants = """
                apiVersion: sallyport/v1
                kind: Constants
                metadata: {name: c}
                spec: {values: {used: 3, spare: 4}}
                ---
                apiVersion: sallyport/v1
                kind: Calendar
                metadata: {name: office}
                spec: {zone: UTC, windows: [{days: [mon]}]}
                """;

        assertThat(lint(constants, Files.policy("- {name: r, effect: deny, when: context.risk > constant.used}")))
                .satisfiesExactly(
                        spare -> assertThat(spare)
                                .contains("constant.spare is used nowhere")
                                .endsWith("[unused]"),
                        office -> assertThat(office)
                                .contains("calendar.office is used nowhere")
                                .endsWith("[unused]"),
                        rule -> assertThat(rule).endsWith("[no-message]"));
    }

    @Test
    void aDecisionServiceOrAGroupToFallBackToThatIsNotThereIsNamed() {
        String services = """
                {apiVersion: sallyport/v1, kind: DecisionService, metadata: {name: risk-desk}, spec: {}}
                ---
                {apiVersion: sallyport/v1, kind: NotificationChannel, metadata: {name: mail}, spec: {}}
                ---
                {apiVersion: sallyport/v1, kind: Group, metadata: {name: leads}, spec: {}}
                """;
        String sound = Files.policy("p", "{roles: [ops]}", """
                - name: r
                  effect: allow
                  approvals:
                    - {webhook: risk-desk, escalateTo: {groups: [leads]}}
                    - groups: [leads]
                      escalateAfter: 5m
                      escalateTo: {groups: [leads]}
                      fallback: {after: 5m, groups: [leads]}
                """);

        assertThat(lint(services, sound)).isEmpty();
        assertThat(lint(services, sound.replace("webhook: risk-desk", "webhook: risk-deks")))
                .singleElement()
                .asString()
                .contains("names the DecisionService risk-deks, which is not there; did you mean risk-desk?")
                .endsWith("[unknown-name]");
        assertThat(lint(services, sound.replace("after: 5m, groups: [leads]", "after: 5m, groups: [leeds]")))
                .singleElement()
                .asString()
                .contains("names the Group leeds");
        assertThat(lint(sound)).as("nothing is known of services here").isEmpty();
    }

    @Test
    void namesAreComparedWithTheCatalogueThatStandsBeside() {
        String catalogue = """
                {apiVersion: sallyport/v1, kind: Role, metadata: {name: ops}, spec: {}}
                ---
                {apiVersion: sallyport/v1, kind: Role, metadata: {name: forgotten}, spec: {}}
                ---
                {apiVersion: sallyport/v1, kind: Group, metadata: {name: leads}, spec: {}}
                ---
                {apiVersion: sallyport/v1, kind: Target, metadata: {name: web-1, labels: {env: prod}}, spec: {type: ssh}}
                ---
                {apiVersion: sallyport/v1, kind: Eligibility, metadata: {name: e}, spec: {role: ops}}
                """;
        String sound = Files.policy(
                "p",
                "{roles: [ops], targets: {labels: {env: prod}}}",
                "- {name: r, effect: allow, approvals: [{groups: [leads]}]}");

        assertThat(lint(catalogue, sound))
                .singleElement()
                .asString()
                .contains("nobody may ask for the role forgotten")
                .endsWith("[unreachable-role]");
        assertThat(lint(catalogue, sound.replace("[ops]", "[opps]")))
                .anySatisfy(lint -> assertThat(lint)
                        .contains("names the Role opps, which is not there; did you mean ops?")
                        .endsWith("[unknown-name]"));
        assertThat(lint(catalogue, sound.replace("[leads]", "[lead]")))
                .anySatisfy(lint -> assertThat(lint).contains("did you mean leads?"));
        assertThat(lint(catalogue, sound.replace("env: prod", "env: qa")))
                .anySatisfy(lint -> assertThat(lint).contains("speaks of no target that is there"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"leeds\" in groups",
                "!(\"leeds\" in principal.groups) && request.breakGlass",
                "groups.exists(g, g == \"leeds\")",
                "principal.groups.all(g, g in [\"leads\", \"leeds\"])",
                "[\"leeds\"].exists(g, g in groups) || \"leeds\" in groups",
            })
    void groupsThatAConditionNamesAreComparedToo(String condition) {
        String leads = "{apiVersion: sallyport/v1, kind: Group, metadata: {name: leads}, spec: {}}";

        assertThat(lint(leads, deny(condition)))
                .singleElement()
                .asString()
                .contains("names the Group leeds, which is not there; did you mean leads?")
                .endsWith("[unknown-name]");
        assertThat(lint(leads, deny(condition.replace("leeds", "leads")))).isEmpty();
        assertThat(lint(deny(condition))).as("nothing is known of groups").isEmpty();
    }

    @Test
    void peopleRolesAndTargetsThatAConditionNamesAreComparedToo() {
        String catalogue = """
                {apiVersion: sallyport/v1, kind: Role, metadata: {name: ops}, spec: {}}
                ---
                {apiVersion: sallyport/v1, kind: Person, metadata: {name: ann}, spec: {}}
                ---
                {apiVersion: sallyport/v1, kind: Target, metadata: {name: web-1, labels: {env: prod}}, spec: {type: ssh}}
                """;

        assertThat(
                        lint(
                                catalogue,
                                deny(
                                        "\"any\" != principal.manager && (target.name in [\"web-1\", \"web-l\"] || role.name == \"ops\")")))
                .hasSize(2)
                .anySatisfy(lint ->
                        assertThat(lint).contains("names the Person any, which is not there; did you mean ann?"))
                .anySatisfy(lint -> assertThat(lint).contains("names the Target web-l, which is not there"));
        // names of other things, and what only looks like one
        assertThat(lint(catalogue, deny("target.labels.env in [\"prod\"] && principal.attributes.team == \"web\"")))
                .isEmpty();
    }
}
