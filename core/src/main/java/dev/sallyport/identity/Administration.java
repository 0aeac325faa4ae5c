package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rx;
import java.util.Set;
import java.util.TreeSet;

/** Knows what a person could do to the product itself; implemented by the feature that holds the grants. */
@FunctionalInterface
public interface Administration {
    /** The administration rights the person holds, will hold, or may ask for now. */
    Set<String> reach(Rx rx, PersonId person);

    /**
     * Whoever can make somebody's way of signing in can become them; so they must hold all that this person could reach.
     *
     * @throws dev.sallyport.base.Refusal {@code person.administers-more}
     */
    default void cover(Rx rx, Set<String> held, Person person) {
        var missing = new TreeSet<>(reach(rx, person.id()));
        missing.removeAll(held);
        if (!missing.isEmpty()) {
            throw IdentityRefusal.ADMINISTERS_MORE.because(
                    person.name() + " holds, or may ask for, administration that you do not hold: "
                            + String.join(", ", missing),
                    "ask for a role that holds it first, or ask somebody who does");
        }
    }
}
