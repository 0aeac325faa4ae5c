package dev.sallyport.policy.code;

import dev.sallyport.policy.RoleRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checked rules that decide together. The same question at the same time always gets the same answer. */
public final class PolicySet {
    private static final PolicySet NONE =
            new PolicySet(List.of(), new Declared(Map.of(), Map.of(), Map.of()), "none", List.of());

    private final List<Rule> rules;
    private final Declared declared;
    private final String hash;
    private final List<Map<String, Object>> documents;
    private final RuleIndex index;

    /**
     * @param rules in an order that does not depend on the order of the files
     * @param documents what they were made from
     */
    PolicySet(List<Rule> rules, Declared declared, String hash, List<Map<String, Object>> documents) {
        this.rules = List.copyOf(rules);
        this.declared = declared;
        this.hash = hash;
        this.documents = List.copyOf(documents);
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

    /** The documents it was made from, each with kind, name and spec: what is kept of a set. */
    public List<Map<String, Object>> documents() {
        return documents;
    }

    /** Why this set cannot be enforced by this version of the product; nothing when it can. */
    public Optional<String> whatCannotBeKept() {
        return rules.stream()
                .filter(rule -> rule.stages().stream()
                        .anyMatch(stage -> stage.by().webhook().isPresent()))
                .findFirst()
                .map(rule -> "the rule " + rule.id()
                        + " wants the word of a decision service, and none can be called yet (expected: groups, people,"
                        + " targetOwner or manager)");
    }

    List<Rule> rules() {
        return rules;
    }

    Declared declared() {
        return declared;
    }

    /** No policy at all: only what roles say of themselves holds. */
    public static PolicySet none() {
        return NONE;
    }

    /** What the rules say now. */
    public Ruling decide(Question question, Instant now) {
        return new Deciding(question, now, declared).by(index.about(question), Demands.NONE);
    }

    /**
     * What the rules say now beside the role's own rule, which allows like one of them, while its limits hold for every
     * grant of the role whoever allows it.
     */
    public Ruling decide(Question question, RoleRule own, Instant now) {
        return new Deciding(question, now, declared).by(about(question, own), Demands.of(own));
    }

    /**
     * What the rules would say to somebody who asks rightly: what can be mended by asking otherwise, such as for a shorter
     * time or with a ticket, does not deny but is told.
     */
    public Ruling offer(Question question, RoleRule own, Instant now) {
        return new Deciding(question, now, declared).offering().by(about(question, own), Demands.of(own));
    }

    private List<Rule> about(Question question, RoleRule own) {
        var rules = new ArrayList<Rule>();
        Rule.of(question.role(), own).ifPresent(rules::add);
        rules.addAll(index.about(question));
        return rules;
    }
}
