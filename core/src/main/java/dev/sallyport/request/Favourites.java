package dev.sallyport.request;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.grant.Terms;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What people ask for often and want at hand (RQ8). They see of it what they may still ask for. */
public final class Favourites {
    /** How many one person may have. */
    public static final int MOST = 30;

    private final Database database;
    private final Audit audit;
    private final Requests requests;

    public Favourites(Database database, Audit audit, Requests requests) {
        this.database = database;
        this.audit = audit;
        this.requests = requests;
    }

    /** A role on a target. */
    record Pair(RoleId role, TargetId target) {}

    static Set<Pair> of(Rx rx, PersonId person) {
        return new HashSet<>(pairs(rx, person));
    }

    private static List<Pair> pairs(Rx rx, PersonId person) {
        return rx.list(
                "select role_id, target_id from favourite where person_id = ? order by at, role_id, target_id",
                row -> new Pair(new RoleId(row.getString(1)), new TargetId(row.getString(2))),
                person);
    }

    /** In the order in which they were added, with the decision an ordinary ask would meet. */
    public List<Requests.Offer> list(PersonId person) {
        return database.read(rx -> {
            Person asker = Directory.person(rx, person).orElseThrow();
            List<String> groups = Directory.groups(rx, person);
            List<Catalog.Offer> open = pairs(rx, person).stream()
                    .flatMap(pair -> Catalog.role(rx, pair.role())
                            .flatMap(role ->
                                    Catalog.target(rx, pair.target()).map(target -> new Catalog.Offer(role, target)))
                            .stream())
                    .filter(offer -> mayAsk(rx, asker, groups, offer.role(), offer.target()))
                    .toList();
            return requests.offers(rx, asker, groups, open);
        });
    }

    private static boolean mayAsk(Rx rx, Person asker, List<String> groups, Role role, Target target) {
        return Terms.gives(role, target) && Catalog.isEligible(rx, asker, groups, role, target);
    }

    /**
     * Adds one; what is one already stays.
     *
     * @throws Refusal {@code request.unknown-role-or-target} for what the person may not ask for, {@code favourite.too-many}
     */
    public void add(Actor actor, PersonId person, String role, String target) {
        database.run(actor, tx -> {
            Catalog.hold(tx);
            // those of one person come one after another, so that the limit holds
            tx.list("select id from person where id = ? for update", _ -> true, person);
            Person asker = Directory.person(tx, person).orElseThrow();
            List<String> groups = Directory.groups(tx, person);
            Optional<Role> known = Catalog.role(tx, role);
            Optional<Target> place = Catalog.target(tx, target);
            if (known.isEmpty() || place.isEmpty() || !mayAsk(tx, asker, groups, known.get(), place.get())) {
                throw Requests.nothing(role, target);
            }
            Set<Pair> held = of(tx, person);
            var wanted = new Pair(known.get().id(), place.get().id());
            if (held.contains(wanted)) {
                return;
            }
            if (held.size() >= MOST) {
                throw RequestRefusal.TOO_MANY_FAVOURITES.because(
                        "you have " + MOST + " favourites already (favourites_per_person: " + MOST + ")",
                        "sallyport favourites remove ROLE TARGET");
            }
            tx.update(
                    "insert into favourite (person_id, role_id, target_id, at) values (?, ?, ?, ?)",
                    person,
                    wanted.role(),
                    wanted.target(),
                    tx.now());
            record(tx, FavouriteEvent.ADDED, role, target);
        });
    }

    /** Removes one; what is none stays none. */
    public void remove(Actor actor, PersonId person, String role, String target) {
        database.run(actor, tx -> {
            boolean was = tx.update("""
                            delete from favourite where person_id = ? and role_id = (select id from role where name = ?)
                               and target_id = (select id from target where name = ?)
                            """, person, role, target) > 0;
            if (was) {
                record(tx, FavouriteEvent.REMOVED, role, target);
            }
        });
    }

    private void record(Tx tx, FavouriteEvent event, String role, String target) {
        audit.record(tx, Event.of(event).target(target).data("role", role));
    }
}
