package dev.sallyport.grant;

import dev.sallyport.base.PersonId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Search;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.identity.Administration;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Administration that a person holds by a grant, running or yet to start, or may ask for, whoever must approve it. */
public final class Reach implements Administration {
    private static final int MOST_ROLES = 1_000;

    @Override
    public Set<String> reach(Rx rx, PersonId id) {
        var rights = new TreeSet<>(rx.list("""
                select distinct granted.name
                  from access_grant g
                 cross join lateral jsonb_array_elements_text(
                       case jsonb_typeof(g.terms -> 'rights') when 'array' then g.terms -> 'rights' else '[]' end)
                       as granted(name)
                 where g.person_id = ? and g.state in ('scheduled', 'active') and g.ends_at > ?
                """, row -> row.getString(1), id, rx.now()));
        Optional<Person> person = Directory.person(rx, id);
        if (person.isPresent()) {
            Catalog.offers(
                            rx,
                            person.get(),
                            Directory.groups(rx, id),
                            Search.on(Optional.of(Target.SALLYPORT)),
                            MOST_ROLES)
                    .forEach(offer -> rights.addAll(offer.role().rights()));
        }
        return rights;
    }
}
