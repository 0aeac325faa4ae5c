package dev.sallyport.request;

import dev.sallyport.database.Spec;
import dev.sallyport.policy.code.Ruling;
import java.time.Instant;
import java.util.List;

/**
 * What the rules of the day said when an item got its last word.
 *
 * @param policy the hash of the set that decided then
 * @param trace each rule that was looked at: for those who may read policies
 */
public record LastWord(Instant at, Ruling.Effect effect, List<String> explanation, String policy, List<String> trace) {
    /** How many steps of a trace are kept. */
    static final int TRACE_MAX = 1_000;

    public LastWord {
        explanation = List.copyOf(explanation);
        trace = List.copyOf(trace);
    }

    static LastWord of(Spec kept) {
        return new LastWord(
                kept.text("at").map(Instant::parse).orElse(Instant.EPOCH),
                PolicyHistory.effect(kept.text("effect", "deny")),
                kept.texts("explanation"),
                kept.text("policy", "none"),
                kept.texts("trace"));
    }
}
