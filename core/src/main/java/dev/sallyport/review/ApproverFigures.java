package dev.sallyport.review;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How somebody approved lately (RQ5).
 *
 * @param busiestDay the most words on one day
 * @param median how long their stages had been open when they spoke
 * @param quick how many words came without much looking
 * @param pairs with whom they approved for each other too often
 * @param signs what about it somebody should look at
 */
public record ApproverFigures(
        String approver,
        int approved,
        int denied,
        int busiestDay,
        Duration median,
        int quick,
        int offHours,
        List<String> pairs,
        List<Sign> signs) {
    public ApproverFigures {
        pairs = List.copyOf(pairs);
        signs = List.copyOf(signs);
    }

    /**
     * One word that somebody gave.
     *
     * @param openedAt when its stage was open
     */
    record Word(String approver, String requester, boolean approves, Instant at, Instant openedAt) {
        Duration took() {
            Duration took = Duration.between(openedAt, at);
            return took.isNegative() ? Duration.ZERO : took;
        }
    }

    /**
     * Something that somebody should look at.
     *
     * @param kind of finding
     * @param subject whom it is about
     */
    public record Sign(String kind, String subject, String message) {}

    static final String VOLUME = "approval-volume";
    static final String SPEED = "approval-speed";
    static final String RUBBER_STAMP = "approval-rubber-stamp";
    static final String OFF_HOURS = "approval-off-hours";
    static final String PAIR = "approval-pair";

    /** Every kind of finding that signs are. */
    static final List<String> KINDS = List.of(VOLUME, SPEED, RUBBER_STAMP, OFF_HOURS, PAIR);

    /** Those of everybody who gave a word, by name. */
    static List<ApproverFigures> of(Collection<Word> words, ApprovalLimits limits) {
        var byApprover = new TreeMap<String, List<Word>>();
        var approvals = new HashMap<String, Integer>();
        for (Word word : words) {
            byApprover.computeIfAbsent(word.approver(), _ -> new ArrayList<>()).add(word);
            if (word.approves()) {
                approvals.merge(pair(word.approver(), word.requester()), 1, Integer::sum);
            }
        }
        return byApprover.entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue(), approvals, limits))
                .toList();
    }

    private static ApproverFigures of(
            String approver, List<Word> words, Map<String, Integer> approvals, ApprovalLimits limits) {
        int approved = (int) words.stream().filter(Word::approves).count();
        int quick = (int) words.stream()
                .filter(word -> word.took().compareTo(limits.quick()) <= 0)
                .count();
        int offHours = (int)
                words.stream().filter(word -> limits.isOffHours(word.at())).count();
        var days = new HashMap<Object, Integer>();
        words.forEach(word -> days.merge(word.at().atZone(limits.zone()).toLocalDate(), 1, Integer::sum));
        int busiest = days.values().stream().max(Comparator.naturalOrder()).orElse(0);
        List<String> pairs = words.stream()
                .map(Word::requester)
                .distinct()
                .filter(other -> Math.min(
                                approvals.getOrDefault(pair(approver, other), 0),
                                approvals.getOrDefault(pair(other, approver), 0))
                        > limits.pairs())
                .sorted()
                .toList();
        var figures = new ApproverFigures(
                approver, approved, words.size() - approved, busiest, median(words), quick, offHours, pairs, List.of());
        return figures.with(figures.signs(limits));
    }

    private static String pair(String approver, String requester) {
        return approver + "\n" + requester;
    }

    private static Duration median(List<Word> words) {
        List<Duration> sorted = words.stream().map(Word::took).sorted().toList();
        return sorted.get((sorted.size() - 1) / 2);
    }

    private int words() {
        return approved + denied;
    }

    private ApproverFigures with(List<Sign> found) {
        return new ApproverFigures(approver, approved, denied, busiestDay, median, quick, offHours, pairs, found);
    }

    private List<Sign> signs(ApprovalLimits limits) {
        var found = new ArrayList<Sign>();
        if (busiestDay > limits.perDay()) {
            found.add(sign(VOLUME, "gave " + busiestDay + " words on one day (limit: " + limits.perDay() + ")"));
        }
        if (words() >= limits.least() && quick * 100 >= words() * limits.quickPercent()) {
            found.add(sign(
                    denied == 0 ? RUBBER_STAMP : SPEED,
                    "gave " + quick + " of " + words() + " words within "
                            + limits.quick().toSeconds() + " s"
                            + (denied == 0 ? " and denied nothing" : "") + " (limit: " + limits.quickPercent()
                            + " %)"));
        }
        if (words() >= limits.least() && offHours * 100 >= words() * limits.offHoursPercent()) {
            found.add(sign(
                    OFF_HOURS,
                    "gave " + offHours + " of " + words() + " words outside of working hours (limit: "
                            + limits.offHoursPercent() + " %)"));
        }
        for (String other : pairs) {
            String both = approver.compareTo(other) < 0 ? approver + " and " + other : other + " and " + approver;
            found.add(new Sign(PAIR, both, both + " approved for each other more than " + limits.pairs() + " times"));
        }
        return found;
    }

    private Sign sign(String kind, String what) {
        return new Sign(kind, approver, approver + " " + what);
    }
}
