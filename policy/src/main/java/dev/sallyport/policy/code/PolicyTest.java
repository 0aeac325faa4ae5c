package dev.sallyport.policy.code;

import dev.sallyport.formats.document.Errors;
import dev.sallyport.formats.document.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Facts, and what policies must say to them. */
public record PolicyTest(String name, List<Case> cases) {
    /**
     * One case.
     *
     * @param line where it stands in its file
     */
    public record Case(String name, Question question, Expectation expected, String file, int line) {}

    /** How a case went: what was otherwise than expected; nothing when it passed. */
    public record Result(Case of, Ruling ruling, List<String> differences) {
        public boolean passed() {
            return differences.isEmpty();
        }
    }

    public PolicyTest {
        cases = List.copyOf(cases);
    }

    static PolicyTest of(Written document, Errors errors) {
        Written.Part spec = document.part();
        var cases = new ArrayList<Case>();
        for (Written.Part one : spec.parts("cases")) {
            Map<String, Object> facts =
                    over(spec.at("facts").tree(), one.at("facts").tree());
            Place at = document.place(one.path());
            whole(facts, document, one, errors);
            cases.add(new Case(
                    one.text("name").orElse(""),
                    Question.of(action(one), facts),
                    Expectation.of(one.at("expect")),
                    at.file(),
                    at.line()));
        }
        if (cases.isEmpty()) {
            errors.add(document.place("spec.cases"), "spec.cases: none (expected: at least one)");
        }
        return new PolicyTest(document.name(), cases);
    }

    /** Decides each case; without a time in its facts it is {@link Question#SOME_MONDAY}. */
    public List<Result> run(PolicySet set) {
        return cases.stream().map(one -> run(set, one)).toList();
    }

    private static Result run(PolicySet set, Case one) {
        Instant now = one.question().time().orElse(Question.SOME_MONDAY);
        Ruling ruling = set.decide(one.question(), now);
        return new Result(one, ruling, one.expected().differences(ruling));
    }

    private static Action action(Written.Part one) {
        return one.text("action")
                .map(word -> Action.valueOf(word.toUpperCase(java.util.Locale.ROOT)))
                .orElse(Action.REQUEST);
    }

    private static void whole(Map<String, Object> facts, Written document, Written.Part one, Errors errors) {
        for (FactTypes.Group group : FactTypes.ROOTS) {
            Written.Part part = new Written.Part(facts, "").at(group.name());
            for (FactTypes.Field field : group.fields()) {
                if (field.unsaid() == FactTypes.Unsaid.REFUSED && !part.has(field.name())) {
                    errors.add(
                            document.place(one.path()),
                            one.below("facts") + "." + group.name() + "." + field.name() + ": missing (expected: "
                                    + field.about() + ", here or in spec.facts)");
                }
            }
        }
    }

    /** The first, with what the second says put over it; maps of facts are merged, everything else is replaced. */
    private static Map<String, Object> over(Map<String, Object> first, Map<String, Object> second) {
        var merged = new LinkedHashMap<>(first);
        second.forEach((key, value) -> merged.merge(key, value, PolicyTest::over));
        return merged;
    }

    private static Object over(Object first, Object second) {
        if (first instanceof Map<?, ?> && second instanceof Map<?, ?>) {
            return over(
                    new Written.Part(Map.of("x", first), "").at("x").tree(),
                    new Written.Part(Map.of("x", second), "").at("x").tree());
        }
        return second;
    }

    /** What must come out; what it does not say may be anything. */
    public record Expectation(
            String effect,
            Optional<List<String>> rules,
            Optional<List<String>> stages,
            Map<String, Object> obligations,
            List<String> says,
            Optional<String> again) {
        static Expectation of(Written.Part expect) {
            return new Expectation(
                    expect.text("effect").orElse(""),
                    expect.has("rules") ? Optional.of(expect.texts("rules")) : Optional.empty(),
                    expect.has("stages") ? Optional.of(expect.texts("stages")) : Optional.empty(),
                    expect.has("obligations") ? wanted(expect.at("obligations")) : Map.of(),
                    expect.texts("says"),
                    expect.text("again"));
        }

        /** Only what the test names, in the form in which rulings show it. */
        private static Map<String, Object> wanted(Written.Part said) {
            Map<String, Object> all = RuleReader.demands(said).tree();
            var wanted = new LinkedHashMap<String, Object>();
            said.tree().keySet().forEach(key -> {
                String shown = key.equals("ticket")
                        ? "tickets"
                        : key.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
                Object value = all.get(shown);
                if (value != null) {
                    wanted.put(shown, value);
                }
            });
            return wanted;
        }

        List<String> differences(Ruling ruling) {
            var differences = new ArrayList<String>();
            differ("effect", effect, Demands.word(ruling.effect()), differences);
            rules.ifPresent(wanted -> differ(
                    "rules",
                    wanted.stream().sorted().toList(),
                    ruling.matched().stream().sorted().toList(),
                    differences));
            stages.ifPresent(wanted -> differ(
                    "stages",
                    wanted,
                    ruling.stages().stream()
                            .map(stage -> stage.position() + ": " + stage.shown())
                            .toList(),
                    differences));
            Map<String, Object> held = ruling.demands().tree();
            obligations.forEach(
                    (key, value) -> differ("obligations." + key, value, String.valueOf(held.get(key)), differences));
            says.stream()
                    .filter(wanted -> ruling.sentences().stream().noneMatch(sentence -> sentence.contains(wanted)))
                    .forEach(wanted -> differ("says", wanted, String.join("; ", ruling.sentences()), differences));
            again.ifPresent(wanted -> differ(
                    "again", wanted, ruling.again().map(Instant::toString).orElse("never"), differences));
            return differences;
        }

        private static void differ(String what, Object wanted, Object came, List<String> differences) {
            if (!String.valueOf(wanted).equals(String.valueOf(came))) {
                differences.add(what + ": " + came + " (expected: " + wanted + ")");
            }
        }
    }
}
