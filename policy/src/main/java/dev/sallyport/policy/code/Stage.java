package dev.sallyport.policy.code;

import dev.sallyport.policy.Approvals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whose word is needed: so many different people out of those named. Stages with the same position wait together, and
 * those of the next position wait until they are done.
 *
 * @param position counts from 1
 * @param escalateAfter how long it waits for these people alone
 * @param escalateTo who may then decide it as well; without, it is passed over and the word of the next position is enough
 */
public record Stage(
        int position, Approvers by, int count, Optional<Duration> escalateAfter, Optional<Approvers> escalateTo) {
    public Stage {
        if (count < 1 || count > Approvals.MAX) {
            throw new IllegalArgumentException("count: " + count + " (expected: 1 to " + Approvals.MAX + ")");
        }
    }

    /** Any of these people. */
    public record Approvers(
            List<String> groups, List<String> people, boolean targetOwner, boolean manager, Optional<String> webhook) {
        public Approvers {
            groups = groups.stream().sorted().toList();
            people = people.stream().sorted().toList();
        }

        /** Members of one group. */
        public static Approvers of(String group) {
            return new Approvers(List.of(group), List.of(), false, false, Optional.empty());
        }

        boolean isNobody() {
            return groups.isEmpty() && people.isEmpty() && !targetOwner && !manager && webhook.isEmpty();
        }

        /** As a person reads it: {@code leads or the target's owner}. */
        public String shown() {
            var names = new ArrayList<String>(groups);
            names.addAll(people);
            if (targetOwner) {
                names.add("the target's owner");
            }
            if (manager) {
                names.add("the requester's manager");
            }
            webhook.ifPresent(name -> names.add("the service " + name));
            return String.join(" or ", names);
        }

        private void into(Map<String, Object> tree) {
            tree.put("groups", groups);
            tree.put("people", people);
            tree.put("target_owner", targetOwner);
            tree.put("manager", manager);
            webhook.ifPresent(name -> tree.put("webhook", name));
        }
    }

    /** As a person reads it: {@code 2 approvals by leads}. */
    public String shown() {
        return count + (count == 1 ? " approval by " : " approvals by ") + by.shown();
    }

    /**
     * The same people at the same position: the larger quorum. Where both go on to the same others, they do after the later
     * of both times; where only one would, or to others than the other, neither does.
     */
    Stage strictest(Stage other) {
        int quorum = Math.max(count, other.count);
        if (escalateAfter.isEmpty() || other.escalateAfter.isEmpty() || !escalateTo.equals(other.escalateTo)) {
            return new Stage(position, by, quorum, Optional.empty(), Optional.empty());
        }
        Duration later = escalateAfter.get().compareTo(other.escalateAfter.get()) >= 0
                ? escalateAfter.get()
                : other.escalateAfter.get();
        return new Stage(position, by, quorum, Optional.of(later), escalateTo);
    }

    boolean isSamePeople(Stage other) {
        return position == other.position && by.equals(other.by);
    }

    /** As data. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("stage", position);
        tree.put("count", count);
        by.into(tree);
        escalateAfter.ifPresent(span -> tree.put("escalate_after", span.toString()));
        escalateTo.ifPresent(next -> {
            var others = new LinkedHashMap<String, Object>();
            next.into(others);
            tree.put("escalate_to", others);
        });
        return tree;
    }
}
