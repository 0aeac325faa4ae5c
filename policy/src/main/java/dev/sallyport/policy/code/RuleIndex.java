package dev.sallyport.policy.code;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rules by what they speak of, so that a decision looks at those alone that may speak of it: by role, then by the name of
 * the target or by one of its labels.
 */
final class RuleIndex {
    private static final String ANY = "";

    private final Map<String, Shelf> byRole = new HashMap<>();

    private record Placed(int order, Rule rule) {}

    private static final class Shelf {
        private final Map<String, List<Placed>> byName = new HashMap<>();
        private final Map<Map.Entry<String, String>, List<Placed>> byLabel = new HashMap<>();
        private final List<Placed> others = new ArrayList<>();
    }

    RuleIndex(List<Rule> rules) {
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            List<String> roles = rule.match().roles();
            for (String role : roles.isEmpty() ? List.of(ANY) : roles) {
                put(byRole.computeIfAbsent(role, _ -> new Shelf()), new Placed(i, rule));
            }
        }
    }

    private static void put(Shelf shelf, Placed placed) {
        Match.Targets targets = placed.rule().match().targets();
        if (!targets.names().isEmpty()) {
            targets.names()
                    .forEach(name -> shelf.byName
                            .computeIfAbsent(name, _ -> new ArrayList<>())
                            .add(placed));
        } else if (!targets.labels().isEmpty()) {
            // one label is enough to find it: the least one, so that the place does not depend on chance
            shelf.byLabel
                    .computeIfAbsent(
                            targets.labels().entrySet().stream()
                                    .min(Map.Entry.<String, String>comparingByKey())
                                    .orElseThrow(),
                            _ -> new ArrayList<>())
                    .add(placed);
        } else {
            shelf.others.add(placed);
        }
    }

    /** Every rule that speaks of this, in the order of the set. */
    List<Rule> about(Question question) {
        var found = new ArrayList<Placed>();
        for (String role : List.of(question.role(), ANY)) {
            Shelf shelf = byRole.get(role);
            if (shelf != null) {
                found.addAll(shelf.byName.getOrDefault(question.target(), List.of()));
                for (Map.Entry<String, String> label : question.labels().entrySet()) {
                    found.addAll(shelf.byLabel.getOrDefault(Map.entry(label.getKey(), label.getValue()), List.of()));
                }
                found.addAll(shelf.others);
            }
        }
        return found.stream()
                .filter(placed -> placed.rule().match().includes(question))
                .sorted(java.util.Comparator.comparingInt(Placed::order))
                .map(Placed::rule)
                .toList();
    }
}
