package dev.sallyport.catalog;

import dev.sallyport.base.Labels;
import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Spec;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Person;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import java.util.stream.Stream;

/** Looks up targets, roles and who may ask for what. */
public final class Catalog {
    private static final String TARGET = "select id, name, type, labels, spec, managed_by, version from target";
    private static final String ROLE = "select id, name, spec, managed_by, version from role";
    private static final String ELIGIBILITY = "select id, name, role_id, spec, managed_by, version from eligibility";

    /** For how many people at once their groups are looked up. */
    private static final int AT_ONCE = 200;

    private Catalog() {}

    /** A role on a target that somebody may ask for. */
    public record Offer(Role role, Target target) {}

    /**
     * Keeps the catalogue as it is until the change commits. Who decides about access calls it first of all, or what it
     * read could be gone, and who took it away would not find what was granted meanwhile.
     */
    public static void hold(Tx tx) {
        CatalogStore.hold(tx);
    }

    /** Keeps everybody from deciding by the catalogue until the change commits. */
    public static void lock(Tx tx) {
        CatalogStore.lock(tx);
    }

    public static Optional<Target> target(Rx rx, String name) {
        return rx.one(TARGET + " where name = ?", Catalog::target, name);
    }

    public static Optional<Target> target(Rx rx, TargetId id) {
        return rx.one(TARGET + " where id = ?", Catalog::target, id);
    }

    public static Optional<Role> role(Rx rx, String name) {
        return rx.one(ROLE + " where name = ?", Catalog::role, name);
    }

    public static Optional<Role> role(Rx rx, RoleId id) {
        return rx.one(ROLE + " where id = ?", Catalog::role, id);
    }

    /** The roles that give an administration right. */
    public static List<Role> rolesWithRight(Rx rx, String right) {
        return rx.list(
                ROLE + " where spec -> 'rights' @> to_jsonb(array[?::text]) order by name", Catalog::role, right);
    }

    private static List<String> people(List<Eligibility> rules, String key) {
        return rules.stream()
                .flatMap(rule -> rule.spec().at("subjects").texts(key).stream())
                .distinct()
                .toList();
    }

    private static boolean byAttribute(List<Eligibility> rules) {
        return rules.stream()
                .anyMatch(
                        rule -> !rule.spec().at("subjects").pairs("attributes").isEmpty());
    }

    /** Somebody who may ask, and the groups they are in. */
    public record Asker(Person person, List<String> groups) {
        public Asker {
            groups = List.copyOf(groups);
        }
    }

    /** The active persons who may ask for the role on the target now, by name; each is looked at when it is asked for. */
    public static Stream<Asker> eligible(Rx rx, Role role, Target target) {
        return eligible(rx, role, target, "", Integer.MAX_VALUE);
    }

    /**
     * The same, from some place on.
     *
     * @param after only those whose names come after this one
     * @param most how many
     */
    public static Stream<Asker> eligible(Rx rx, Role role, Target target, String after, int most) {
        List<Eligibility> rules = eligibilities(rx, role).stream()
                .filter(rule -> rule.isRunning(rx.now()) && rule.reaches(target))
                .toList();
        return rules.isEmpty() || !role.targets().matches(target) ? Stream.empty() : named(rx, rules, after, most);
    }

    /** The active persons whom one of the eligibilities names. */
    private static Stream<Asker> named(Rx rx, List<Eligibility> rules, String after, int most) {
        boolean byAttribute = byAttribute(rules);
        List<Person> found = Directory.active(
                rx,
                people(rules, "people"),
                people(rules, "groups"),
                byAttribute,
                after,
                byAttribute ? Integer.MAX_VALUE : most);
        return found.stream()
                .gather(Gatherers.windowFixed(AT_ONCE))
                .flatMap(some -> askers(rx, some).stream())
                .filter(asker -> rules.stream().anyMatch(rule -> rule.names(asker.person(), asker.groups())))
                .limit(most);
    }

    private static List<Asker> askers(Rx rx, List<Person> persons) {
        Map<PersonId, List<String>> groups =
                Directory.groups(rx, persons.stream().map(Person::id).toList());
        return persons.stream()
                .map(person -> new Asker(person, groups.getOrDefault(person.id(), List.of())))
                .toList();
    }

    /** Somebody who may ask for a role on a target. */
    public record Pair(Asker asker, Target target) {}

    /** Through an eligibility: some of those who may ask for the role, each with some of the targets they may ask for. */
    public static Stream<Pair> pairs(Rx rx, Role role, int people, int targets) {
        return eligibilities(rx, List.of(role.id().value())).stream()
                .filter(eligibility -> eligibility.isRunning(rx.now()))
                .flatMap(eligibility -> pairs(rx, role, eligibility, people, targets))
                .distinct();
    }

    private static Stream<Pair> pairs(Rx rx, Role role, Eligibility eligibility, int people, int targets) {
        List<Target> those = chosen(rx, role, eligibility.targets(), Search.ALL, targets).stream()
                .filter(target -> role.targets().matches(target) && eligibility.reaches(target))
                .toList();
        return those.isEmpty()
                ? Stream.empty()
                : named(rx, List.of(eligibility), "", people)
                        .flatMap(asker -> those.stream().map(target -> new Pair(asker, target)));
    }

    /** The names of everything of a kind. */
    public static List<String> names(Rx rx, Kind kind) {
        return CatalogStore.names(rx, kind);
    }

    /** Those of the names that are those of something of a kind. */
    public static Set<String> names(Rx rx, Kind kind, Collection<String> among) {
        return CatalogStore.names(rx, kind, among);
    }

    /** Every role, by name. */
    public static List<Role> roles(Rx rx) {
        return rx.list(ROLE + " order by name", Catalog::role);
    }

    /** The roles whose own rule asks for the word of this group, by name. */
    public static List<Role> approvedBy(Rx rx, String group) {
        return rx.list(ROLE + " where spec #>> '{request,approval,group}' = ? order by name", Catalog::role, group);
    }

    /** The names of eligibilities whose time is over. */
    public static List<String> ended(Rx rx) {
        return eligibilities(rx).stream()
                .filter(eligibility -> eligibility
                        .spec()
                        .text("until")
                        .map(Instant::parse)
                        .filter(until -> !until.isAfter(rx.now()))
                        .isPresent())
                .map(Eligibility::name)
                .toList();
    }

    /** Whether any eligibility is for the role, whomever and whatever it names. */
    public static boolean isAskedFor(Rx rx, Role role) {
        return !eligibilities(rx, List.of(role.id().value())).isEmpty();
    }

    static List<Role> roles(Rx rx, List<String> ids) {
        return rx.list(ROLE + " where id = any(?)", Catalog::role, ids);
    }

    /** Every target except the product itself, by name. */
    static List<Target> targets(Rx rx) {
        return rx.list(TARGET + " where type <> ? order by name", Catalog::target, Target.SALLYPORT);
    }

    public static List<Target> targets(Rx rx, List<String> ids) {
        return rx.list(TARGET + " where id = any(?)", Catalog::target, ids);
    }

    static List<Eligibility> eligibilities(Rx rx) {
        return rx.list(ELIGIBILITY + " order by name", Catalog::eligibility);
    }

    static List<Eligibility> eligibilities(Rx rx, List<String> roleIds) {
        return rx.list(ELIGIBILITY + " where role_id = any(?)", Catalog::eligibility, roleIds);
    }

    /** Those that are for the role. */
    public static List<Eligibility> eligibilities(Rx rx, Role role) {
        return rx.list(ELIGIBILITY + " where role_id = ?", Catalog::eligibility, role.id());
    }

    /** Whether the person may ask for the role on the target now. */
    public static boolean isEligible(Rx rx, Person person, Collection<String> groups, Role role, Target target) {
        return role.targets().matches(target)
                && eligibilities(rx, role).stream()
                        .anyMatch(eligibility -> eligibility.allows(person, groups, target, rx.now()));
    }

    /**
     * What the person may ask for, in the order of the search, at most {@code limit} of it.
     *
     * @param search only those that it finds
     */
    public static List<Offer> offers(Rx rx, Person person, Collection<String> groups, Search search, int limit) {
        Comparator<Offer> order = search.order().comparing();
        var first = new TreeSet<Offer>(order);
        for (Map.Entry<Role, List<Eligibility>> open :
                open(rx, person, groups, search).entrySet()) {
            if (search.order().byRole() && first.size() >= limit) {
                break; // later roles come after all that is there
            }
            Role role = open.getKey();
            for (Eligibility eligibility : open.getValue()) {
                chosen(rx, role, eligibility.targets(), search, limit).stream()
                        .filter(target -> eligibility.allows(person, groups, target, rx.now())
                                && role.targets().matches(target))
                        .forEach(target -> first.add(new Offer(role, target)));
                while (first.size() > limit) {
                    first.pollLast();
                }
            }
        }
        return List.copyOf(first);
    }

    /** The roles that a search is for, in its order, each with what lets the person ask for it somewhere. */
    private static SortedMap<Role, List<Eligibility>> open(
            Rx rx, Person person, Collection<String> groups, Search search) {
        Map<String, List<Eligibility>> byRole = eligibilities(rx).stream()
                .filter(eligibility -> eligibility.isRunning(rx.now()) && eligibility.names(person, groups))
                .collect(Collectors.groupingBy(eligibility -> eligibility.role().value()));
        Comparator<Role> byName = Comparator.comparing(Role::name);
        var open = new TreeMap<Role, List<Eligibility>>(search.order().backwards() ? byName.reversed() : byName);
        roles(rx, List.copyOf(byRole.keySet())).stream()
                .filter(search::isFor)
                .forEach(role -> open.put(role, byRole.getOrDefault(role.id().value(), List.of())));
        return open;
    }

    private static List<Target> chosen(Rx rx, Role role, Optional<TargetSelector> within, Search search, int limit) {
        var conditions = new ArrayList<String>();
        var values = new ArrayList<>();
        Stream.concat(Stream.of(role.targets()), within.stream())
                .forEach(selector -> choosing(selector, conditions, values));
        search.target().ifPresent(name -> {
            conditions.add("name = ?");
            values.add(name);
        });
        search.left(role).forEach(word -> {
            conditions.add("strpos(name, ?) > 0");
            values.add(word);
        });
        values.add(limit);
        return rx.list(
                TARGET
                        + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
                        + " order by name " + (search.order().backwards() ? "desc" : "asc") + " limit ?",
                Catalog::target,
                values.toArray());
    }

    /** Only what it says: of a condition that may be nothing no index is used, and all targets are read. */
    private static void choosing(TargetSelector selector, List<String> conditions, List<Object> values) {
        if (!selector.labels().values().isEmpty()) {
            conditions.add("labels @> ?::jsonb");
            values.add(Json.text(selector.labels().values()));
        }
        selector.type().ifPresent(type -> {
            conditions.add("type = ?");
            values.add(type);
        });
        if (!selector.names().isEmpty()) {
            conditions.add("name = any(?::text[])");
            values.add(selector.names());
        }
    }

    static Target target(ResultSet row) throws SQLException {
        return new Target(
                new TargetId(row.getString("id")),
                row.getString("name"),
                row.getString("type"),
                new Labels(new Spec(Map.of("l", Json.object(row.getString("labels")))).pairs("l")),
                Spec.of(row.getString("spec")),
                row.getString("managed_by"),
                row.getLong("version"));
    }

    static Role role(ResultSet row) throws SQLException {
        return new Role(
                new RoleId(row.getString("id")),
                row.getString("name"),
                Spec.of(row.getString("spec")),
                row.getString("managed_by"),
                row.getLong("version"));
    }

    static Eligibility eligibility(ResultSet row) throws SQLException {
        return new Eligibility(
                row.getString("id"),
                row.getString("name"),
                new RoleId(row.getString("role_id")),
                Spec.of(row.getString("spec")),
                row.getString("managed_by"),
                row.getLong("version"));
    }
}
