package dev.sallyport.grant;

import dev.sallyport.base.GrantId;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Eligibility;
import dev.sallyport.catalog.Role;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.decision.Asked;
import dev.sallyport.decision.Kept;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import dev.sallyport.policy.code.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Grants going on, as questions to policy with the facts of this moment about their persons, roles and targets. Many grants
 * are of the same persons, roles and targets: each of these is read once.
 */
final class HeldGrants {
    private final Rx rx;
    private final Map<GrantId, Asked.Wish> wishes = new HashMap<>();
    private final Map<GrantId, List<String>> incidents = new HashMap<>();
    private final Map<PersonId, Person> persons;
    private final Map<PersonId, List<String>> groups;
    private final Map<RoleId, Optional<Role>> roles = new HashMap<>();
    private final Map<TargetId, Optional<Target>> targets = new HashMap<>();
    private final Map<RoleId, List<Eligibility>> eligibilities = new HashMap<>();

    HeldGrants(Rx rx, List<Grant> grants) {
        this.rx = rx;
        Set<PersonId> holders = grants.stream().map(Grant::person).collect(Collectors.toSet());
        persons = Directory.persons(rx, holders.stream().map(PersonId::value).toList()).stream()
                .collect(Collectors.toMap(Person::id, Function.identity()));
        groups = Directory.groups(rx, holders);
        List<String> ids = grants.stream().map(grant -> grant.id().value()).toList();
        // the newest of the request and its extensions says what was asked for
        rx.list(
                        """
                        select distinct on (grant_id) grant_id, facts from (
                            select g.id as grant_id, i.id, i.facts from access_grant g join request_item i on i.id = g.item_id
                             where g.id = any(?::text[]) and i.state = 'approved'
                            union all
                            select r.extends, i.id, i.facts from request r join request_item i on i.request_id = r.id
                             where r.extends = any(?::text[]) and i.state = 'approved') asked
                         order by grant_id, id desc
                        """,
                        row -> Map.entry(
                                new GrantId(row.getString(1)),
                                Optional.ofNullable(row.getString(2))
                                        .map(Spec::of)
                                        .flatMap(Kept::of)
                                        .map(Kept::wish)),
                        ids,
                        ids)
                .forEach(entry -> entry.getValue().ifPresent(wish -> wishes.put(entry.getKey(), wish)));
        rx.list(
                        "select grant_id, incident_id from grant_incident where grant_id = any(?::text[]) order by incident_id",
                        row -> Map.entry(new GrantId(row.getString(1)), row.getString(2)),
                        ids)
                .forEach(entry -> incidents
                        .computeIfAbsent(entry.getKey(), _ -> new ArrayList<>())
                        .add(entry.getValue()));
    }

    /** Nothing where its person, role or target is gone. */
    Optional<Asked> asked(Grant grant) {
        Optional<Person> person = Optional.ofNullable(persons.get(grant.person()));
        Optional<Role> role = roles.computeIfAbsent(grant.role(), id -> Catalog.role(rx, id));
        Optional<Target> target = targets.computeIfAbsent(grant.target(), id -> Catalog.target(rx, id));
        if (person.isEmpty() || role.isEmpty() || target.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Asked(
                Action.HOLD,
                person.get(),
                groups(person.get()),
                isEligible(person.get(), role.get(), target.get()),
                role.get(),
                target.get(),
                wishes.getOrDefault(grant.id(), Asked.Wish.of(Duration.between(grant.startsAt(), grant.endsAt()), "")),
                Optional.of(grant.id()),
                List.of()));
    }

    /** Those that it was granted for. */
    List<String> incidents(Grant grant) {
        return incidents.getOrDefault(grant.id(), List.of());
    }

    private List<String> groups(Person person) {
        return groups.getOrDefault(person.id(), List.of());
    }

    private boolean isEligible(Person person, Role role, Target target) {
        return role.targets().matches(target)
                && eligibilities.computeIfAbsent(role.id(), _ -> Catalog.eligibilities(rx, role)).stream()
                        .anyMatch(eligibility -> eligibility.allows(person, groups(person), target, rx.now()));
    }
}
