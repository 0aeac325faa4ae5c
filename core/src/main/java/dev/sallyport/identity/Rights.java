package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rx;
import java.util.Set;
import java.util.TreeSet;

/** Administration rights: what the running grants of a person on the product itself add up to. */
public final class Rights {
    /** Every right there is. */
    public static final Set<String> ALL = Set.of(
            "audit.read",
            "request.read-all",
            "grant.read-all",
            "grant.revoke",
            "person.quarantine",
            "catalog.read",
            "catalog.write",
            "target.enroll",
            "key.rotate",
            "finding.read",
            "metrics.read");

    private Rights() {}

    /** The person's rights now; nobody who is disabled or in quarantine has any. */
    public static Set<String> of(Rx rx, PersonId person) {
        return new TreeSet<>(rx.list("""
                select distinct granted.name
                  from access_grant g
                  join person p on p.id = g.person_id and p.state = 'active' and p.quarantined_at is null
                  join target t on t.id = g.target_id and t.type = 'sallyport'
                  join role r on r.id = g.role_id
                 cross join lateral jsonb_array_elements_text(
                       case jsonb_typeof(r.spec -> 'rights') when 'array' then r.spec -> 'rights' else '[]' end)
                       as granted(name)
                 where g.person_id = ? and g.state = 'active' and g.starts_at <= ? and g.ends_at > ?
                """, row -> row.getString(1), person, rx.now(), rx.now()));
    }
}
