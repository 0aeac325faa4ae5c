package dev.sallyport.policy.code;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Which open incidents a ruling rests on. It rests on incidents when without any of them it would be denied, would want a
 * word that it does not want now, or would demand what it does not demand now; and on each of them that is enough by itself, or on all of them when none is.
 */
final class IncidentBasis {
    private IncidentBasis() {}

    /**
     * The ruling, with what it rests on. Nobody's word because of an incident counts as an emergency, and so it is decided
     * under what holds for emergencies.
     *
     * @param decide says what the rules say to facts, under demands that hold whichever match
     */
    static Ruling ruling(Question question, Demands base, BiFunction<Question, Demands, Ruling> decide) {
        Ruling ruling = decide.apply(question, base);
        List<Map<String, Object>> incidents = question.incidents();
        if (incidents.isEmpty() || ruling.effect() == Ruling.Effect.DENY) {
            return ruling;
        }
        Ruling without = decide.apply(question.withIncidents(List.of()), base);
        if (without.effect() != Ruling.Effect.DENY
                && without.asksNoMoreThan(ruling)
                && ruling.demands().strictest(without.demands()).equals(ruling.demands())) {
            return ruling;
        }
        List<String> enough = incidents.stream()
                .filter(incident -> decide.apply(question.withIncidents(List.of(incident)), base)
                        .isSame(ruling))
                .map(IncidentBasis::id)
                .toList();
        List<String> basis =
                enough.isEmpty() ? incidents.stream().map(IncidentBasis::id).toList() : enough;
        if (ruling.effect() != Ruling.Effect.ALLOW || question.action() == Action.HOLD) {
            return ruling.restingOn(basis);
        }
        Ruling emergency = decide.apply(question, base.strictest(Demands.ofEmergency(question)));
        return emergency.effect() == Ruling.Effect.DENY ? emergency : emergency.restingOn(basis);
    }

    /** Whether with one of these incidents another rule allows it than with none, or one that denies does not match. */
    static boolean isStill(Collection<String> ids, Question question, Function<Question, Ruling> decide) {
        List<Map<String, Object>> these = question.incidents().stream()
                .filter(incident -> ids.contains(id(incident)))
                .toList();
        Ruling without = decide.apply(question.withIncidents(List.of()));
        Ruling with = decide.apply(question.withIncidents(these));
        return !without.allowing().containsAll(with.allowing())
                || !with.denying().containsAll(without.denying());
    }

    private static String id(Map<String, Object> incident) {
        return String.valueOf(incident.get("id"));
    }
}
