package dev.sallyport.decision;

import dev.sallyport.database.Rx;
import java.util.Map;

/** Facts of a decision that a feature knows which itself rests on decisions. */
@FunctionalInterface
public interface FactSource {
    /**
     * What it knows.
     *
     * @return by group and name, as {@code docs/reference/policy.md} has them, such as {@code role} and {@code holders}
     */
    Map<String, Map<String, Object>> facts(Rx rx, Asked asked);
}
