package dev.sallyport.policy.code;

import dev.sallyport.formats.document.SourceFile;
import java.time.Instant;
import java.util.List;

/** Policies and questions as tests write them. */
final class Files {
    static final Instant NOON = Question.SOME_MONDAY;

    private Files() {}

    static PolicyFiles read(String... texts) {
        return PolicyFiles.read(java.util.stream.IntStream.range(0, texts.length)
                .mapToObj(i -> new SourceFile("f" + i + ".yaml", texts[i]))
                .toList());
    }

    static PolicySet set(String... texts) {
        PolicyFiles files = read(texts);
        return files.set().orElseThrow(() -> new AssertionError(files.errors()));
    }

    static List<String> errors(String... texts) {
        return read(texts).errors().stream().map(Object::toString).toList();
    }

    /** A policy with rules as YAML, indented by four. */
    static String policy(String name, String match, String rules) {
        return """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: %s}
                spec:
                  match: %s
                  rules:
                %s
                """.formatted(name, match, rules.indent(4));
    }

    static String policy(String rules) {
        return policy("p", "{}", rules);
    }

    /** dev asks for ops on web-1 for an hour, with what is said put over it. */
    static Question question(String facts) {
        return question(Action.REQUEST, facts);
    }

    static Question question(Action action, String facts) {
        PolicyFiles files = read("""
                apiVersion: sallyport/v1
                kind: PolicyTest
                metadata: {name: t}
                spec:
                  facts:
                    principal: {name: dev, groups: [devs]}
                    role: {name: ops}
                    target: {name: web-1, type: ssh, labels: {env: prod}}
                    request: {duration: 1h, reason: because}
                  cases:
                    - name: c
                      action: %s
                      facts: %s
                      expect: {effect: allow}
                """.formatted(Demands.word(action), facts));
        if (!files.errors().isEmpty()) {
            throw new AssertionError(files.errors());
        }
        return files.tests().getFirst().cases().getFirst().question();
    }

    static Ruling decide(String policies, String facts) {
        return set(policies).decide(question(facts), NOON);
    }
}
