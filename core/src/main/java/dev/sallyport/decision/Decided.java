package dev.sallyport.decision;

import dev.sallyport.policy.Obligations;
import dev.sallyport.policy.RoleRule;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.util.Optional;

/**
 * What policy says, and on what.
 *
 * @param policy the hash of the set that decided
 * @param own the rule of the role that counted beside it
 * @param shadow what the set in shadow says, if there is one
 */
public record Decided(String policy, Question question, RoleRule own, Ruling ruling, Optional<Shadow> shadow) {
    /** What another set says to the same. */
    public record Shadow(String policy, Ruling ruling) {}

    public Obligations obligations() {
        return ruling.demands().obligations(own);
    }

    /** Everything it was decided on, to be kept and decided again. */
    public Kept kept() {
        return new Kept(question, own);
    }
}
