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
 * @param risk how unusual it is, and why, where somebody looked
 * @param shadow what the set in shadow says, if there is one
 */
public record Decided(
        String policy,
        Question question,
        RoleRule own,
        Optional<RiskScore> risk,
        Ruling ruling,
        Optional<Shadow> shadow) {
    /** What another set says to the same. */
    public record Shadow(String policy, Ruling ruling) {}

    public Obligations obligations() {
        return ruling.demands().obligations(own);
    }

    /** What holds when it is granted as an emergency, because nobody answered. */
    public Obligations emergencyObligations() {
        return ruling.asEmergency(question).demands().obligations(own);
    }

    /** Everything it was decided on, to be kept and decided again. */
    public Kept kept() {
        return new Kept(question, own, risk);
    }
}
