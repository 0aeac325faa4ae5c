package dev.sallyport.catalog;

import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows behind the documents. */
final class CatalogStore {
    /** Whoever changes the catalogue holds this lock until the end of the transaction; any number. */
    static final long LOCK = 0x5A11_CA7AL;

    /** The most rows written by one statement. */
    private static final int BATCH = 1_000;

    private CatalogStore() {}

    /** Changes of the catalogue wait for each other, so that what was checked still holds when it is written. */
    static void lock(Tx tx) {
        tx.list("select pg_advisory_xact_lock(?)", _ -> true, LOCK);
    }

    /** Held by who decides by the catalogue, so that a change of it comes wholly before or wholly after. */
    static void hold(Tx tx) {
        tx.list("select pg_advisory_xact_lock_shared(?)", _ -> true, LOCK);
    }

    static Optional<Stored> find(Rx rx, Kind kind, String name) {
        return rx.one(select(kind) + " where o.name = ?", row -> Stored.of(kind, row), name);
    }

    static List<Stored> all(Rx rx, Kind kind) {
        return rx.list(select(kind) + " order by o.name", row -> Stored.of(kind, row));
    }

    static List<String> names(Rx rx, Kind kind) {
        return rx.list("select name from " + table(kind) + " order by name", row -> row.getString(1));
    }

    /** Those of the names that are there. */
    static Set<String> names(Rx rx, Kind kind, Collection<String> among) {
        return among.isEmpty()
                ? Set.of()
                : Set.copyOf(rx.list(
                        "select name from " + table(kind) + " where name = any(?::text[])",
                        row -> row.getString(1),
                        List.copyOf(among)));
    }

    static Optional<String> nameOf(Rx rx, Kind kind, String id) {
        return rx.one("select name from " + table(kind) + " where id = ?", row -> row.getString(1), id);
    }

    static List<Stored> named(Rx rx, Kind kind, Collection<String> names) {
        return names.isEmpty()
                ? List.of()
                : rx.list(select(kind) + " where o.name = any(?)", row -> Stored.of(kind, row), List.copyOf(names));
    }

    static List<Stored> managedBy(Rx rx, Kind kind, String managedBy) {
        return rx.list(
                select(kind) + " where o.managed_by = ? order by o.name", row -> Stored.of(kind, row), managedBy);
    }

    /** Names after a name, in order or backwards, that hold the text. */
    static List<Stored> page(Rx rx, Kind kind, boolean backwards, String after, String part, int limit) {
        return page(rx, kind, TargetFilter.ALL, backwards, after, part, limit);
    }

    /** The same of targets that a filter lets through; of other kinds it restricts nothing. */
    static List<Stored> page(
            Rx rx, Kind kind, TargetFilter filter, boolean backwards, String after, String part, int limit) {
        TargetFilter.Condition condition = filter.condition();
        return rx.list(
                select(kind) + " where (? = '' or o.name " + (backwards ? "<" : ">")
                        + " ?) and (? = '' or strpos(o.name, ?) > 0) and " + condition.sql() + " order by o.name"
                        + (backwards ? " desc" : "") + " limit ?",
                row -> Stored.of(kind, row),
                Stream.of(List.of(after, after, part, part), condition.values(), List.of(limit))
                        .flatMap(List::stream)
                        .toArray());
    }

    /** Which of the names exist. */
    static Set<String> existing(Rx rx, Kind kind, Collection<String> names) {
        return names.isEmpty()
                ? Set.of()
                : new HashSet<>(rx.list(
                        "select name from " + table(kind) + " where name = any(?)",
                        row -> row.getString(1),
                        List.copyOf(names)));
    }

    /** Which of these persons stand in the record of requests and grants, and so stay. */
    static List<String> inTheRecord(Rx rx, List<String> personIds) {
        return rx.list("""
                select p.id from person p
                 where p.id = any(?)
                   and (exists (select 1 from request r where r.requester_id = p.id)
                        or exists (select 1 from approval a where a.approver_id = p.id)
                        or exists (select 1 from access_grant g where g.person_id = p.id)
                        or exists (select 1 from delegation d where p.id in (d.from_id, d.to_id))
                        or exists (select 1 from incident n where p.id in (n.opened_by, n.confirmed_by))
                        or exists (select 1 from sign_in_session s where s.person_id = p.id))
                """, row -> row.getString(1), personIds);
    }

    /** A document that names another object. */
    record Use(Kind kind, String name, Kind usedKind, String used) {}

    /** Who names any of these groups, roles, persons, channels or decision services. */
    static List<Use> uses(
            Rx rx,
            List<String> groups,
            List<String> roles,
            List<String> people,
            List<String> channels,
            List<String> services) {
        return rx.list(
                """
                select 'ROLE' as kind, name, 'GROUP' as used_kind, spec #>> '{request,approval,group}' as used
                  from role where spec #>> '{request,approval,group}' = any(?)
                union all
                select 'ELIGIBILITY', name, 'ROLE', spec ->> 'role' from eligibility where spec ->> 'role' = any(?)
                union all
                select 'ELIGIBILITY', e.name, 'GROUP', g.used
                  from eligibility e, jsonb_array_elements_text(coalesce(e.spec #> '{subjects,groups}', '[]')) as g(used)
                 where g.used = any(?)
                union all
                select 'ELIGIBILITY', e.name, 'PERSON', p.used
                  from eligibility e, jsonb_array_elements_text(coalesce(e.spec #> '{subjects,people}', '[]')) as p(used)
                 where p.used = any(?)
                union all
                select 'TARGET', t.name, case when t.spec ->> 'owner' = any(?) then 'PERSON' else 'GROUP' end, t.spec ->> 'owner'
                  from target t
                 where t.spec ->> 'owner' = any(?)
                    or t.spec ->> 'owner' = any(?)
                union all
                select 'INCIDENT_SOURCE', s.name, 'GROUP', g.used
                  from incident_source s, jsonb_array_elements_text(coalesce(s.spec #> '{responders,groups}', '[]')) as g(used)
                 where g.used = any(?)
                union all
                select 'INCIDENT_SOURCE', s.name, 'PERSON', p.used
                  from incident_source s, jsonb_array_elements_text(coalesce(s.spec #> '{responders,people}', '[]')) as p(used)
                 where p.used = any(?)
                union all
                select 'NOTIFICATION_ROUTE', name, 'NOTIFICATION_CHANNEL', spec ->> 'channel'
                  from notification_route where spec ->> 'channel' = any(?)
                union all
                select distinct 'POLICY', p.name, 'DECISION_SERVICE', w.used #>> '{}'
                  from policy p, jsonb_path_query(p.spec, '$.rules[*].approvals[*].webhook') as w(used)
                 where w.used #>> '{}' = any(?)
                """,
                row -> new Use(
                        Kind.valueOf(row.getString("kind")),
                        row.getString("name"),
                        Kind.valueOf(row.getString("used_kind")),
                        row.getString("used")),
                groups,
                roles,
                groups,
                people,
                people,
                people,
                groups,
                groups,
                people,
                channels,
                services);
    }

    /** Policies of the enforced set that want the word of any of these decision services, whatever the catalogue says by now. */
    static List<Use> enforcedUses(Rx rx, List<String> services) {
        return rx.list(
                """
                select distinct d.said ->> 'name' as name, w.used #>> '{}' as used
                  from policy_set s, jsonb_path_query(s.documents, '$.documents[*]') as d(said),
                       jsonb_path_query(d.said, '$.spec.rules[*].approvals[*].webhook') as w(used)
                 where s.hash = (select hash from policy_stage where stage = 'enforced' order by number desc limit 1)
                   and w.used #>> '{}' = any(?) order by 1, 2
                """,
                row -> new Use(Kind.POLICY, row.getString("name"), Kind.DECISION_SERVICE, row.getString("used")),
                services);
    }

    static void insert(Tx tx, Kind kind, List<Step> steps, String managedBy) {
        String sql = switch (kind) {
            case PERSON -> """
                        insert into person (id, name, display_name, email, attributes, state, managed_by, created_at)
                        select r.id, r.name, r.spec ->> 'displayName', r.spec ->> 'email',
                               coalesce(r.spec -> 'attributes', '{}'), coalesce(r.spec ->> 'state', 'active'), ?, ?::timestamptz
                        """;
            case GROUP -> """
                        insert into person_group (id, name, description, managed_by, created_at)
                        select r.id, r.name, coalesce(r.spec ->> 'description', ''), ?, ?::timestamptz
                        """;
            case TARGET -> """
                        insert into target (id, name, type, labels, spec, managed_by, created_at)
                        select r.id, r.name, r.spec ->> 'type', r.labels, r.spec, ?, ?::timestamptz
                        """;
            case ROLE -> """
                        insert into role (id, name, spec, managed_by, created_at)
                        select r.id, r.name, r.spec, ?, ?::timestamptz
                        """;
            case ELIGIBILITY -> """
                        insert into eligibility (id, name, role_id, spec, managed_by, created_at)
                        select r.id, r.name, (select role.id from role where role.name = r.spec ->> 'role'), r.spec, ?, ?::timestamptz
                        """;
            case OIDC_PROVIDER,
                    INCIDENT_SOURCE,
                    NOTIFICATION_CHANNEL,
                    NOTIFICATION_ROUTE,
                    DECISION_SERVICE,
                    CONSTANTS,
                    CALENDAR,
                    FREEZE,
                    POLICY ->
                "insert into " + table(kind)
                        + " (id, name, spec, managed_by, created_at) select r.id, r.name, r.spec, ?, ?::timestamptz";
        };
        int made = batches(
                steps,
                rows -> tx.update(sql + FROM_ROWS + " on conflict (name) do nothing", managedBy, tx.now(), rows));
        if (made != steps.size()) {
            throw CatalogRefusal.STALE.because(
                    "somebody else made some of the same " + kind.plural() + " meanwhile", "look again, then repeat");
        }
    }

    static void update(Tx tx, Kind kind, List<Step> steps) {
        String set = switch (kind) {
            case PERSON -> """
                        update person o set version = o.version + 1, display_name = r.spec ->> 'displayName', email = r.spec ->> 'email',
                               attributes = coalesce(r.spec -> 'attributes', '{}')
                        """;
            case GROUP ->
                "update person_group o set version = o.version + 1, description = coalesce(r.spec ->> 'description', '')";
            case TARGET ->
                "update target o set version = o.version + 1, type = r.spec ->> 'type', labels = r.labels, spec = r.spec";
            case ROLE -> "update role o set version = o.version + 1, spec = r.spec";
            case ELIGIBILITY -> """
                        update eligibility o set version = o.version + 1, spec = r.spec,
                               role_id = (select role.id from role where role.name = r.spec ->> 'role')
                        """;
            case OIDC_PROVIDER,
                    INCIDENT_SOURCE,
                    NOTIFICATION_CHANNEL,
                    NOTIFICATION_ROUTE,
                    DECISION_SERVICE,
                    CONSTANTS,
                    CALENDAR,
                    FREEZE,
                    POLICY -> "update " + table(kind) + " o set version = o.version + 1, spec = r.spec";
        };
        int updated = batches(
                steps, rows -> tx.update(set + FROM_ROWS + " where o.id = r.id and o.version = r.version", rows));
        if (updated != steps.size()) {
            throw CatalogRefusal.STALE.because(
                    "somebody else changed the same " + kind.plural() + " meanwhile", "look again, then repeat");
        }
    }

    static void delete(Tx tx, Kind kind, List<Step> steps) {
        tx.update(
                "delete from " + table(kind) + " where id = any(?)",
                steps.stream().map(Step::id).toList());
    }

    /** Makes the memberships that these persons' documents name the only ones of their source. */
    static void setGroupsOf(Tx tx, List<Step> persons, String managedBy) {
        String source = personSource(managedBy);
        tx.update(
                "delete from group_member where source = ? and person_id = any(?)",
                source,
                persons.stream().map(Step::id).toList());
        batches(persons, rows -> tx.update("""
                insert into group_member (group_id, person_id, source)
                select g.id, r.id, ?
                """ + FROM_ROWS + """
                 cross join jsonb_array_elements_text(coalesce(r.spec -> 'groups', '[]')) as named(name)
                 join person_group g on g.name = named.name
                """, source, rows));
    }

    /** Makes the memberships that these groups' documents name the only ones of their source. */
    static void setMembersOf(Tx tx, List<Step> groups, String managedBy) {
        String source = groupSource(managedBy);
        tx.update(
                "delete from group_member where source = ? and group_id = any(?)",
                source,
                groups.stream().map(Step::id).toList());
        batches(groups, rows -> tx.update("""
                insert into group_member (group_id, person_id, source)
                select r.id, p.id, ?
                """ + FROM_ROWS + """
                 cross join jsonb_array_elements_text(coalesce(r.spec -> 'members', '[]')) as named(name)
                 join person p on p.name = named.name
                """, source, rows));
    }

    /** A person's document and a group's are two sources, as either may name the membership and stop naming it. */
    static String personSource(String managedBy) {
        return managedBy + "/person";
    }

    static String groupSource(String managedBy) {
        return managedBy + "/group";
    }

    private static final String FROM_ROWS =
            " from jsonb_to_recordset(?::jsonb) as r(id text, name text, labels jsonb, spec jsonb, version bigint) ";

    /** Writes rows in parts, and counts them. */
    private static int batches(List<Step> steps, java.util.function.ToIntFunction<String> write) {
        int written = 0;
        for (int i = 0; i < steps.size(); i += BATCH) {
            List<Step> batch = steps.subList(i, Math.min(i + BATCH, steps.size()));
            written += write.applyAsInt(
                    Json.text(batch.stream().map(CatalogStore::row).toList()));
        }
        return written;
    }

    private static Map<String, @Nullable Object> row(Step step) {
        Document after = step.document();
        return Map.of(
                "id", step.id(),
                "name", after.name(),
                "labels", after.labels(),
                "spec", after.spec(),
                "version", step.before() == null ? 0L : step.before().version());
    }

    private static String table(Kind kind) {
        return switch (kind) {
            case PERSON -> "person";
            case GROUP -> "person_group";
            case TARGET -> "target";
            case ROLE -> "role";
            case ELIGIBILITY -> "eligibility";
            case OIDC_PROVIDER -> "oidc_provider";
            case INCIDENT_SOURCE -> "incident_source";
            case NOTIFICATION_CHANNEL -> "notification_channel";
            case NOTIFICATION_ROUTE -> "notification_route";
            case DECISION_SERVICE -> "decision_service";
            case CONSTANTS -> "policy_constants";
            case CALENDAR -> "policy_calendar";
            case FREEZE -> "policy_freeze";
            case POLICY -> "policy";
        };
    }

    private static String select(Kind kind) {
        return switch (kind) {
            case PERSON -> """
                select o.id, o.name, '{}' as labels, o.managed_by, o.version, jsonb_strip_nulls(jsonb_build_object(
                       'displayName', o.display_name, 'email', o.email, 'attributes', nullif(o.attributes, '{}'),
                       'state', case when o.state = 'disabled' then 'disabled' end,
                       'groups', (select jsonb_agg(g.name order by g.name collate "C")
                                    from group_member m join person_group g on g.id = m.group_id
                                   where m.person_id = o.id and m.source = o.managed_by || '/person'))) as spec
                  from person o
                """;
            case GROUP -> """
                select o.id, o.name, '{}' as labels, o.managed_by, o.version, jsonb_strip_nulls(jsonb_build_object(
                       'description', nullif(o.description, ''),
                       'members', (select jsonb_agg(p.name order by p.name collate "C")
                                     from group_member m join person p on p.id = m.person_id
                                    where m.group_id = o.id and m.source = o.managed_by || '/group'))) as spec
                  from person_group o
                """;
            case TARGET -> "select o.id, o.name, o.labels, o.spec, o.managed_by, o.version from target o";
            case ROLE,
                    ELIGIBILITY,
                    OIDC_PROVIDER,
                    INCIDENT_SOURCE,
                    NOTIFICATION_CHANNEL,
                    NOTIFICATION_ROUTE,
                    DECISION_SERVICE,
                    CONSTANTS,
                    CALENDAR,
                    FREEZE,
                    POLICY ->
                "select o.id, o.name, '{}' as labels, o.spec, o.managed_by, o.version from " + table(kind) + " o";
        };
    }
}
