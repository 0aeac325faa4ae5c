package dev.sallyport.catalog;

import dev.sallyport.base.Labels;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Spec;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The part of the catalogue on which some grants rest, by names; a copy can be changed to see what would follow. */
final class World {
    /** A membership, and which document says so. */
    record Member(String group, String person, String source) {}

    /** An eligibility with the name of its role. */
    record Rule(String role, Eligibility eligibility) {}

    final Map<String, Role> roles = new HashMap<>();
    final Map<String, Rule> rules = new TreeMap<>();
    final Map<String, Target> targets = new HashMap<>();
    final Map<String, Person> persons = new HashMap<>();
    private final Map<String, Set<Member>> members = new HashMap<>();
    private final Map<String, Map<String, String>> fromProviders = new HashMap<>();

    World copy() {
        var copy = new World();
        copy.roles.putAll(roles);
        copy.rules.putAll(rules);
        copy.targets.putAll(targets);
        copy.persons.putAll(persons);
        copy.fromProviders.putAll(fromProviders);
        members.forEach((person, of) -> copy.members.put(person, new HashSet<>(of)));
        return copy;
    }

    /** Whether the person may ask for the role there, as {@link Catalog#isEligible} says it, and may gain anything at all. */
    boolean isEligible(String person, String role, String target, Instant now) {
        Role what = roles.get(role);
        Target where = targets.get(target);
        Person who = persons.get(person);
        return what != null
                && where != null
                && who != null
                && !who.disabled()
                && what.targets().matches(where)
                && rules.values().stream().anyMatch(rule -> allows(rule, who, what, where, now));
    }

    boolean allows(String rule, String person, String role, String target, Instant now) {
        Person who = persons.get(person);
        Role what = roles.get(role);
        Target where = targets.get(target);
        Rule named = rules.get(rule);
        return who != null && what != null && where != null && named != null && allows(named, who, what, where, now);
    }

    private boolean allows(Rule rule, Person who, Role what, Target where, Instant now) {
        return rule.role().equals(what.name()) && rule.eligibility().allows(who, groups(who.name()), where, now);
    }

    Set<String> groups(String person) {
        return members.getOrDefault(person, Set.of()).stream()
                .map(Member::group)
                .collect(Collectors.toSet());
    }

    private void add(Member member) {
        members.computeIfAbsent(member.person(), _ -> new HashSet<>()).add(member);
    }

    /** Carries out one step. */
    void take(Step step, String managedBy) {
        switch (step.kind()) {
            case PERSON -> person(step, managedBy);
            case GROUP -> group(step, managedBy);
            case TARGET ->
                targets.computeIfPresent(step.name(), (_, was) -> step.is(Action.DELETE) ? null : target(step, was));
            case ROLE ->
                roles.computeIfPresent(
                        step.name(),
                        (_, was) -> step.is(Action.DELETE)
                                ? null
                                : new Role(was.id(), was.name(), spec(step), was.managedBy(), was.version()));
            case ELIGIBILITY -> eligibility(step);
            case OIDC_PROVIDER,
                    INCIDENT_SOURCE,
                    NOTIFICATION_CHANNEL,
                    NOTIFICATION_ROUTE,
                    DECISION_SERVICE,
                    CONSTANTS,
                    CALENDAR,
                    FREEZE,
                    POLICY -> {
                // gives nobody anything; policies do when they are enforced
            }
        }
    }

    private void person(Step step, String managedBy) {
        members.getOrDefault(step.name(), new HashSet<>())
                .removeIf(member ->
                        step.is(Action.DELETE) || member.source().equals(CatalogStore.personSource(managedBy)));
        if (step.is(Action.DELETE)) {
            persons.remove(step.name());
            return;
        }
        Spec spec = spec(step);
        persons.computeIfPresent(
                step.name(),
                (_, was) -> new Person(
                        was.id(),
                        was.name(),
                        was.displayName(),
                        was.email(),
                        attributes(step.name(), spec),
                        spec.text("state", "active").equals("disabled"),
                        was.quarantinedAt(),
                        was.epoch(),
                        was.managedBy(),
                        was.version()));
        spec.texts("groups")
                .forEach(group -> add(new Member(group, step.name(), CatalogStore.personSource(managedBy))));
    }

    private Map<String, String> attributes(String person, Spec spec) {
        var attributes = new HashMap<>(fromProviders.getOrDefault(person, Map.of()));
        attributes.putAll(spec.pairs("attributes"));
        return attributes;
    }

    private void group(Step step, String managedBy) {
        members.values()
                .forEach(of -> of.removeIf(member -> member.group().equals(step.name())
                        && (step.is(Action.DELETE) || member.source().equals(CatalogStore.groupSource(managedBy)))));
        if (!step.is(Action.DELETE)) {
            spec(step)
                    .texts("members")
                    .forEach(person -> add(new Member(step.name(), person, CatalogStore.groupSource(managedBy))));
        }
    }

    private void eligibility(Step step) {
        if (step.is(Action.DELETE)) {
            rules.remove(step.name());
            return;
        }
        Spec spec = spec(step);
        String role = spec.text("role", "");
        Optional.ofNullable(roles.get(role))
                .ifPresentOrElse(
                        known -> rules.put(
                                step.name(),
                                new Rule(role, new Eligibility(step.id(), step.name(), known.id(), spec, "", 0))),
                        () -> rules.remove(step.name()));
    }

    private static Target target(Step step, Target was) {
        Map<String, Object> labels = Map.of("labels", step.document().labels());
        return new Target(
                was.id(),
                was.name(),
                spec(step).text("type", was.type()),
                new Labels(new Spec(labels).pairs("labels")),
                spec(step),
                was.managedBy(),
                was.version());
    }

    private static Spec spec(Step step) {
        return new Spec(step.document().spec());
    }

    static World of(dev.sallyport.database.Rx rx, Set<RoleId> roles, Set<TargetId> targets, Set<PersonId> persons) {
        var world = new World();
        var roleIds = values(roles);
        var personIds = values(persons);
        Catalog.roles(rx, roleIds).forEach(role -> world.roles.put(role.name(), role));
        Catalog.targets(rx, values(targets)).forEach(target -> world.targets.put(target.name(), target));
        Directory.persons(rx, personIds).forEach(person -> world.persons.put(person.name(), person));
        world.fromProviders.putAll(Directory.providerAttributes(rx, personIds));
        var names = new HashMap<RoleId, String>();
        world.roles.values().forEach(role -> names.put(role.id(), role.name()));
        Catalog.eligibilities(rx, roleIds)
                .forEach(eligibility -> world.rules.put(
                        eligibility.name(), new Rule(names.getOrDefault(eligibility.role(), ""), eligibility)));
        rx.list(
                        """
                select g.name as group_name, p.name as person_name, m.source
                  from group_member m join person_group g on g.id = m.group_id join person p on p.id = m.person_id
                 where m.person_id = any(?)
                """,
                        row -> new Member(
                                row.getString("group_name"), row.getString("person_name"), row.getString("source")),
                        personIds)
                .forEach(world::add);
        return world;
    }

    private static List<String> values(Set<? extends dev.sallyport.base.Id> ids) {
        return ids.stream().map(dev.sallyport.base.Id::value).toList();
    }
}
