package dev.sallyport.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** One of everything that has a page of its own, so that each of those pages can be asked for. */
final class Scene {
    private static final String POLICY = """
            apiVersion: sallyport/v1
            kind: Policy
            metadata: {name: bench-web}
            spec:
              match: {roles: [look]}
              rules:
                - {name: open, when: 'principal.name != "nobody"', effect: allow, approvals: none}
            """;

    private final Connection connection;
    private final String asker;

    private Scene(Connection connection, String asker) {
        this.connection = connection;
        this.asker = asker;
    }

    /** Of a grant that this person holds; a session with a recording and 1,000 commands, and what somebody has to look at. */
    static Scene furnish(Lab lab, Someone chief, Connection connection, String asker) throws IOException, SQLException {
        Path file = Files.createTempFile("sallyport-bench-policy-", ".yaml");
        try {
            Files.writeString(file, POLICY);
            lab.order("apply " + file);
        } finally {
            Files.delete(file);
        }
        chief.post("/policy/enforce", Map.of("set", "draft", "reason", "bench")).expect(200);
        chief.post("/incidents", Map.of("title", "bench", "severity", "sev2")).expect(201);
        var scene = new Scene(connection, asker);
        for (String sql : SESSION) {
            Bulk.run(connection, sql.replace("$ASKER", asker));
        }
        return scene;
    }

    private static final List<String> SESSION = List.of("""
            insert into gateway (id, name, built_in, created_at)
            values ('gtw_00000000000000000000000001', 'bench', false, now())
            """, """
            insert into recording_key (id, state, public_key, private_key, created_at, retired_at)
            values ('rck_00000000000000000000000001', 'retired', sha256('bench'), 'bench', now(), now())
            """, """
            insert into session (id, state, gateway_id, grant_id, request_id, person_id, target_id, target_name, login,
                                 client_address, client_version, terms, started_at, ends_at, ended_at, end_reason)
            select 'ssn_00000000000000000000000001', 'closed', 'gtw_00000000000000000000000001', g.id, g.request_id, g.person_id,
                   g.target_id, g.target_name, 'viewer', '127.0.0.1', 'SSH-2.0-bench', g.terms, now() - interval '1 hour',
                   now(), now(), 'client'
              from access_grant g join person p on p.id = g.person_id where p.name = '$ASKER' limit 1
            """, """
            insert into recording (session_id, state, key_id, location, chunks, bytes, duration_ms, closed_at)
            values ('ssn_00000000000000000000000001', 'complete', 'rck_00000000000000000000000001', 'bench', 100, 1000000,
                    3600000, now())
            """, """
            insert into session_command (session_id, place, at, channel, command, exact)
            select 'ssn_00000000000000000000000001', i, now() - i * interval '1 second', 0, 'systemctl status unit-' || i, true
              from generate_series(1, 1000) i
            """, """
            insert into review (id, emergency, person_id, request_id, grant_id, opened_at, due_at)
            select 'rev_00000000000000000000000001', true, g.person_id, g.request_id, g.id, now(), now() + interval '1 day'
              from access_grant g join person p on p.id = g.person_id where p.name = '$ASKER' limit 1
            """, """
            insert into finding (id, kind, severity, subject, message, opened_at)
            values ('fnd_00000000000000000000000001', 'lease-stuck', 'high', 'bench', 'a finding of the bench', now())
            """);

    /** The pages that are about one thing, or about everything somebody may. */
    List<String> pages(String role, String target) throws SQLException {
        String request = one("select request_id from session");
        String session = "/sessions/" + one("select id from session");
        String question = "?person=" + asker + "&role=" + role + "&target=" + target + "&set=enforced";
        return List.of(
                "/ask",
                "/ask?item=" + role + "%20" + target,
                "/requests/" + request,
                "/requests/" + request + "/story",
                "/requests/" + request + "/explanation",
                "/grants/" + one("select grant_id from session"),
                session,
                session + "/play",
                "/reviews/" + one("select id from review"),
                "/findings/" + one("select id from finding where subject = 'bench'"),
                "/incidents/" + one("select id from incident"),
                "/audit/" + one("select id from event order by recorded_at desc limit 1"),
                "/policies",
                "/policies/bench-web",
                "/policies/bench-web/edit",
                "/policy/sets/draft",
                "/policy/sets/enforced",
                "/policy/sets/draft/forecast",
                "/policy/differences",
                "/policy/check?set=enforced",
                "/policy/tests",
                "/policy/replay",
                "/policy/simulate" + question,
                "/policy/who-can" + question,
                "/roles/" + role,
                "/roles/" + role + "/edit",
                "/roles/+new",
                "/targets/run-7",
                "/people/bulk-7",
                "/people/" + Lab.MANY_GROUPS,
                "/groups/developers",
                "/groups/team-7",
                "/eligibilities/developers-look",
                "/settings/kit-records",
                "/palette?q=run-7",
                "/help",
                "/help/runbooks/approvals");
    }

    /** What a statement finds first. */
    private String one(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new IllegalStateException("nothing found by " + sql);
            }
            return row.getString(1);
        }
    }
}
