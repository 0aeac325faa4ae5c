package dev.sallyport.policy.code;

import dev.sallyport.policy.Approvals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whose word is needed: so many different people out of those named. Stages with the same position wait together, and
 * those of the next position wait until they are done.
 *
 * @param position counts from 1
 * @param escalateAfter how long it waits for these people alone
 * @param escalateTo who may then decide it as well; without, it is passed over and the word of the next position is enough;
 *     a decision service that is silent, and whose document says so, is joined or passed over at once
 * @param fallback to whom it is granted as an emergency when these do not answer either
 * @param reminders how often those who are silent are reminded, where a rule says it
 */
public record Stage(
        int position,
        Approvers by,
        int count,
        Optional<Duration> escalateAfter,
        Optional<Approvers> escalateTo,
        Optional<Fallback> fallback,
        Optional<Reminders> reminders) {
    public Stage {
        if (count < 1 || count > Approvals.MAX) {
            throw new IllegalArgumentException("count: " + count + " (expected: 1 to " + Approvals.MAX + ")");
        }
    }

    /**
     * Nobody answered: those authorised beforehand are granted it without this stage's word, as an emergency.
     *
     * @param after how long after the escalation
     * @param groups whose members are authorised
     */
    public record Fallback(Duration after, List<String> groups) {
        public Fallback {
            groups = groups.stream().distinct().sorted().toList();
        }

        private static Optional<Fallback> stricter(Optional<Fallback> one, Optional<Fallback> two) {
            return one.isPresent() && two.isPresent() && one.get().groups.equals(two.get().groups)
                    ? one.get().after.compareTo(two.get().after) >= 0 ? one : two
                    : Optional.empty();
        }
    }

    /**
     * Those who have not answered are reminded.
     *
     * @param every how long they have before the first, and then again
     * @param times how many there are; none: never
     */
    public record Reminders(Duration every, int times) {
        /** Where nobody says anything else. */
        public static final Reminders USUAL = new Reminders(Duration.ofMinutes(15), 3);

        private static Optional<Reminders> both(Optional<Reminders> one, Optional<Reminders> two) {
            if (one.isEmpty() && two.isEmpty()) {
                return Optional.empty();
            }
            Reminders first = one.orElse(USUAL);
            Reminders second = two.orElse(USUAL);
            if (first.times == 0 || second.times == 0) {
                return Optional.of(first.times == 0 ? second : first);
            }
            return Optional.of(new Reminders(
                    first.every.compareTo(second.every) <= 0 ? first.every : second.every,
                    Math.max(first.times, second.times)));
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

    /** What the group is in this stage; nothing where it is not named. */
    List<GroupStage.As> naming(String group) {
        var named = new ArrayList<GroupStage.As>();
        if (by.groups().contains(group)) {
            named.add(GroupStage.As.DECIDES);
        }
        if (escalateTo.filter(others -> others.groups().contains(group)).isPresent()) {
            named.add(GroupStage.As.ESCALATION);
        }
        if (fallback.filter(others -> others.groups().contains(group)).isPresent()) {
            named.add(GroupStage.As.FALLBACK);
        }
        return named;
    }

    /** As a person reads it: {@code 2 approvals by leads}. */
    public String shown() {
        return count + (count == 1 ? " approval by " : " approvals by ") + by.shown();
    }

    /**
     * The same people at the same position: the larger quorum. Where both go on to the same others, they do after the later
     * of both times; where only one would, or to others than the other, neither does. The same holds for the fallback. They
     * are reminded as often as either says.
     */
    Stage strictest(Stage other) {
        int quorum = Math.max(count, other.count);
        Optional<Reminders> often = Reminders.both(reminders, other.reminders);
        if (escalateAfter.isPresent() != other.escalateAfter.isPresent() || !escalateTo.equals(other.escalateTo)) {
            return new Stage(position, by, quorum, Optional.empty(), Optional.empty(), Optional.empty(), often);
        }
        Optional<Duration> later = Stream.concat(escalateAfter.stream(), other.escalateAfter.stream())
                .max(Comparator.naturalOrder());
        return new Stage(position, by, quorum, later, escalateTo, Fallback.stricter(fallback, other.fallback), often);
    }

    /** Whether the other wants the same people's word at the same position, from at least as many. */
    boolean isWithin(Stage other) {
        return isSamePeople(other) && count <= other.count;
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
        fallback.ifPresent(
                last -> tree.put("fallback", Map.of("after", last.after().toString(), "groups", last.groups())));
        reminders.ifPresent(
                often -> tree.put("remind", Map.of("every", often.every().toString(), "times", often.times())));
        return tree;
    }
}
