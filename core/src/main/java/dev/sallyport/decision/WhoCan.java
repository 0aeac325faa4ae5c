package dev.sallyport.decision;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Directory;
import dev.sallyport.policy.code.Action;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

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
        return get(
                        rx,
                        set,
                        role,
                        target,
                        wish,
                        asked -> weighs
                                ? decisions
                                        .weighing(rx, asked.person(), asked.groups())
                                        .apply(asked)
                                : asked,
                        asked -> decisions.question(rx, asked))
                .limit(most)
                .toList();
    }

    /**
     * Those of whom nothing is known but the facts.
     *
     * @param facts what is known of each
     */
    static Stream<Could> get(
            Rx rx, PolicySet set, Role role, Target target, Asked.Wish wish, Function<Asked, Question> facts) {
        return get(rx, set, role, target, wish, UnaryOperator.identity(), facts);
    }

    /** As long as the role lets one ask for. */
    public static Asked.Wish wish(Role role) {
        return Asked.Wish.of(role.rule().maxDuration(), "as asked");
    }

    private static Stream<Could> get(
            Rx rx,
            PolicySet set,
            Role role,
            Target target,
            Asked.Wish wish,
            UnaryOperator<Asked> weighing,
            Function<Asked, Question> facts) {
        return Catalog.eligible(rx, role, target).map(person -> {
            Asked asked = weighing.apply(
                    new Asked(Action.REQUEST, person, Directory.groups(rx, person.id()), true, role, target, wish));
            return new Could(
                    person.name(),
                    set.offer(facts.apply(asked), role.rule(), rx.now()),
                    asked.wish().risk());
        });
    }
}
