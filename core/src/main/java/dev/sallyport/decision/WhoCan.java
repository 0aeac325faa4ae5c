package dev.sallyport.decision;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Directory;
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
     * One after the other, judged when it is looked at, on the facts that a request would have.
     *
     * @param wish what each would ask; a risk that it states is taken for theirs
     * @param most how many are looked at
     */
    public static List<Could> get(
            Rx rx, PolicySet set, Decisions decisions, Role role, Target target, Asked.Wish wish, int most) {
        boolean weighs = wish.risk().isEmpty() && set.names(Decisions.RISK);
        return Catalog.eligible(rx, role, target)
                .limit(most)
                .map(person -> {
                    List<String> groups = Directory.groups(rx, person.id());
                    var stated = new Asked(Action.REQUEST, person, groups, true, role, target, wish);
                    Asked asked =
                            weighs ? decisions.weighing(rx, person, groups).apply(stated) : stated;
                    return new Could(
                            person.name(),
                            set.offer(decisions.question(rx, asked), role.rule(), rx.now()),
                            asked.wish().risk());
                })
                .toList();
    }

    /** As long as the role lets one ask for. */
    public static Asked.Wish wish(Role role) {
        return Asked.Wish.of(role.rule().maxDuration(), "as asked");
    }
}
