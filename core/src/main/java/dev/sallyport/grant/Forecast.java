package dev.sallyport.grant;

import dev.sallyport.database.Rx;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Decisions;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What would become of what runs if a set of policies were enforced now (PO7): judged as it would be then, and nothing is
 * changed.
 *
 * @param running how many grants run or wait for their time
 * @param judged how many of them were looked at, those first that are the oldest
 * @param ending how many of those would end
 * @param warned how many would go on, and be found to stand against policy
 * @param changes what would end, then what would be warned of; no more than {@link #LISTED_MAX}
 */
public record Forecast(long running, int judged, int ending, int warned, List<Change> changes) {
    /** How many grants one forecast looks at. */
    public static final int JUDGED_MAX = 5_000;

    /** How many it lists. */
    public static final int LISTED_MAX = 200;

    private static final int PAGE = 500;

    /** What would happen to one grant. */
    public enum Becoming {
        ENDS,
        DOES_NOT_BEGIN,
        IS_WARNED_OF
    }

    /** A grant that would not go on as it does. */
    public record Change(Grant grant, Becoming becoming, List<String> because) {
        public Change {
            because = List.copyOf(because);
        }
    }

    public Forecast {
        changes = List.copyOf(changes);
    }

    public static Forecast of(Rx rx, Decisions decisions, PolicySet set) {
        Decisions.Asking asking = decisions.asking(rx, set);
        var ending = new ArrayList<Change>();
        var warned = new ArrayList<Change>();
        int judged = 0;
        List<Grant> page = GrantStore.runningAfter(rx, "", PAGE);
        while (!page.isEmpty() && judged < JUDGED_MAX) {
            var held = new HeldGrants(rx, page);
            for (Grant grant : page) {
                change(held, asking, grant)
                        .ifPresent(
                                change -> (change.becoming() == Becoming.IS_WARNED_OF ? warned : ending).add(change));
            }
            judged += page.size();
            page = GrantStore.runningAfter(rx, page.getLast().id().value(), PAGE);
        }
        var listed = new ArrayList<>(ending);
        listed.addAll(warned);
        return new Forecast(
                judged < JUDGED_MAX ? judged : GrantStore.running(rx),
                judged,
                ending.size(),
                warned.size(),
                listed.stream().limit(LISTED_MAX).toList());
    }

    private static Optional<Change> change(HeldGrants held, Decisions.Asking asking, Grant grant) {
        Optional<Asked> asked = held.asked(grant);
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        Ruling ruling = asking.decided(asked.get()).ruling();
        List<String> incidents = held.incidents(grant);
        Optional<String> why = Judging.ends(incidents, ruling, () -> Judging.restsOn(incidents, asked.get(), asking));
        if (why.isPresent()) {
            return Optional.of(new Change(grant, Becoming.ENDS, List.of(why.get())));
        }
        if (grant.state() == GrantState.SCHEDULED) {
            Ruling begins = asking.offer(asked.get().by(Action.REQUEST));
            if (begins.effect() == Ruling.Effect.DENY) {
                return Optional.of(new Change(grant, Becoming.DOES_NOT_BEGIN, begins.sentences()));
            }
        }
        return ruling.warnings().isEmpty()
                ? Optional.empty()
                : Optional.of(new Change(grant, Becoming.IS_WARNED_OF, ruling.warnings()));
    }
}
