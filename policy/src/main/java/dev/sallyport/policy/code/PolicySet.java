package dev.sallyport.policy.code;

import dev.sallyport.policy.RoleRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

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

    /** The same as documents that can be read once more. */
    @SuppressWarnings("unchecked")
    public List<PolicyDocument> written() {
        return documents.stream()
                .map(document -> PolicyDocument.stored(
                        PolicyKind.ofWord(String.valueOf(document.get("kind"))).orElseThrow(),
                        String.valueOf(document.get("name")),
                        (Map<String, Object>) Objects.requireNonNull(document.get("spec"))))
                .toList();
    }

    /** The documents it was made from, each with kind, name and spec: what is kept of a set. */
    public List<Map<String, Object>> documents() {
        return documents;
    }

    /** The decision services whose word rules want, each with the first rule that does. */
    public SortedMap<String, String> services() {
        var services = new TreeMap<String, String>();
        for (Rule rule : rules) {
            rule.stages()
                    .forEach(stage -> stage.by().webhook().ifPresent(name -> services.putIfAbsent(name, rule.id())));
        }
        return services;
    }

    /** The stages that name a group, in the order of the rules. */
    public List<GroupStage> stages(String group) {
        return rules.stream()
                .flatMap(rule -> rule.stages().stream()
                        .flatMap(stage -> stage.naming(group).stream()
                                .map(as -> new GroupStage(rule.id(), stage.position(), stage.count(), as))))
                .toList();
    }

    /** Whether a condition names this fact, such as {@code principal.held}. */
    public boolean names(String fact) {
        return rules.stream().flatMap(rule -> rule.when().stream()).anyMatch(condition -> condition.names(fact));
    }

    /**
     * The rules that speak of what is asked for, as {@code POLICY/RULE}; a freeze is {@code freeze/NAME}. Those that speak of
     * nothing but what runs are left out.
     */
    public List<String> asked() {
        return rules.stream()
                .filter(rule -> !rule.match().actions().equals(Set.of(Action.HOLD)))
                .map(Rule::id)
                .toList();
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
        return said(question, now, index.about(question), Demands.NONE, false);
    }

    /**
     * What the rules say now beside the role's own rule, which allows like one of them, while its limits hold for every
     * grant of the role whoever allows it.
     */
    public Ruling decide(Question question, RoleRule own, Instant now) {
        return said(question, now, about(question, own), Demands.of(own), false);
    }

    /**
     * What the rules would say to somebody who asks rightly: what can be mended by asking otherwise, such as for a shorter
     * time or with a ticket, does not deny but is told.
     */
    public Ruling offer(Question question, RoleRule own, Instant now) {
        return said(question, now, about(question, own), Demands.of(own), true);
    }

    /**
     * Whether a rule that allows it still does so because of one of these incidents, whatever stands against it: what was
     * granted for an incident goes on only as long as that holds.
     */
    public boolean restsOn(Collection<String> incidents, Question question, RoleRule own, Instant now) {
        List<Rule> rules = about(question, own);
        return IncidentBasis.isStill(
                incidents, question, asked -> new Deciding(asked, now, declared).by(rules, Demands.of(own)));
    }

    /** Whether it hangs on the reason or the ticket whether an emergency is granted: those are not known before it is asked. */
    public boolean grantsEmergenciesForWords(Question question) {
        return index.about(question).stream().anyMatch(Rule::grantsEmergenciesForWords);
    }

    private Ruling said(Question question, Instant now, List<Rule> rules, Demands base, boolean offering) {
        return IncidentBasis.ruling(question, base, (asked, demands) -> {
            var deciding = new Deciding(asked, now, declared);
            return (offering ? deciding.offering() : deciding).by(rules, demands);
        });
    }

    private List<Rule> about(Question question, RoleRule own) {
        var rules = new ArrayList<Rule>();
        Rule.of(question.role(), own).ifPresent(rules::add);
        rules.addAll(index.about(question));
        return rules;
    }
}
