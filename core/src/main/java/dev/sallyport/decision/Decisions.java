package dev.sallyport.decision;

import dev.sallyport.database.Rx;
import dev.sallyport.policy.RoleRule;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Question;
import dev.sallyport.policy.code.Ruling;
import java.util.function.Function;

/** The door to decisions: the enforced set and the role's own rule, on today's facts. */
public final class Decisions {
    private final PolicySets sets;

    public Decisions(PolicySets sets) {
        this.sets = sets;
    }

    /** Decides now, and says beside it what the set in shadow would have said. */
    public Decided decide(Rx rx, Asked asked) {
        PolicySet set = sets.enforced(rx);
        Question question = asked.question();
        RoleRule own = asked.role().rule();
        return new Decided(
                set.hash(),
                question,
                own,
                set.decide(question, own, rx.now()),
                sets.shadow(rx)
                        .map(shadow -> new Decided.Shadow(shadow.hash(), shadow.decide(question, own, rx.now()))));
    }

    /** What would be decided for those who ask rightly, for many questions in one look. */
    public Function<Asked, Ruling> offering(Rx rx) {
        PolicySet set = sets.enforced(rx);
        return asked -> set.offer(asked.question(), asked.role().rule(), rx.now());
    }
}
