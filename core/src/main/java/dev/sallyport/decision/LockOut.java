package dev.sallyport.decision;

import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Directory;
import dev.sallyport.policy.code.PolicySet;
import dev.sallyport.policy.code.Ruling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
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

    private static final Duration EMERGENCY = Duration.ofHours(1);

    private LockOut() {}

    /**
     * Refuses a set under which nobody could get the right.
     *
     * @param force whether somebody wants it in spite of that, which goes where there is a way in an emergency
     * @return the way that there is in an emergency, where it was forced
     * @throws dev.sallyport.base.Refusal {@code policy.locks-out}
     */
    static Optional<String> refuse(Rx rx, PolicySet set, boolean force) {
        Optional<Target> product = Catalog.target(rx, Target.SALLYPORT);
        List<Role> roles = Catalog.rolesWithRight(rx, RIGHT);
        if (product.isEmpty() || roles.isEmpty()) {
            return Optional.empty(); // nobody could before either
        }
        var why = new ArrayList<String>();
        for (Role role : roles) {
            Iterator<WhoCan.Could> each = could(rx, set, role, product.get(), WhoCan.wish(role));
            while (each.hasNext()) {
                WhoCan.Could could = each.next();
                Optional<String> against = against(rx, could, product.get());
                if (against.isEmpty()) {
                    return Optional.empty();
                }
                if (why.size() < TOLD) {
                    why.add(could.person() + ": " + against.get());
                }
            }
        }
        if (why.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> emergency = emergency(rx, set, roles, product.get());
        if (force && emergency.isPresent()) {
            return emergency;
        }
        throw PolicyRefusal.LOCKS_OUT.because(
                "under this set nobody could get " + RIGHT + " any more, so it could never be replaced: "
                        + String.join(" | ", why),
                emergency
                        .map(way -> "let a rule allow the role that holds " + RIGHT + " on " + Target.SALLYPORT
                                + ", or insist with --force: there is a way in an emergency (" + way + ")")
                        .orElse("let a rule allow the role that holds " + RIGHT + " on " + Target.SALLYPORT
                                + (force
                                        ? "; --force wants a way in an emergency: a rule that names request.breakGlass for it"
                                        : "")));
    }

    private static Iterator<WhoCan.Could> could(Rx rx, PolicySet set, Role role, Target product, Asked.Wish wish) {
        return WhoCan.get(rx, set, role, product, wish, asked -> asked.question(NOBODY_HOLDS))
                .iterator();
    }

    /** Why somebody would not get it: a deny, or a word that there are not enough people for. */
    private static Optional<String> against(Rx rx, WhoCan.Could could, Target product) {
        Ruling ruling = could.ruling();
        if (ruling.effect() == Ruling.Effect.DENY) {
            return Optional.of(String.join("; ", ruling.sentences()));
        }
        return Words.missing(rx, ruling, Directory.person(rx, could.person()).orElseThrow(), product);
    }

    /** How somebody could get in although nobody could get the right in the ordinary way. */
    private static Optional<String> emergency(Rx rx, PolicySet set, List<Role> roles, Target product) {
        var wish = new Asked.Wish(
                EMERGENCY,
                Optional.empty(),
                "nobody can administer any more",
                Optional.empty(),
                true,
                Optional.empty(),
                Optional.empty());
        for (Role role : roles) {
            Iterator<WhoCan.Could> each = could(rx, set, role, product, wish);
            while (each.hasNext()) {
                WhoCan.Could could = each.next();
                if (against(rx, could, product).isEmpty()) {
                    return Optional.of("breaking glass for the role " + role.name());
                }
            }
        }
        return Optional.empty();
    }
}
