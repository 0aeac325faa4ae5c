package dev.sallyport.policy.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Sets and questions by chance: what must hold for every one of them. */
class RandomPoliciesTest {
    private static final int QUESTIONS = 40;
    private static final List<Action> ACTIONS = List.of(Action.values());
    private static final String[] CONDITIONS = {
        "",
        "context.risk > 50",
        "\"devs\" in groups",
        "target.labels.env == \"prod\"",
        "request.breakGlass",
        "context.mfaAge < duration(\"10m\")",
        "target.labels.tier == \"1\"",
        "context.time.getHours(\"UTC\") < 12"
    };
    private static final String[] APPROVALS = {
        "none",
        "[{groups: [leads]}]",
        "[{groups: [leads], count: 2}, {targetOwner: true}]",
        "[{people: [eve, dan], count: 2}]"
    };
    private static final String[] MATCHES = {
        "{}",
        "{roles: [ops]}",
        "{roles: [dba, ops], targets: {labels: {env: prod}}}",
        "{targets: {names: [web-1, db-1]}}",
        "{targets: {type: ssh}}",
        "{targets: {labels: {env: test, tier: '1'}}}"
    };
    private static final String[] FACTS = {
        "{}",
        "{context: {risk: 70}}",
        "{context: {mfaAge: 5m}}",
        "{role: {name: dba}, target: {name: db-1, labels: {env: test, tier: '1'}}}",
        "{request: {breakGlass: true, duration: 3h}}",
        "{principal: {groups: []}}",
        "{target: {name: x}}"
    };

    @RepeatedTest(25)
    void holdsForEverySet(RepetitionInfo info) {
        long seed = 20_261_126L + info.getCurrentRepetition();
        var random = new Random(seed);
        List<String> policies = policies(random);
        PolicySet set = Files.set(policies.toArray(String[]::new));
        var shuffled = new ArrayList<>(policies);
        Collections.shuffle(shuffled, random);
        PolicySet same = Files.set(shuffled.toArray(String[]::new));

        assertThat(same.hash()).as("seed %d", seed).isEqualTo(set.hash());
        for (int i = 0; i < QUESTIONS; i++) {
            Question question =
                    Files.question(ACTIONS.get(random.nextInt(ACTIONS.size())), FACTS[random.nextInt(FACTS.length)]);
            Instant now = Files.NOON.plus(Duration.ofMinutes(random.nextInt(100_000)));
            Ruling ruling = set.decide(question, now);
            assertThat(same.decide(question, now))
                    .as("seed %d, order of files", seed)
                    .isEqualTo(ruling);
            assertThat(set.decide(question, now)).as("seed %d, again", seed).isEqualTo(ruling);
            assertThat(everyRule(set, question, now)).as("seed %d, index", seed).isEqualTo(ruling);
            sound(set, question, now, ruling, "seed " + seed + ", " + ruling);
        }
    }

    private static void sound(PolicySet set, Question question, Instant now, Ruling ruling, String which) {
        boolean denied = ruling.trace().stream().anyMatch(step -> step.denies() && step.came() == Step.Came.MATCHED);
        List<Rule> counted = set.rules().stream()
                .filter(rule -> !rule.denies() && ruling.matched().contains(rule.id()))
                .toList();
        if (denied || counted.isEmpty()) {
            assertThat(ruling.effect()).as(which).isEqualTo(Ruling.Effect.DENY);
        }
        if (ruling.effect() == Ruling.Effect.ALLOW && question.action() != Action.HOLD) {
            assertThat(counted)
                    .as(which)
                    .isNotEmpty()
                    .allSatisfy(rule -> assertThat(rule.stages()).isEmpty());
            assertThat(question.duration())
                    .as(which)
                    .isLessThanOrEqualTo(ruling.demands().longest());
        }
        if (ruling.effect() == Ruling.Effect.APPROVAL) {
            assertThat(ruling.stages()).as(which).isNotEmpty();
            counted.forEach(rule -> assertThat(rule.stages())
                    .as(which)
                    .allSatisfy(stage -> assertThat(ruling.stages()).anySatisfy(merged -> {
                        assertThat(merged.by()).isEqualTo(stage.by());
                        assertThat(merged.position()).isEqualTo(stage.position());
                        assertThat(merged.count()).isGreaterThanOrEqualTo(stage.count());
                    })));
        }
        counted.forEach(rule -> rule.demands()
                .maxDuration()
                .ifPresent(
                        most -> assertThat(ruling.demands().longest()).as(which).isLessThanOrEqualTo(most)));
        ruling.again().ifPresent(again -> {
            assertThat(again).as(which).isAfter(now);
            Ruling before = set.decide(question, again.minusMillis(1));
            assertThat(before.effect())
                    .as("before it is looked at again, nothing changes: " + which)
                    .isEqualTo(ruling.effect());
            assertThat(before.matched()).as(which).isEqualTo(ruling.matched());
        });
    }

    /** As the set decides, without its index. */
    private static Ruling everyRule(PolicySet set, Question question, Instant now) {
        return new Deciding(question, now, set.declared())
                .by(
                        set.rules().stream()
                                .filter(rule -> rule.match().includes(question))
                                .toList(),
                        Demands.NONE);
    }

    private static List<String> policies(Random random) {
        var policies = new ArrayList<String>();
        policies.add("""
                apiVersion: sallyport/v1
                kind: Calendar
                metadata: {name: c}
                spec: {zone: America/New_York, windows: [{days: [mon, wed, sat], from: "21:15", until: "03:45"}]}
                ---
                apiVersion: sallyport/v1
                kind: Freeze
                metadata: {name: f}
                spec: {calendar: c, targets: {labels: {env: prod}}, message: m}
                """);
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            var rules = new StringBuilder();
            for (int j = 0; j < 1 + random.nextInt(4); j++) {
                String condition = CONDITIONS[random.nextInt(CONDITIONS.length)];
                String when = condition.isEmpty()
                        ? ""
                        : ", when: '" + condition + (random.nextInt(4) == 0 ? " && !calendar.c" : "") + "'";
                rules.append(
                        random.nextInt(5) == 0
                                ? "- {name: r%d, effect: deny, message: m%d%s}\n".formatted(j, j, when)
                                : "- {name: r%d, effect: allow, override: %s, approvals: %s, obligations: {maxDuration: %dm}%s}\n"
                                        .formatted(
                                                j,
                                                random.nextInt(6) == 0,
                                                APPROVALS[random.nextInt(APPROVALS.length)],
                                                30 + random.nextInt(300),
                                                when));
            }
            policies.add(Files.policy("p" + i, MATCHES[random.nextInt(MATCHES.length)], rules.toString()));
        }
        return policies;
    }
}
