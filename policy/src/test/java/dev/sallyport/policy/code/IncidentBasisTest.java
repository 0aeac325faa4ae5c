package dev.sallyport.policy.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.policy.Access;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which rulings rest on open incidents, and what follows. */
class IncidentBasisTest {
    private static final String NORMAL =
            "- {name: normal, effect: allow, approvals: [{groups: [leads]}], obligations: {maxDuration: 8h}}\n";

    private static final String AT_ONCE = """
            - name: responders
              when: context.incidents.exists(i, principal.name in i.responders)
              effect: allow
              override: true
              approvals: none
            """;

    private static String with(String incidents) {
        return "{context: {incidents: [" + incidents + "]}, request: {duration: 30m, reason: it burns}}";
    }

    private static String incident(String id, String more) {
        return "{id: " + id + ", severity: high, responders: [dev]" + more + "}";
    }

    @Test
    void nobodysWordBecauseOfAnIncidentCountsAsAnEmergency() {
        Ruling ruling = Files.decide(Files.policy(NORMAL + AT_ONCE), with(incident("a", "")));

        assertThat(ruling.isAutomaticInIncident()).isTrue();
        assertThat(ruling.incidents()).containsExactly("a");
        assertThat(ruling.demands().longest()).isEqualTo(Duration.ofHours(1));
        assertThat(ruling.demands().access()).contains(Access.GATEWAY);
        assertThat(ruling.demands().postReview()).isTrue();
        assertThat(ruling.sentences().getLast())
                .isEqualTo("it rests on the open incident a, counts as an emergency and is reviewed");
    }

    @Test
    void whatWouldBeGrantedAnywayRestsOnNoIncident() {
        Ruling ruling = Files.decide(
                Files.policy("- {name: anybody, effect: allow, approvals: none}\n" + AT_ONCE), with(incident("a", "")));

        assertThat(ruling.effect()).isEqualTo(Ruling.Effect.ALLOW);
        assertThat(ruling.incidents()).isEmpty();
        assertThat(ruling.demands().postReview()).isFalse();
    }

    @Test
    void aRuleThatAsksMoreDuringAnIncidentRestsOnNone() {
        Ruling ruling = Files.decide(
                Files.policy(
                        NORMAL
                                + "- {name: more, when: 'context.incidents.size() > 0', effect: allow, approvals: [{groups: [security]}]}"),
                with(incident("a", "")));

        assertThat(ruling.stages()).hasSize(2);
        assertThat(ruling.incidents()).isEmpty();
    }

    @Test
    void aRuleThatAsksFewerRestsOnItAndIsNoEmergency() {
        Ruling ruling = Files.decide(
                Files.policy(NORMAL.replace("[leads]", "[leads], count: 2")
                        + AT_ONCE.replace("approvals: none", "approvals: [{groups: [leads]}]")),
                with(incident("a", "")));

        assertThat(ruling.effect()).isEqualTo(Ruling.Effect.APPROVAL);
        assertThat(ruling.incidents()).containsExactly("a");
        assertThat(ruling.isAutomaticInIncident()).isFalse();
        assertThat(ruling.demands().postReview()).isFalse();
    }

    @Test
    void itRestsOnEachThatIsEnoughByItself() {
        Ruling ruling = Files.decide(
                Files.policy(NORMAL + AT_ONCE),
                with(incident("a", "") + ", {id: b, severity: low}, " + incident("c", "")));

        assertThat(ruling.incidents()).containsExactly("a", "c");
    }

    @Test
    void whereNoneIsEnoughByItselfItRestsOnAll() {
        Ruling ruling = Files.decide(
                Files.policy(
                        NORMAL
                                + "- {name: two, when: 'context.incidents.size() > 1', effect: allow, override: true, approvals: none}"),
                with(incident("a", "") + ", " + incident("b", "")));

        assertThat(ruling.incidents()).containsExactly("a", "b");
    }

    @Test
    void whatTheAskerOpenedIsThereOnceItIsConfirmed() {
        String own = incident("a", ", openedBy: dev");

        assertThat(Files.decide(Files.policy(NORMAL + AT_ONCE), with(own)).effect())
                .isEqualTo(Ruling.Effect.APPROVAL);
        assertThat(Files.decide(Files.policy(NORMAL + AT_ONCE), with(incident("a", ", openedBy: dev, confirmed: true")))
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
        assertThat(Files.decide(Files.policy(NORMAL + AT_ONCE), with(incident("a", ", openedBy: eve")))
                        .effect())
                .isEqualTo(Ruling.Effect.ALLOW);
    }

    @Test
    void aDenyThatAnIncidentLiftsIsABasisForAsLongAsItIsOpen() {
        PolicySet set = Files.set(Files.policy("- {name: normal, effect: allow, approvals: none}\n"
                + "- {name: closed, when: 'context.incidents.size() == 0', effect: deny, message: closed}"));
        Question open = Files.question(with(incident("a", "")));
        Question other = Files.question(with(incident("b", "")));

        assertThat(set.decide(open, Files.NOON).incidents()).containsExactly("a");
        assertThat(isStill(set, open)).isTrue();
        assertThat(isStill(set, other))
                .as("another incident lifts it, and not the one it was granted for")
                .isFalse();
    }

    @Test
    void whatDemandsLessDuringAnIncidentRestsOnItAndIsAnEmergency() {
        Ruling ruling = Files.decide(
                Files.policy(
                        "- {name: normal, effect: allow, approvals: none, obligations: {access: gateway, recording: strict}}\n"
                                + AT_ONCE),
                with(incident("a", "")));

        assertThat(ruling.incidents()).containsExactly("a");
        assertThat(ruling.isAutomaticInIncident()).isTrue();
        assertThat(ruling.demands().access()).contains(Access.GATEWAY);
    }

    private static boolean isStill(PolicySet set, Question question) {
        return IncidentBasis.isStill(
                java.util.List.of("a"),
                question,
                asked -> new Deciding(asked, Files.NOON, set.declared()).by(set.rules(), Demands.NONE));
    }
}
