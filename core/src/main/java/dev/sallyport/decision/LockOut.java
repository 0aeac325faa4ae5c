package dev.sallyport.decision;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Tx;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sees to it that somebody can still change the policies after they are enforced. */
final class LockOut {
    /** The right without which no set can be replaced. */
    static final String RIGHT = "policy.enforce";

    /** How many reasons one refusal tells. */
    private static final int TOLD = 3;

    /** What others hold does not lock anybody out for good. */
    private static final List<Map<String, Map<String, Object>>> NOBODY_HOLDS =
            List.of(Map.of("role", Map.of("holders", 0)));

    private LockOut() {}

    /** @throws dev.sallyport.base.Refusal {@code policy.locks-out} when under this set nobody could ask for the right */
    static void refuse(Tx tx, PolicySet set) {
        Optional<Target> product = Catalog.target(tx, Target.SALLYPORT);
        List<Role> roles = Catalog.rolesWithRight(tx, RIGHT);
        if (product.isEmpty() || roles.isEmpty()) {
            return; // nobody could before either
        }
        var why = new ArrayList<String>();
        for (Role role : roles) {
            for (WhoCan.Could could : (Iterable<WhoCan.Could>)
                    WhoCan.get(tx, set, role, product.get(), asked -> asked.question(NOBODY_HOLDS))::iterator) {
                if (could.ruling().effect() != Ruling.Effect.DENY) {
                    return;
                }
                why.add(could.person() + ": " + String.join("; ", could.ruling().sentences()));
            }
        }
        if (!why.isEmpty()) {
            throw PolicyRefusal.LOCKS_OUT.because(
                    "under this set nobody could ask for " + RIGHT + " any more, so it could never be replaced: "
                            + String.join(" | ", why.subList(0, Math.min(TOLD, why.size()))),
                    "let a rule allow the role that holds " + RIGHT + " on " + Target.SALLYPORT);
        }
    }
}
