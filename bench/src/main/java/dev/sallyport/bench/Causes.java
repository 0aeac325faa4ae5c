package dev.sallyport.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long it takes from a change until the grant that it takes away is denied everywhere (its row ending, the feed and the
 * revocation list written), for each cause by itself, while other grants run that have to be judged as well.
 */
final class Causes {
    private static final int ROUNDS = 20;
    private static final int OTHERS = 1_000;
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final String HOLDER = Lab.person(0);
    private static final String TARGET = Lab.target(0);

    private static final String SETTING = """
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: changer}
            spec:
              targets: {type: sallyport}
              rights: [catalog.read, catalog.write, policy.read, policy.enforce, incident.open, incident.change, grant.revoke, person.quarantine]
              request: {approval: auto, maxDuration: 8h, reason: optional}
            ---
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: chiefs-changer}
            spec: {role: changer, subjects: {groups: [chiefs]}}
            ---
            apiVersion: sallyport/v1
            kind: Role
            metadata: {name: called}
            spec:
              targets: {type: ssh, labels: {tier: web}}
              ssh: {logins: [viewer]}
              access: direct
              request: {maxDuration: 8h, reason: optional}
            ---
            apiVersion: sallyport/v1
            kind: Eligibility
            metadata: {name: developers-called}
            spec: {role: called, subjects: {groups: [developers]}}
            ---
            apiVersion: sallyport/v1
            kind: Policy
            metadata: {name: called}
            spec:
              match: {roles: [called]}
              rules:
                - {name: incident, effect: allow, approvals: none, when: 'context.incidents.exists(i, principal.name in i.responders)'}
            """;

    private static final String OPEN = """
            apiVersion: sallyport/v1
            kind: Policy
            metadata: {name: switch}
            spec:
              match: {targets: {names: [%1$s]}}
              rules:
                - {name: shut, effect: deny, message: shut, when: 'role.name == "none-such"'}
            """.formatted(TARGET);

    private static final String SHUT = OPEN.replace("role.name == \"none-such\"", "role.name == \"look\"");

    private final Lab lab;
    private final Connection connection;
    private final Someone chief;
    private final Path folder;

    private Causes(Lab lab, Connection connection, Someone chief, Path folder) {
        this.lab = lab;
        this.connection = connection;
        this.chief = chief;
        this.folder = folder;
    }

    /** A change, and how it is taken back. */
    private record Cause(String name, String role, Doing before, Doing change, Doing after) {}

    @FunctionalInterface
    private interface Doing {
        void run() throws IOException;
    }

    static void run(Options options, Report report) throws Exception {
        Path folder = Files.createTempDirectory("sallyport-causes-");
        try (Lab lab = Lab.open(options.fsync(), List.of());
                Connection connection = lab.connect();
                Someone chief = lab.signIn(Lab.ADMINISTRATOR);
                Someone holder = lab.signIn(HOLDER)) {
            var causes = new Causes(lab, connection, chief, folder);
            causes.apply(SETTING + "---\n" + OPEN);
            Asking.grant(chief, "changer", "sallyport");
            Asking.grant(chief, "chief", "sallyport");
            chief.post("/policy/enforce", Map.of("set", "draft", "reason", "bench"))
                    .expect(200);
            causes.others(holder, OTHERS / options.scale());
            report.columns("what ends it | rounds | p50 ms | p99 ms | longest ms");
            for (Cause cause : causes.all()) {
                Figures figures = causes.measure(cause, holder, Math.max(2, ROUNDS / options.scale()));
                report.row(cause.name() + " | " + figures.count() + " | " + figures.latency() + " | "
                        + Figures.number(figures.percentile(1)));
            }
            report.text(
                    "From before the change was asked for until the grant was ending, looked at every millisecond, while "
                            + OTHERS / options.scale()
                            + " others ran. Whoever changes the catalogue is a process of its own.");
        } finally {
            Lab.remove(folder);
        }
    }

    private List<Cause> all() {
        Doing nothing = () -> {};
        return List.of(
                new Cause(
                        "revoked",
                        "look",
                        nothing,
                        () -> call("POST", "/revocations", Map.of("identity", HOLDER, "reason", "bench")),
                        nothing),
                new Cause(
                        "another set enforced",
                        "look",
                        () -> apply(SHUT),
                        () -> call("POST", "/policy/enforce", Map.of("set", "draft", "reason", "bench")),
                        () -> {
                            apply(OPEN);
                            call("POST", "/policy/enforce", Map.of("set", "draft", "reason", "bench"));
                        }),
                new Cause(
                        "out of the group",
                        "look",
                        nothing,
                        () -> apply(person("[]")),
                        () -> apply(person("[developers]"))),
                new Cause(
                        "no longer eligible",
                        "look",
                        nothing,
                        () -> apply(eligibility("chiefs")),
                        () -> apply(eligibility("developers"))),
                new Cause(
                        "the incident closed",
                        "called",
                        () -> call(
                                "POST",
                                "/incidents",
                                Map.of(
                                        "title",
                                        "bench",
                                        "severity",
                                        "high",
                                        "targets",
                                        List.of(TARGET),
                                        "responders",
                                        List.of(HOLDER))),
                        () -> call("POST", "/incidents/" + incident() + "/close", Map.of("reason", "bench")),
                        this::review),
                new Cause(
                        "quarantined",
                        "look",
                        nothing,
                        () -> call("POST", "/quarantines", Map.of("person", HOLDER, "reason", "bench")),
                        nothing));
    }

    private Figures measure(Cause cause, Someone holder, int rounds) throws IOException, SQLException {
        var nanos = new ArrayList<Long>();
        // quarantine ends the sign-in as well: once
        int times = cause.name().equals("quarantined") ? 1 : rounds;
        for (int round = 0; round < times; round++) {
            cause.before().run();
            String grant = Asking.grant(holder, cause.role(), TARGET);
            settled();
            long start = System.nanoTime();
            cause.change().run();
            ended(grant);
            nanos.add(System.nanoTime() - start);
            cause.after().run();
        }
        return new Figures(
                nanos.stream().mapToLong(Long::longValue).toArray(),
                nanos.stream().mapToLong(Long::longValue).sum() / 1e9,
                new Cpu(0, 0));
    }

    /** Until nothing waits to be judged. */
    private void settled() throws SQLException {
        await("select not exists (select 1 from grant_judging where judge_at <= now())");
    }

    private void ended(String grant) throws SQLException {
        await("select state in ('ending', 'ended') from access_grant where id = '" + grant + "'");
    }

    private void await(String sql) throws SQLException {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!isTrue(sql)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not within " + LONGEST + ": " + sql);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean isTrue(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** What was granted for the incident without anybody's word, or the next one would want one. */
    private void review() throws IOException {
        call(
                "POST",
                "/reviews/" + text("select id from review where closed_at is null limit 1") + "/close",
                Map.of("verdict", "justified", "comment", "bench"));
    }

    private String incident() {
        return text("select id from incident where state = 'open' limit 1");
    }

    private String text(String sql) {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Grants of others on other targets, which a new set has to be held against as well. */
    private void others(Someone holder, int count) throws SQLException, IOException {
        String model = Asking.grant(holder, "look", Lab.target(1));
        Bulk.people(connection, count);
        String id = "'9' || lpad(i::text, 25, '0')";
        Bulk.run(connection, """
                insert into request_item (id, request_id, role_id, role_name, target_id, target_name, state, decision, facts,
                                          decide_by, decided_at)
                select 'itm_' || %s, m.request_id, m.role_id, m.role_name, m.target_id, m.target_name, m.state, m.decision,
                       m.facts, m.decide_by, m.decided_at
                  from access_grant g join request_item m on m.id = g.item_id, generate_series(1, %d) i where g.id = '%s'
                """.formatted(id, count, model));
        Bulk.run(connection, """
                insert into access_grant (id, state, person_id, role_id, role_name, target_id, target_name, request_id,
                                          item_id, terms, starts_at, ends_at)
                select 'grt_' || %s, 'active', 'per_' || lpad(i::text, 26, '0'), g.role_id, g.role_name, g.target_id,
                       g.target_name, g.request_id, 'itm_' || %s, g.terms, now(), now() + interval '7 hours'
                  from access_grant g, generate_series(1, %d) i where g.id = '%s'
                """.formatted(id, id, count, model));
        Bulk.run(connection, "analyze access_grant, request_item");
    }

    private void call(String method, String path, Map<String, Object> body) throws IOException {
        var reply = chief.prepare(method, path, dev.sallyport.database.Json.text(body))
                .send();
        if (reply.status() >= 300) {
            throw new IllegalStateException(path + ": " + reply.status() + " " + reply.body());
        }
    }

    private void apply(String yaml) throws IOException {
        Path file = folder.resolve("change.yaml");
        Files.writeString(file, yaml);
        lab.order("apply " + file);
    }

    private static String person(String groups) {
        return """
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: %s}
                spec: {groups: %s}
                """.formatted(HOLDER, groups);
    }

    private static String eligibility(String group) {
        return """
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: developers-look}
                spec: {role: look, subjects: {groups: [%s]}}
                """.formatted(group);
    }
}
