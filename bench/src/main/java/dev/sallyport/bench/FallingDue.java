package dev.sallyport.bench;

import dev.sallyport.database.Json;
import dev.sallyport.formats.ssh.SshKeys;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Ten thousand grants with a certificate each that end in one second: by their time, and by {@code revoke --all} with the
 * host's confirmation. Counted from the end: certificates issued too late, and the time until all rows are closed.
 */
final class FallingDue {
    private static final int LEASES = 10_000;

    /** Those among the holders who keep asking. */
    private static final int ASKERS = 8;

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private FallingDue() {}

    static void run(Options options, Report report) throws Exception {
        int leases = LEASES / options.scale();
        try (Lab lab = Lab.open(options.fsync(), List.of());
                Connection connection = lab.connect();
                Someone chief = lab.signIn(Lab.ADMINISTRATOR)) {
            Asking.grant(chief, "chief", "sallyport");
            try (Someone model = lab.signIn(Lab.person(ASKERS))) {
                Asking.grant(model, "look", Lab.target(0));
            }
            Bulk.people(connection, leases);
            String token = String.valueOf(Json.object(chief.post("/targets/" + Lab.target(0) + "/enrollment", Map.of())
                            .expect(201)
                            .body())
                    .get("host_token"));
            List<Someone> askers = new ArrayList<>();
            for (int i = 0; i < ASKERS; i++) {
                askers.add(lab.signIn(Lab.person(i)));
            }
            report.columns("what | leases | issued after the end | first refusal after ms | all rows closing after s"
                    + " | all rows closed after s");
            expire(connection, askers, leases, options.scale() == 1 ? 10 : 3, report);
            revoke(lab, connection, chief, askers, token, leases, report);
        }
    }

    private static void expire(Connection connection, List<Someone> askers, int leases, int seconds, Report report)
            throws SQLException, IOException, InterruptedException {
        Instant end = Instant.now().plusSeconds(seconds);
        fill(connection, 1, leases, end);
        for (Someone asker : askers) {
            ask(asker, 201);
        }
        Thread.sleep(Duration.between(Instant.now(), end));
        report(connection, "they expire", askers, leases, 1, System.nanoTime(), report);
    }

    private static void revoke(
            Lab lab,
            Connection connection,
            Someone chief,
            List<Someone> askers,
            String token,
            int leases,
            Report report)
            throws SQLException, IOException {
        fill(connection, 2, leases, Instant.now().plusSeconds(3_600));
        for (Someone asker : askers) {
            ask(asker, 201);
        }
        long start = System.nanoTime();
        chief.post("/revocations", Map.of("all", true, "reason", "bench")).expect(200);
        long told = System.nanoTime();
        try (Wire host = lab.wire()) {
            var list = host.send("GET", "/api/v1/ssh/krl", Map.of(), "").expect(200);
            String version = list.header("sallyport-krl-version").orElseThrow();
            host.send(
                            "POST",
                            "/api/v1/ssh/krl-confirmations",
                            Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json"),
                            "{\"version\":" + version + "}")
                    .expect(204);
        }
        long confirmed = System.nanoTime();
        report(connection, "revoke all, the host has confirmed", askers, leases, 2, start, report);
        report.text("The call of revoke took " + (told - start) / 1_000_000 + " ms, the list and its confirmation "
                + (confirmed - told) / 1_000_000 + " ms more; the times above count from the call.");
    }

    private static void report(
            Connection connection, String what, List<Someone> askers, int leases, int fill, long start, Report report)
            throws SQLException, IOException {
        int late = 0;
        double refused = -1;
        double closing = -1;
        double closed = -1;
        long end = System.nanoTime() + LONGEST.toNanos();
        for (int turn = 0; closed < 0 && System.nanoTime() < end; turn++) {
            int status = certificate(askers.get(turn % askers.size()));
            if (status == 201) {
                late++;
            } else if (status == 403 && refused < 0) {
                refused = (System.nanoTime() - start) / 1e6;
            }
            if (closing < 0 && count(connection, fill, "state = 'issued'") == 0) {
                closing = (System.nanoTime() - start) / 1e9;
            }
            if (count(connection, fill, "state <> 'closed'") == 0) {
                closed = (System.nanoTime() - start) / 1e9;
            }
        }
        report.row(what + " | " + leases + " | " + late + " | " + Figures.number(refused) + " | "
                + Figures.number(closing) + " | " + Figures.number(closed));
    }

    private static void ask(Someone asker, int status) throws IOException {
        int given = certificate(asker);
        if (given != status) {
            throw new IllegalStateException("status " + given + " (expected: " + status + ")");
        }
    }

    private static int certificate(Someone asker) throws IOException {
        String key = SshKeys.generateEd25519(null).publicKey().line();
        return asker.prepare("POST", "/credentials/ssh", Asking.certificate(Lab.target(0), key))
                .send()
                .status();
    }

    private static long count(Connection connection, int fill, String where) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select count(*) from lease where id like 'lse_" + fill + "%' and " + where)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Grants for the askers and for people in bulk, copied from a real one, each with a certificate that ends with it. */
    private static void fill(Connection connection, int fill, int leases, Instant end) throws SQLException {
        String id = "'" + fill + "' || lpad(i::text, 25, '0')";
        String person =
                "case when i <= %d then (select id from person where name = 'p-' || (i - 1)) else 'per_' || lpad(i::text, 26, '0') end"
                        .formatted(ASKERS);
        String model = "(select * from access_grant where role_name = 'look' order by id limit 1) g";
        connection.setAutoCommit(false);
        Bulk.run(connection, """
                insert into request_item (id, request_id, role_id, role_name, target_id, target_name, state, decision, facts,
                                          decide_by, decided_at)
                select 'itm_' || %s, m.request_id, m.role_id, m.role_name, m.target_id, m.target_name, m.state, m.decision,
                       m.facts, m.decide_by, m.decided_at
                  from %s join request_item m on m.id = g.item_id, generate_series(1, %d) i
                """.formatted(id, model, leases));
        Bulk.run(connection, """
                insert into access_grant (id, state, person_id, role_id, role_name, target_id, target_name, request_id,
                                          item_id, terms, starts_at, ends_at)
                select 'grt_' || %s, 'active', %s, g.role_id, g.role_name, g.target_id, g.target_name, g.request_id,
                       'itm_' || %s, g.terms, now(), '%s'
                  from %s, generate_series(1, %d) i
                """.formatted(id, person, id, end, model, leases));
        Bulk.run(connection, """
                insert into lease (id, state, kind, cut, grant_id, target_id, spec, issued_at, expires_at)
                select 'lse_' || %s, 'issued', 'ssh-certificate', 'poll', 'grt_' || %s, g.target_id,
                       jsonb_build_object('serial', (%d::bigint * 1000000000000 + i)::text, 'ca_key',
                                          (select id from ssh_ca_key where purpose = 'target' and state = 'active')),
                       now(), least('%s', now() + interval '10 minutes')
                  from %s, generate_series(1, %d) i
                """.formatted(id, id, fill, end, model, leases));
        connection.commit();
        connection.setAutoCommit(true);
        Bulk.run(connection, "analyze access_grant, lease, request_item");
    }
}
