package dev.sallyport.catalog;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which running grants a set of steps ends, and by which step, named by its title. */
record Lost(Map<String, List<Held>> byTitle, List<Held> eligibility, List<String> touched) {
    /** The most grants that one change lists. */
    private static final int LISTED = 100;

    static final Lost NOTHING = new Lost(Map.of(), List.of(), List.of());

    /** A running grant; the names are today's. */
    record Held(
            String grant,
            PersonId personId,
            String person,
            RoleId roleId,
            String role,
            TargetId targetId,
            String target) {
        @Override
        public String toString() {
            return person + ": " + role + " on " + target + " (" + grant + ")";
        }
    }

    static Lost by(Rx rx, List<Step> steps, String managedBy) {
        List<Step> changing = steps.stream()
                .filter(Step::changes)
                .filter(step -> switch (step.kind()) {
                    case OIDC_PROVIDER, INCIDENT_SOURCE, NOTIFICATION_CHANNEL, NOTIFICATION_ROUTE, DECISION_SERVICE ->
                        false;
                    case PERSON, GROUP, TARGET, ROLE, ELIGIBILITY, CONSTANTS, CALENDAR, FREEZE, POLICY -> true;
                })
                .toList();
        List<Held> held = held(rx, changing);
        if (held.isEmpty()) {
            return NOTHING;
        }
        World before = World.of(
                rx,
                held.stream().map(Held::roleId).collect(Collectors.toSet()),
                held.stream().map(Held::targetId).collect(Collectors.toSet()),
                held.stream().map(Held::personId).collect(Collectors.toSet()));
        World after = before.copy();
        changing.forEach(step -> after.take(step, managedBy));
        var byTitle = new HashMap<String, List<Held>>();
        var eligibility = new ArrayList<Held>();
        Map<String, Step> deleted = changing.stream()
                .filter(step -> step.is(Action.DELETE))
                .collect(Collectors.toMap(Step::id, step -> step));
        for (Held grant : held) {
            Optional<Step> gone = Optional.ofNullable(
                            deleted.get(grant.targetId().value()))
                    .or(() -> Optional.ofNullable(deleted.get(grant.roleId().value())));
            boolean lost = gone.isEmpty()
                    && before.isEligible(grant.person(), grant.role(), grant.target(), rx.now())
                    && !after.isEligible(grant.person(), grant.role(), grant.target(), rx.now());
            if (lost) {
                eligibility.add(grant);
            }
            gone.or(() -> lost ? cause(changing, grant, before, after, rx) : Optional.empty())
                    .ifPresent(step -> byTitle.computeIfAbsent(step.title(), _ -> new ArrayList<>())
                            .add(grant));
        }
        return new Lost(byTitle, eligibility, held.stream().map(Held::grant).toList());
    }

    /** The lines for one change, the first {@value #LISTED} of them. */
    List<String> lines(Step step) {
        List<Held> held = byTitle.getOrDefault(step.title(), List.of());
        var lines =
                new ArrayList<>(held.stream().limit(LISTED).map(Held::toString).toList());
        if (held.size() > LISTED) {
            lines.add("and " + (held.size() - LISTED) + " more");
        }
        return lines;
    }

    /**
     * Takes the rows of all grants that this change may end, in the order of their ids: they are ended one cause after the
     * other, and who ends some of them meanwhile must not meet us half-way.
     */
    void lock(Tx tx) {
        if (!touched.isEmpty()) {
            tx.list("select id from access_grant where id = any(?::text[]) order by id for update", _ -> true, touched);
        }
    }

    /** Tells those who hold the grants; the rows are written. */
    void tell(Tx tx, List<Step> steps, AccessChanged listener) {
        for (Step step : steps) {
            if (step.is(Action.DELETE) && step.kind() == Kind.TARGET) {
                listener.targetGone(tx, new TargetId(step.id()));
            }
            if (step.is(Action.DELETE) && step.kind() == Kind.ROLE) {
                listener.roleGone(tx, new RoleId(step.id()));
            }
        }
        var persons = new LinkedHashMap<RoleId, Set<PersonId>>();
        eligibility.forEach(grant -> persons.computeIfAbsent(grant.roleId(), _ -> new LinkedHashSet<>())
                .add(grant.personId()));
        persons.forEach((role, who) -> listener.eligibilityChanged(tx, role, List.copyOf(who)));
    }

    private static List<Held> held(Rx rx, List<Step> changing) {
        var ids = new HashMap<Kind, Set<String>>();
        for (Kind kind : Kind.values()) {
            ids.put(kind, new HashSet<>());
        }
        var roleNames = new HashSet<String>();
        for (Step step : changing) {
            Stored before = step.before();
            if (before != null) {
                ids.computeIfAbsent(step.kind(), _ -> new HashSet<>()).add(step.id());
                if (step.kind() == Kind.ELIGIBILITY) {
                    roleNames.add(String.valueOf(before.spec().get("role")));
                }
            }
        }
        return rx.list(
                """
                select g.id, g.person_id, p.name as person, g.role_id, coalesce(r.name, g.role_name) as role,
                       g.target_id, coalesce(t.name, g.target_name) as target
                  from access_grant g
                  join person p on p.id = g.person_id
                  left join role r on r.id = g.role_id
                  left join target t on t.id = g.target_id
                 where g.state in ('scheduled', 'active')
                   and (g.role_id = any(?) or r.name = any(?) or g.target_id = any(?) or g.person_id = any(?)
                        or exists (select 1 from group_member m where m.person_id = g.person_id and m.group_id = any(?)))
                 order by g.id
                """,
                row -> new Held(
                        row.getString("id"),
                        new PersonId(row.getString("person_id")),
                        row.getString("person"),
                        new RoleId(row.getString("role_id")),
                        row.getString("role"),
                        new TargetId(row.getString("target_id")),
                        row.getString("target")),
                List.copyOf(ids.getOrDefault(Kind.ROLE, Set.of())),
                List.copyOf(roleNames),
                List.copyOf(ids.getOrDefault(Kind.TARGET, Set.of())),
                List.copyOf(ids.getOrDefault(Kind.PERSON, Set.of())),
                List.copyOf(ids.getOrDefault(Kind.GROUP, Set.of())));
    }

    /** The step that a person would name: the rule itself before the role, the target, the person, a group. */
    private static Optional<Step> cause(List<Step> changing, Held grant, World before, World after, Rx rx) {
        return changing.stream()
                .filter(step -> step.kind() == Kind.ELIGIBILITY)
                .filter(step -> before.allows(step.name(), grant.person(), grant.role(), grant.target(), rx.now())
                        && !after.allows(step.name(), grant.person(), grant.role(), grant.target(), rx.now()))
                .findFirst()
                .or(() -> byId(changing, grant.roleId().value()))
                .or(() -> byId(changing, grant.targetId().value()))
                .or(() -> byId(changing, grant.personId().value()))
                .or(() -> changing.stream()
                        .filter(step -> step.kind() == Kind.GROUP)
                        .filter(step -> before.groups(grant.person()).contains(step.name()))
                        .findFirst());
    }

    private static Optional<Step> byId(List<Step> changing, String id) {
        return changing.stream().filter(step -> step.id().equals(id)).findFirst();
    }
}
