package dev.sallyport.catalog;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.FactsWatch;
import dev.sallyport.identity.Person;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Judges a person's running grants again when their groups or attributes change elsewhere, such as at a provider. */
public final class Rejudging implements FactsWatch {
    private final AccessChanged listener;

    public Rejudging(AccessChanged listener) {
        this.listener = listener;
    }

    private record Held(RoleId role, TargetId target) {}

    @Override
    public void during(Tx tx, PersonId person, Runnable change) {
        // nobody changes the rules between the two looks
        CatalogStore.lock(tx);
        Set<Held> before = eligible(tx, person);
        change.run();
        Set<Held> after = eligible(tx, person);
        before.stream()
                .filter(held -> !after.contains(held))
                .map(Held::role)
                .distinct()
                .forEach(role -> listener.eligibilityChanged(tx, role, List.of(person)));
        listener.factsChanged(tx, List.of(person));
    }

    /** What of the running grants the person may ask for at this moment. */
    private static Set<Held> eligible(Rx rx, PersonId id) {
        Optional<Person> person = Directory.person(rx, id);
        List<String> groups = Directory.groups(rx, id);
        var eligible = new HashSet<Held>();
        for (Held held : rx.list(
                """
                select distinct role_id, target_id from access_grant
                 where person_id = ? and state in ('scheduled', 'active')
                """,
                row -> new Held(new RoleId(row.getString("role_id")), new TargetId(row.getString("target_id"))),
                id)) {
            Optional<Role> role = Catalog.role(rx, held.role);
            Optional<Target> target = Catalog.target(rx, held.target);
            if (person.isPresent()
                    && role.isPresent()
                    && target.isPresent()
                    && Catalog.isEligible(rx, person.get(), groups, role.get(), target.get())) {
                eligible.add(held);
            }
        }
        return eligible;
    }
}
