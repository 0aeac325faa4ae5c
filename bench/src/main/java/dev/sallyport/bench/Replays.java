package dev.sallyport.bench;

import dev.sallyport.database.Json;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Deciding 100,000 recorded requests again by a set of 1,000 rules, of which a tenth speaks of every request, as
 * {@code policy replay} asks for it.
 */
final class Replays {
    private static final int REQUESTS = 100_000;
    private static final int RULES = 1_000;

    private Replays() {}

    static void run(Options options, Report report) throws Exception {
        int requests = REQUESTS / options.scale();
        int rules = Math.max(20, RULES / options.scale());
        try (Lab lab = Lab.open(options.fsync(), List.of())) {
            try (Someone chief = lab.signIn(Lab.ADMINISTRATOR);
                    Connection connection = lab.connect()) {
                Asking.grant(chief, "chief", "sallyport");
                copies(connection, requests);
                var body = Map.of("files", List.of(Map.of("name", "rules.yaml", "text", rules(rules))));
                report.columns("what | decided | changed | rules unused | s | decisions a s");
                for (int round = 0; round < options.rounds(); round++) {
                    long start = System.nanoTime();
                    Map<String, Object> answer = Json.object(
                            chief.post("/policy/replay", body).expect(200).body());
                    double seconds = (System.nanoTime() - start) / 1e9;
                    report.row("replay by %,d rules, round %d | %s | %s | %s | %s | %s"
                            .formatted(
                                    rules,
                                    round + 1,
                                    answer.get("decided"),
                                    answer.get("changed"),
                                    answer.get("unused") instanceof List<?> unused ? unused.size() : 0,
                                    Figures.number(seconds),
                                    Figures.number(requests / seconds)));
                }
            }
        }
    }

    /** Of the one request that the chief has made. */
    private static void copies(Connection connection, int count) throws java.sql.SQLException {
        Bulk.run(connection, """
                insert into request (id, requester_id, identity_id, reason, duration_ms, decide_by, created_at)
                select 'req_' || lpad(i::text, 26, '0'), r.requester_id, r.identity_id, r.reason, r.duration_ms, r.decide_by,
                       r.created_at from (select * from request order by id desc limit 1) r, generate_series(1, %d) i
                """.formatted(count));
        Bulk.run(connection, """
                insert into request_item (id, request_id, role_id, role_name, target_id, target_name, state, decision, facts,
                                          decide_by, decided_at)
                select 'itm_' || lpad(i::text, 26, '0'), 'req_' || lpad(i::text, 26, '0'), t.role_id, t.role_name, t.target_id,
                       t.target_name, 'denied', t.decision, t.facts, t.decide_by, t.decide_by
                  from (select * from request_item order by id desc limit 1) t, generate_series(1, %d) i
                """.formatted(count));
        Bulk.run(connection, "analyze request, request_item");
    }

    private static String rules(int count) {
        return IntStream.range(0, count / 20)
                .mapToObj(document ->
                        """
                        apiVersion: sallyport/v1
                        kind: Policy
                        metadata: {name: p%d}
                        spec:
                          match: {targets: {names: [sallyport]}%s}
                          rules:
                        """.formatted(document, document % 10 == 0 ? "" : ", roles: [role-" + document + "]")
                                + IntStream.range(0, 20)
                                        .mapToObj(rule ->
                                                "    - {name: r%d, when: 'principal.name == \"nobody-%d-%d\"', effect: deny, message: no}\n"
                                                        .formatted(rule, document, rule))
                                        .collect(Collectors.joining()))
                .collect(Collectors.joining("---\n"));
    }
}
