package dev.sallyport.decision;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import java.util.List;
import java.util.Optional;

/** Who may ask for a role on a target, and what a set would say to each who asks rightly. */
public final class WhoCan {
    private WhoCan() {}

    /** What somebody would be told, and how unusual it would be, where the set looks at that. */
    public record Could(String person, Ruling ruling, Optional<RiskScore> risk) {}

    /**
     * One after the other by name, on the facts that a request would have.
     *
     * @param wish what each would ask; a risk that it states is taken for theirs
     * @param after only those whose names come after this one
     * @param most how many are looked at
     */
    public static List<Could> get(
            Rx rx,
            PolicySet set,
            Decisions decisions,
            Role role,
            Target target,
            Asked.Wish wish,
            String after,
            int most) {
        Decisions.Asking asking = decisions.asking(rx, set);
        boolean weighs = wish.risk().isEmpty() && asking.looksAtRisk();
        return Catalog.eligible(rx, role, target, after, most)
                .map(asker -> {
                    var stated = new Asked(Action.REQUEST, asker.person(), asker.groups(), true, role, target, wish);
                    Asked asked = weighs
                            ? decisions
                                    .weighing(rx, asker.person(), asker.groups())
                                    .apply(stated)
                            : stated;
                    return new Could(
                            asker.person().name(),
                            asking.offer(asked),
                            asked.wish().risk());
                })
                .toList();
    }

    /** As long as the role lets one ask for. */
    public static Asked.Wish wish(Role role) {
        return Asked.Wish.of(role.rule().maxDuration(), "as asked");
    }
}
