package dev.sallyport.policy.code;

import java.time.Instant;
import java.util.List;

/** Checked rules that decide together. The same question at the same time always gets the same answer. */
public final class PolicySet {
    private final List<Rule> rules;
    private final Declared declared;
    private final String hash;
    private final RuleIndex index;

    /** @param rules in an order that does not depend on the order of the files */
    PolicySet(List<Rule> rules, Declared declared, String hash) {
        this.rules = List.copyOf(rules);
        this.declared = declared;
        this.hash = hash;
        this.index = new RuleIndex(rules);
    }

    /** Names the content: documents that mean the same have the same hash, whatever their files and their order. */
    public String hash() {
        return hash;
    }

    /** How many rules there are, freezes included. */
    public int size() {
        return rules.size();
    }

    List<Rule> rules() {
        return rules;
    }

    Declared declared() {
        return declared;
    }

    /** What the rules say now. */
    public Ruling decide(Question question, Instant now) {
        return new Deciding(question, now, declared).by(index.about(question));
    }
}
