package dev.sallyport.decision;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.database.Rx;
import dev.sallyport.policy.Approvals;
import dev.sallyport.policy.code.GroupStage;
import dev.sallyport.policy.code.GroupStage.As;
import dev.sallyport.policy.code.PolicySet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a group's word counts: in the rule that a role carries, or in a stage of a policy.
 *
 * @param role whose own rule it is; nothing for a policy's
 * @param rule {@code POLICY/RULE}; nothing for a role's
 */
public record GroupWord(Optional<String> role, Optional<String> rule, int stage, int count, As as) {
    /** All of them: roles by name, then the rules of the set. */
    public static List<GroupWord> of(Rx rx, PolicySet set, String group) {
        return Stream.concat(
                        Catalog.approvedBy(rx, group).stream().map(GroupWord::of),
                        set.stages(group).stream().map(GroupWord::of))
                .toList();
    }

    private static GroupWord of(Role role) {
        int count = role.rule().approval().map(Approvals::count).orElse(1);
        return new GroupWord(Optional.of(role.name()), Optional.empty(), 1, count, As.DECIDES);
    }

    private static GroupWord of(GroupStage stage) {
        return new GroupWord(Optional.empty(), Optional.of(stage.rule()), stage.position(), stage.count(), stage.as());
    }
}
