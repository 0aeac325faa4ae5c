package dev.sallyport.policy.code;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a set of policies says to a question.
 *
 * @param stages whose word is needed, in order; empty unless approval is needed
 * @param demands what holds, merged from all allows that matched
 * @param sentences what the requester reads: nothing in it that they may not know
 * @param trace each rule that speaks of it and why it did or did not match
 * @param warnings what stands against what runs without ending it; nothing when it is about anything else
 * @param again when it must be decided anew, because time alone may change it
 * @param incidents ids of the open incidents but for which more would be needed; empty when it rests on none
 */
public record Ruling(
        Effect effect,
        List<Stage> stages,
        Demands demands,
        List<String> sentences,
        List<Step> trace,
        List<String> warnings,
        Optional<Instant> again,
        List<String> incidents) {
    /** What is said. */
    public enum Effect {
        DENY,
        APPROVAL,
        ALLOW
    }

    public Ruling {
        stages = List.copyOf(stages);
        sentences = List.copyOf(sentences);
        trace = List.copyOf(trace);
        warnings = List.copyOf(warnings);
        incidents = List.copyOf(incidents);
    }

    Ruling(
            Effect effect,
            List<Stage> stages,
            Demands demands,
            List<String> sentences,
            List<Step> trace,
            List<String> warnings,
            Optional<Instant> again) {
        this(effect, stages, demands, sentences, trace, warnings, again, List.of());
    }

    /** Whether nobody's word is needed although it would be without an incident: that counts as an emergency. */
    public boolean isAutomaticInIncident() {
        return effect == Effect.ALLOW && !incidents.isEmpty();
    }

    /** The same as an emergency, where nobody gave the word that it wants. */
    public Ruling asEmergency(Question question) {
        return new Ruling(
                effect,
                stages,
                demands.strictest(Demands.ofEmergency(question)),
                sentences,
                trace,
                warnings,
                again,
                incidents);
    }

    /** Whether every word that this wants is wanted by the other too. */
    boolean asksNoMoreThan(Ruling other) {
        return stages.stream().allMatch(stage -> other.stages.stream().anyMatch(stage::isWithin));
    }

    /** The same, with one more sentence for who asks. */
    public Ruling saying(String more) {
        var said = new ArrayList<>(sentences);
        said.add(more);
        return new Ruling(effect, stages, demands, said, trace, warnings, again, incidents);
    }

    /** The same, because of these incidents. */
    Ruling restingOn(List<String> ids) {
        var said = new ArrayList<>(sentences);
        said.add("it rests on the open incident" + (ids.size() == 1 ? " " : "s ") + String.join(", ", ids)
                + (effect == Effect.ALLOW ? ", counts as an emergency and is reviewed" : ""));
        return new Ruling(effect, stages, demands, said, trace, warnings, again, ids);
    }

    /** Whether the other comes to the same for who asked: effect, whose word is needed, and what holds. */
    public boolean isSame(Ruling other) {
        return effect == other.effect
                && stages.equals(other.stages)
                && (effect == Effect.DENY || demands.equals(other.demands));
    }

    /** The rules that matched, in the order of the set. */
    public List<String> matched() {
        return trace.stream()
                .filter(step -> step.came() == Step.Came.MATCHED)
                .map(Step::rule)
                .toList();
    }

    /** The allows that matched and count. */
    List<String> allowing() {
        return matched(false);
    }

    /** The rules that matched and deny. */
    List<String> denying() {
        return matched(true);
    }

    private List<String> matched(boolean deny) {
        return trace.stream()
                .filter(step -> step.came() == Step.Came.MATCHED && step.denies() == deny)
                .map(Step::rule)
                .toList();
    }

    /** As data. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("effect", Demands.word(effect));
        tree.put("stages", stages.stream().map(Stage::tree).toList());
        tree.put("obligations", demands.tree());
        tree.put("explanation", sentences);
        tree.put("trace", trace.stream().map(Step::tree).toList());
        if (!warnings.isEmpty()) {
            tree.put("warnings", warnings);
        }
        again.ifPresent(time -> tree.put("again", time.toString()));
        if (!incidents.isEmpty()) {
            tree.put("incidents", incidents);
        }
        return tree;
    }
}
