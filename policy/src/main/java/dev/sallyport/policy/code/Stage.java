package dev.sallyport.policy.code;

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
 * @param escalateAfter how long it waits before the next one is asked too
 */
public record Stage(int position, Approvers by, int count, Optional<Duration> escalateAfter) {
    /** Any of these people. */
    public record Approvers(
            List<String> groups, List<String> people, boolean targetOwner, boolean manager, Optional<String> webhook) {
        public Approvers {
            groups = groups.stream().sorted().toList();
            people = people.stream().sorted().toList();
        }

        boolean isNobody() {
            return groups.isEmpty() && people.isEmpty() && !targetOwner && !manager && webhook.isEmpty();
        }

        String shown() {
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
    }

    /** As a person reads it: {@code 2 approvals by leads}. */
    public String shown() {
        return count + (count == 1 ? " approval by " : " approvals by ") + by.shown();
    }

    /** The same people at the same position: the stricter of both. */
    Stage strictest(Stage other) {
        return new Stage(
                position,
                by,
                Math.max(count, other.count),
                escalateAfter.isPresent() && other.escalateAfter.isPresent()
                        ? Optional.of(
                                escalateAfter.get().compareTo(other.escalateAfter.get()) <= 0
                                        ? escalateAfter.get()
                                        : other.escalateAfter.get())
                        : escalateAfter.or(other::escalateAfter));
    }

    boolean isSamePeople(Stage other) {
        return position == other.position && by.equals(other.by);
    }

    /** As data. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("stage", position);
        tree.put("count", count);
        tree.put("groups", by.groups());
        tree.put("people", by.people());
        tree.put("target_owner", by.targetOwner());
        tree.put("manager", by.manager());
        by.webhook().ifPresent(name -> tree.put("webhook", name));
        escalateAfter.ifPresent(span -> tree.put("escalate_after", span.toString()));
        return tree;
    }
}
