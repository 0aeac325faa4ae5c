package dev.sallyport.policy.code;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** What rules call by its name. */
public final class Mentions {
    private Mentions() {}

    /** By kind, as documents say it. */
    public static Map<String, Set<String>> in(PolicySet set) {
        var names = new HashMap<String, Set<String>>();
        set.rules()
                .forEach(rule -> in(
                        rule,
                        (kind, name) -> names.computeIfAbsent(kind, _ -> new HashSet<>())
                                .add(name)));
        return names;
    }

    /** In the order of the rule, again where it stands again. */
    static void in(Rule rule, BiConsumer<String, String> each) {
        rule.when()
                .map(ConditionNames::in)
                .ifPresent(names -> names.forEach(named -> each.accept(named.kind(), named.name())));
        rule.match().roles().forEach(role -> each.accept("Role", role));
        rule.match().targets().names().forEach(target -> each.accept("Target", target));
        rule.stages().forEach(stage -> in(stage, each));
        rule.demands().notified().forEach(group -> each.accept("Group", group));
    }

    private static void in(Stage stage, BiConsumer<String, String> each) {
        stage.by().groups().forEach(group -> each.accept("Group", group));
        stage.by().people().forEach(person -> each.accept("Person", person));
        stage.by().webhook().ifPresent(service -> each.accept(Surroundings.DECISION_SERVICE, service));
        stage.fallback().ifPresent(fallback -> fallback.groups().forEach(group -> each.accept("Group", group)));
        stage.escalateTo().ifPresent(others -> {
            others.groups().forEach(group -> each.accept("Group", group));
            others.people().forEach(person -> each.accept("Person", person));
        });
    }
}
