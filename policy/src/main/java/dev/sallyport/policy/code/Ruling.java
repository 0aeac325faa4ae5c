package dev.sallyport.policy.code;

import java.time.Instant;
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
 * @param again when it must be decided anew, because time alone may change it
 */
public record Ruling(
        Effect effect,
        List<Stage> stages,
        Demands demands,
        List<String> sentences,
        List<Step> trace,
        Optional<Instant> again) {
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

    /** As data. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("effect", Demands.word(effect));
        tree.put("stages", stages.stream().map(Stage::tree).toList());
        tree.put("obligations", demands.tree());
        tree.put("explanation", sentences);
        tree.put("trace", trace.stream().map(Step::tree).toList());
        again.ifPresent(time -> tree.put("again", time.toString()));
        return tree;
    }
}
