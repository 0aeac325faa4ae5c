package dev.sallyport.decision;

import dev.sallyport.database.Rx;
import java.util.Map;
import java.util.Set;

/** Facts of a decision that a feature knows which itself rests on decisions. */
public interface FactSource {
    /** What it knows, by the paths that conditions name it by, such as {@code role.holders}. */
    Set<String> paths();

    /**
     * What it knows.
     *
     * @return by group and name, as {@code docs/reference/policy.md} has them, such as {@code role} and {@code holders}
     */
    Map<String, Map<String, Object>> facts(Rx rx, Asked asked);
}
