package dev.sallyport.policy.code;

import dev.sallyport.policy.RoleRule;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One rule, with what it needs of its policy.
 *
 * @param id {@code POLICY/RULE}; a freeze is {@code freeze/NAME}
 * @param when none means always
 * @param during the freeze whose rule this is
 * @param onlyWarns whether it leaves what runs, and only warns of it
 * @param stages empty means that nobody's word is needed, which the policy said in so many words
 */
record Rule(
        String id,
        Match match,
        Optional<Condition> when,
        Optional<Freeze> during,
        boolean denies,
        boolean overrides,
        Optional<String> message,
        boolean onlyWarns,
        List<Stage> stages,
        Demands demands) {
    Rule {
        stages = List.copyOf(stages);
    }

    /** The rule that a role carries by itself; none when it does not say whose word is needed. */
    static Optional<Rule> of(String role, RoleRule own) {
        if (!own.automatic() && own.approval().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Rule(
                "role/" + role,
                new Match(List.of(role), Match.Targets.ANY, Set.of(Action.values())),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                false,
                own.approval().stream()
                        .map(wanted -> new Stage(
                                1,
                                Stage.Approvers.of(wanted.group()),
                                wanted.count(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))
                        .toList(),
                Demands.NONE));
    }

    boolean isAlways() {
        return when.isEmpty() && during.isEmpty();
    }

    /** Whether it can grant an emergency; others cannot, so that nobody gets around a freeze by calling a request one. */
    boolean speaksOfEmergencies() {
        return when.filter(condition -> condition.paths().contains("request.breakGlass"))
                .isPresent();
    }

    /** Whether an emergency may be granted for the reason or the ticket that stands with it, which nobody knows before. */
    boolean grantsEmergenciesForWords() {
        return !denies
                && speaksOfEmergencies()
                && when.filter(condition -> condition.paths().contains("request.reason")
                                || condition.paths().contains("request.ticket"))
                        .isPresent();
    }

    /** The rule of a freeze: it denies while the freeze is on, unless its condition says otherwise. */
    boolean isFreeze() {
        return during.isPresent();
    }
}
