package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies in files, without any server. */
class PolicyVerbsTest {
    private static final Path COOKBOOK = Path.of("..", "examples", "policies");
    private static final int RECIPES = 17;

    @TempDir
    Path home;

    private Person dev = Person.at(Path.of("."), Clock.systemUTC());

    @BeforeEach
    void atHome() {
        dev = Person.at(home, Clock.systemUTC());
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(home.resolve(name), text);
    }

    private Path policy(String rules) throws IOException {
        return file("p.yaml", """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: p}
                spec:
                  match: {roles: [ops], targets: {names: [web-1]}}
                  rules:
                %s""".formatted(rules.indent(4)));
    }

    @Test
    void theCookbookIsSoundAndItsTestsPass() throws IOException {
        try (var files = Files.list(COOKBOOK)) {
            assertThat(files.map(path -> path.getFileName().toString())
                            .filter(name -> name.matches("[0-9]{2}-.*\\.yaml")))
                    .hasSize(RECIPES)
                    .allSatisfy(name ->
                            assertThat(Files.readString(COOKBOOK.resolve(name))).contains("kind: PolicyTest"));
        }

        assertThat(dev.types("policy check --strict -f " + COOKBOOK).shown())
                .contains(", 0 notes; content ")
                .endsWith("-> 0\n");
        assertThat(dev.types("policy test -f " + COOKBOOK).shown()).matches("[0-9]+ passed, 0 failed\n-> 0\n");
    }

    @Test
    void checkTellsErrorsAsCompilersDoAndFails() throws IOException {
        Path file = policy("- {name: a, effect: deny, message: no, when: target.label.env == \"x\"}");

        Person.Ended checked = dev.types("policy check -f " + file);

        assertThat(checked.exit()).isEqualTo(1);
        assertThat(checked.out()).isEqualTo("""
                error: %s:7:56: spec.rules.0.when: target.label is not known (expected: name, type, environment, criticality, owner, labels; did you mean target.labels?)
                1 errors
                """.formatted(file));
    }

    @Test
    void whatIsProbablyNotMeantFailsOnlyWhenStrict() throws IOException {
        Path file = policy("- {name: a, effect: deny}");

        assertThat(dev.types("policy check -f " + file).exit()).isZero();
        assertThat(dev.types("policy check --strict -f " + file).shown())
                .contains("[no-message]")
                .endsWith("-> 1\n");
        assertThat(dev.types("policy check -o json -f " + file).out()).contains("\"code\": \"no-message\"", "\"hash\"");
    }

    @Test
    void aTestThatFailsSaysWhatCameInsteadAndWhy() throws IOException {
        policy("- {name: a, effect: allow, approvals: [{groups: [leads]}]}");
        Path junit = home.resolve("results.xml");
        file("t.yaml", """
                apiVersion: sallyport/v1
                kind: PolicyTest
                metadata: {name: t}
                spec:
                  facts: {principal: {name: dev}, role: {name: ops}, target: {name: web-1}, request: {duration: 1h, reason: r}}
                  cases:
                    - {name: passes, expect: {effect: approval}}
                    - {name: 'fails <&"', expect: {effect: allow}}
                """);

        Person.Ended tested = dev.types("policy test -f " + home + " --junit " + junit);

        assertThat(tested.exit()).isEqualTo(1);
        assertThat(tested.out()).isEqualTo("""
                %s:8: t: fails <&"
                    effect: approval (expected: allow)
                      allow p/a: it has no condition
                1 passed, 1 failed
                """.formatted(home.resolve("t.yaml")));
        assertThat(Files.readString(junit))
                .contains("<testsuites tests=\"2\" failures=\"1\">")
                .contains("name=\"fails &lt;&amp;&quot;\"")
                .contains("<failure message=\"effect: approval (expected: allow)\">");
    }

    @Test
    void filesWithoutTestsDoNotPass() throws IOException {
        assertThat(dev.types("policy test -f " + policy("- {name: a, effect: deny}"))
                        .shown())
                .startsWith("! policy.no-tests: ")
                .endsWith("-> 1\n");
    }

    @Test
    void explainSaysWhatIsDecidedWhyAndWithWhichLimits() throws IOException {
        Path file = policy(
                "- {name: a, effect: allow, approvals: [{groups: [leads]}], obligations: {maxDuration: 4h}}\n"
                        + "- {name: b, effect: deny, when: 'context.time.getHours(\"UTC\") >= 22', message: not at night}");
        Path question = file("question.yaml.txt", """
                apiVersion: sallyport/v1
                kind: Question
                metadata: {name: q}
                spec: {principal: {name: dev}, role: {name: ops}, target: {name: web-1}, request: {duration: 8h, reason: r}}
                """);
        String explain = "policy explain -f " + file + " --question " + question;

        assertThat(dev.types(explain + " --at 2027-01-04T12:00:30Z").out()).isEqualTo("""
                dev asks for ops on web-1 for 8h, at 2027-01-04T12:00:30Z
                denied:
                  at most 4h; you asked 8h
                rules considered:
                  allow p/a: it has no condition
                  deny  p/b: its condition does not hold
                to be decided again at 2027-01-04T12:01:00Z
                """);
        assertThat(dev.types(explain + " --at 2027-01-04T22:00:00Z").out()).contains("denied:\n  not at night\n");
        assertThat(dev.types(explain + " --at noon").exit()).isEqualTo(64);
        assertThat(dev.types(explain + " -o json --at 2027-01-04T12:00:30Z").out())
                .contains("\"effect\": \"deny\"", "\"again\": \"2027-01-04T12:01:00Z\"");
    }

    @Test
    void policiesThatAreNotSoundAreNeitherTestedNorExplained() throws IOException {
        assertThat(dev.types("policy test -f " + policy("- {name: a, effect: allow}"))
                        .shown())
                .contains("spec.rules.0.approvals: missing")
                .contains("! policy.invalid: 1 errors")
                .endsWith("-> 1\n");
    }
}
