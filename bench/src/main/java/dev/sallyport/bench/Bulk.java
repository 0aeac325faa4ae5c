package dev.sallyport.bench;

import java.sql.Connection;
import java.sql.SQLException;

/** Rows in bulk, copied from real ones by SQL. */
final class Bulk {
    private Bulk() {}

    static String target(int number) {
        return "run-" + number;
    }

    static void targets(Connection connection, int count) throws SQLException {
        run(connection, """
                insert into target (id, name, type, labels, spec, managed_by, version, created_at)
                select 'tgt_' || lpad(i::text, 26, '0'), 'run-' || i, t.type, t.labels, t.spec, t.managed_by, 1, now()
                  from target t, generate_series(1, %d) i where t.name = 'web-0'
                """.formatted(count));
        run(connection, "analyze target");
    }

    static void people(Connection connection, int count) throws SQLException {
        run(connection, """
                insert into person (id, name, display_name, managed_by, created_at)
                select 'per_' || lpad(i::text, 26, '0'), 'bulk-' || i, 'Bulk Person ' || i, p.managed_by, now()
                  from person p, generate_series(1, %d) i where p.name = 'p-0'
                """.formatted(count));
        run(connection, "analyze person");
    }

    static void groups(Connection connection, int count) throws SQLException {
        run(connection, """
                insert into person_group (id, name, managed_by, created_at)
                select 'grp_' || lpad(i::text, 26, '0'), 'team-' || i, g.managed_by, now()
                  from person_group g, generate_series(1, %d) i where g.name = 'developers'
                """.formatted(count));
        run(connection, """
                insert into group_member (group_id, person_id, source)
                select g.id, p.id, 'bench' from person_group g, person p
                 where g.name like 'team-%%' and p.name = '%s'
                """.formatted(Lab.MANY_GROUPS));
        run(connection, "analyze person_group, group_member");
    }

    /** Events as real ones are, over the last days; persons and targets are named evenly. */
    static void events(Connection connection, int count, int people, int targets) throws SQLException {
        run(connection, """
                create temporary table template as
                select row_number() over () - 1 as n, e.*, p.fields from (
                    select * from event where activity like 'lease.%%' or activity like 'grant.%%' or activity like 'request.%%'
                     order by recorded_at desc limit 50) e
                  join event_personal p on p.event_id = e.id
                """);
        run(connection, """
                insert into event (id, recorded_at, happened_at, source, source_sequence, class, activity, outcome,
                                   actor_person, request_id, grant_id, lease_id, session_id, target, body, leaf_hash)
                select made.id, at, at, 'bench', i, class, activity, case when i %% 20 = 0 then 'refused' else 'success' end,
                       'per_' || lpad((1 + i %% %2$d)::text, 26, '0'), null, null, null, null, 'run-' || (1 + i %% %3$d),
                       made.body, sha256('\\x00'::bytea || made.body)
                  from (select i, t.class, t.activity, now() - i * interval '1 second' as at,
                               'evt_' || lpad(i::text, 26, '0') as id,
                               convert_to(replace(convert_from(t.body, 'UTF8'), t.id, 'evt_' || lpad(i::text, 26, '0')), 'UTF8') as body
                          from generate_series(1, %1$d) i
                          join template t on t.n = i %% (select count(*) from template)) made
                """.formatted(count, people, targets));
        run(connection, """
                insert into event_personal (event_id, fields)
                select 'evt_' || lpad(i::text, 26, '0'), t.fields
                  from generate_series(1, %d) i join template t on t.n = i %% (select count(*) from template)
                """.formatted(count));
        run(connection, "analyze event, event_personal");
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
