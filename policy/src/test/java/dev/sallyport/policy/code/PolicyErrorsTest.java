package dev.sallyport.policy.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyErrorsTest {
    private static String with(String condition) {
        return Files.policy("- {name: r, effect: deny, message: no, when: '" + condition + "'}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            target.label.env == "prod"                              | 57 | target.label is not known (expected: name, type, environment, criticality, owner, labels; did you mean target.labels?)
            targt.name == "x"                                       | 51 | targt is not known (expected: principal, role, target, request, context, groups, constant, calendar, freeze; did you mean target?)
            context.incidents.exists(i, i.sevrity == "high")        | 80 | i.sevrity is not known (expected: id, severity, openedBy, confirmed, source, reference, responders, targets; did you mean i.severity?)
            has(context.device.managd)                              | 54 | context.device.managd is not known (expected: id, managed, compliant; did you mean context.device.managed?)
            context.risk == "x"                                     | 64 | == does not take (int, string) (expected: (any, any))
            context.risk + 1                                        | 64 | gives int (expected: bool)
            context.address.inNetwrk("10.0.0.0/8")                  | 75 | did you mean inNetwork?
            context.address.inNetwork("10.0.0.0/33")                | 77 | inNetwork "10.0.0.0/33" (expected: a network such as 10.0.0.0/8)
            target.name.matches("(")                                | 71 | matches "(" (expected: a pattern in RE2 syntax)
            context.time.getHours("Europe/Berln") > 3               | 73 | the time zone "Europe/Berln" is not known (expected: such as Europe/Berlin; did you mean Europe/Berlin?)
            request.duration < duration("1d")                       | 79 | duration "1d" (expected: hours, minutes and seconds, such as 1h30m)
            context.time > timestamp("today")                       | 76 | timestamp "today" (expected: such as 2027-01-31T08:00:00Z)
            constant.vendors == []                                  | 59 | constant.vendors is not known (expected: no name at all, for none is declared)
            dyn(target.name) == 3                                   | 54 | dyn() (expected: values that keep their types)
            target.name ==                                          | 65 | not a condition: mismatched input 'its end'
            """)
    void whatAConditionGetsWrongIsToldAtItsPlaceWithWhatIsKnownThere(String condition, int column, String message) {
        assertThat(Files.errors(with(condition)))
                .singleElement()
                .asString()
                .startsWith("f0.yaml:7:" + column + ": spec.rules.0.when: ")
                .contains(message);
    }

    @Test
    void placesAreRightInFoldedAndLiteralTexts() {
        String rules = """
                - name: r
                  effect: deny
                  message: no
                  when: >-
                    target.name == "a"
                    &&   target.lables.env == "prod"
                - name: s
                  effect: deny
                  message: no
                  when: |
                    true

                      || context.tme > context.time
                """;

        assertThat(Files.errors(Files.policy(rules)))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("f0.yaml:12:20: ").contains("target.labels?"),
                        second ->
                                assertThat(second).startsWith("f0.yaml:19:21: ").contains("context.time?"));
    }

    @Test
    void placesAreRightInQuotedTextsAndBehindLettersOutsideTheBasicPlane() {
        String rules = """
                - name: r
                  effect: deny
                  message: no
                  when: "target.name == \\"\uD83D\uDE00\\"\\n && target.labl == 'x'"
                - name: s
                  effect: deny
                  message: no
                  when: 'target.name == ''a'' && target.labl == "x"'
                """;

        assertThat(Files.errors(Files.policy(rules)))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("f0.yaml:10:46: ").contains("target.labels?"),
                        second ->
                                assertThat(second).startsWith("f0.yaml:14:44: ").contains("target.labels?"));
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        assertThat(Files.errors("""
                        apiVersion: sallyport/v1
                        kind: Policy
                        metadata: {name: p}
                        spec:
                          match: {role: [ops]}
                          rules:
                            - {name: a, effect: alow}
                            - {name: b, effect: deny, approval: none}
                        """))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("f0.yaml:5:11: spec.match.role: unknown key")
                        .contains("did you mean roles?"))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("f0.yaml:7:25: spec.rules.0.effect")
                        .contains("did you mean allow?"))
                .anySatisfy(error -> assertThat(error)
                        .startsWith("f0.yaml:8:31: spec.rules.1.approval: unknown key")
                        .contains("did you mean approvals?"))
                .hasSize(3);
    }

    @Test
    void anAllowSaysWhoseWordItNeedsOrThatItNeedsNone() {
        assertThat(Files.errors(Files.policy("- {name: r, effect: allow}")))
                .containsExactly(
                        "f0.yaml:7:7: spec.rules.0.approvals: missing (expected: stages, or none in so many words)");
        assertThat(Files.errors(Files.policy("- {name: r, effect: allow, approvals: []}")))
                .singleElement()
                .asString()
                .contains("an empty list (expected: stages, or none in so many words)");
        assertThat(Files.errors(Files.policy("- {name: r, effect: allow, approvals: [{count: 2}]}")))
                .singleElement()
                .asString()
                .contains("nobody (expected: groups, people, targetOwner, manager or webhook)");
        assertThat(Files.errors(Files.policy("- {name: r, effect: allow, approvals: [{people: [a], count: 2}]}")))
                .singleElement()
                .asString()
                .contains("2 of 1 (expected: no more than there are)");
        assertThat(Files.errors(Files.policy("- {name: r, effect: allow, approvals: none}")))
                .isEmpty();
    }

    @Test
    void aServiceStandsAloneAndNamesOthersWithoutATime() {
        String stages = "- {name: r, effect: allow, approvals: [%s]}";

        assertThat(Files.errors(Files.policy(stages.formatted("{webhook: desk, groups: [leads]}"))))
                .singleElement()
                .asString()
                .contains("webhook: stands beside others (expected: alone in its stage, and counts once)");
        assertThat(Files.errors(Files.policy(stages.formatted("{webhook: desk, escalateTo: {groups: []}}"))))
                .singleElement()
                .asString()
                .contains("escalateTo: nobody");
        assertThat(Files.errors(Files.policy(stages.formatted("{groups: [leads], escalateTo: {groups: [m]}}"))))
                .singleElement()
                .asString()
                .contains("escalateTo: stands without escalateAfter");
        assertThat(Files.errors(Files.policy(stages.formatted("{webhook: desk, escalateTo: {groups: [leads]}}"))))
                .isEmpty();
    }

    @Test
    void aFallbackComesAfterOthersAndNamesWhomItIsFor() {
        String stage = "- {name: r, effect: allow, approvals: [{groups: [leads], %s}]}";

        assertThat(Files.errors(Files.policy(stage.formatted("fallback: {after: 5m, groups: [oncall]}"))))
                .singleElement()
                .asString()
                .contains("fallback: stands without escalateTo (expected: both, as others are asked first)");
        assertThat(Files.errors(Files.policy(stage.formatted(
                        "escalateAfter: 5m, escalateTo: {groups: [m]}, fallback: {after: 5m, groups: []}"))))
                .singleElement()
                .asString()
                .contains("nobody (expected: groups that are authorised beforehand)");
        assertThat(Files.errors(Files.policy(
                        stage.formatted("escalateAfter: 5m, escalateTo: {groups: [m]}, fallback: {groups: [oncall]}"))))
                .singleElement()
                .asString()
                .contains("fallback.after: missing");
        assertThat(Files.errors(Files.policy(stage.formatted(
                        "escalateAfter: 5m, escalateTo: {groups: [m]}, fallback: {after: 5m, groups: [oncall]}"))))
                .isEmpty();
    }

    @Test
    void aDenyCarriesNothingOfAnAllowAndTheOtherWayRound() {
        assertThat(Files.errors(Files.policy("- {name: r, effect: deny, message: no, approvals: none}")))
                .singleElement()
                .asString()
                .contains("spec.rules.0.approvals: stands at a deny (expected: only at an allow)");
        assertThat(Files.errors(Files.policy("- {name: r, effect: allow, approvals: none, message: no}")))
                .singleElement()
                .asString()
                .contains("spec.rules.0.message: stands at an allow (expected: only at a deny)");
    }

    @Test
    void aFreezeSaysWhenAndNamesACalendarThatIsThere() {
        String freeze = """
                apiVersion: sallyport/v1
                kind: Freeze
                metadata: {name: night}
                spec: {message: later%s}
                """;

        assertThat(Files.errors(freeze.formatted("")))
                .singleElement()
                .asString()
                .contains("says no time");
        assertThat(Files.errors(freeze.formatted(", calendar: offce"), OFFICE))
                .singleElement()
                .asString()
                .contains("did you mean office?");
        assertThat(Files.errors(freeze.formatted(", calendar: office"), OFFICE)).isEmpty();
        assertThat(Files.errors(freeze.formatted(", from: 2027-01-02T00:00:00Z, until: 2027-01-01T00:00:00Z")))
                .singleElement()
                .asString()
                .contains("(expected: after from)");
    }

    @Test
    void conditionsKnowWhatOtherFilesDeclareWithItsType() {
        String constants = """
                apiVersion: sallyport/v1
                kind: Constants
                metadata: {name: company}
                spec: {values: {vendors: [acme], highRisk: 70}}
                """;

        assertThat(Files.errors(
                        constants,
                        OFFICE,
                        with("calendar.office && context.risk > constant.highRisk && \"acme\" in constant.vendors")))
                .isEmpty();
        assertThat(Files.errors(constants, with("constant.vendors > 3")))
                .singleElement()
                .asString()
                .contains("> does not take (list(string), int)");
        assertThat(Files.errors(constants, with("constant.vendor == []")))
                .singleElement()
                .asString()
                .contains("did you mean constant.vendors?");
        assertThat(Files.errors(constants, constants.replace("company", "other")))
                .hasSize(2)
                .allSatisfy(error -> assertThat(error).contains("stands in another document too"));
    }

    @Test
    void namesStandOnce() {
        String one = with("target.name == \"a\"");

        assertThat(Files.errors(one, one))
                .singleElement()
                .asString()
                .isEqualTo("f1.yaml:3:18: Policy p stands twice (expected: once; first at f0.yaml:3)");
        assertThat(Files.errors(Files.policy("- {name: r, effect: deny}\n- {name: r, effect: deny, message: no}")))
                .singleElement()
                .asString()
                .contains("\"r\" stands twice in this policy");
    }

    @Test
    void conditionsHaveLimits() {
        String three = "groups.all(a, groups.all(b, groups.all(c, a == b && b == c)))";
        String two = "groups.all(a, groups.all(b, a == b))";
        String deep = "(".repeat(60) + "true" + ")".repeat(60);
        String many = String.join(" || ", Collections.nCopies(150, "target.name == \"a\""));

        assertThat(Files.errors(with(three)))
                .singleElement()
                .asString()
                .contains("may cost")
                .contains("(expected: at most 200000,");
        assertThat(Files.errors(with(two))).isEmpty();
        assertThat(Files.errors(with(deep))).singleElement().asString().contains("recursion limit");
        assertThat(Files.errors(with("a".repeat(4_097))))
                .singleElement()
                .asString()
                .contains("a condition of at most 4096 characters");
        assertThat(Files.errors(with(many))).isEmpty();
    }

    /** A list of n numbers has n + 1 parts, comparing it with another two and the other one. */
    @Test
    void aConditionOfTooManyPartsIsRefusedThoughItIsShort() {
        String most = "[" + String.join(",", Collections.nCopies(Limits.CONDITION_PARTS - 3, "1")) + "] == []";
        String more = most.replace("] ==", ",1] ==");

        assertThat(more.length()).isLessThan(Limits.CONDITION);
        assertThat(Files.errors(with(most))).isEmpty();
        assertThat(Files.errors(with(more)))
                .singleElement()
                .asString()
                .startsWith("f0.yaml:7:")
                .contains(
                        "spec.rules.0.when: a condition of more than 1000 parts (expected: at most 1000 names, values and"
                                + " operators)");
    }

    @Test
    void aKindThatIsNotKnownIsGuessed() {
        assertThat(Files.errors("{apiVersion: sallyport/v1, kind: Polcy, metadata: {name: x}, spec: {}}"))
                .singleElement()
                .asString()
                .startsWith("f0.yaml:1:34: kind: \"Polcy\"")
                .contains("did you mean Policy?");
    }

    private static final String OFFICE = """
            apiVersion: sallyport/v1
            kind: Calendar
            metadata: {name: office}
            spec: {zone: Europe/Berlin, windows: [{days: [mon], from: "08:00", until: "18:00"}]}
            """;
}
