package dev.sallyport.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.acceptance.ApiClient.Answer;
import dev.sallyport.base.CrashPoint;
import dev.sallyport.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Server and database are killed again and again while certificates are issued and grants end, at named places and at
 * random instants; after each restart nothing outlives its end, no lease is forgotten and no answer is taken back. In the
 * end the database stands still for ten seconds. Ten kills, or 200 with {@code -Dsallyport.long=true}; the same again
 * with {@code -Dsallyport.seed}. What is checked, and why this is enough, is in docs/reference/kill-test.md.
 */
@NullMarked
class KillTest {
    private static final int KILLS = Boolean.getBoolean("sallyport.long") ? 200 : 10;
    private static final long SEED = Long.getLong("sallyport.seed", System.nanoTime() % 1_000_000);

    private static final Duration SETTLED = Duration.ofSeconds(60);
    private static final Duration POINT_REACHED = Duration.ofSeconds(60);
    private static final Duration OUTAGE = Duration.ofSeconds(10);
    private static final int CALLERS = 20;
    private static final int SAMPLE = 3;

    /** Ten kills; each ten are shuffled anew. */
    private static final List<Kill> CYCLE = List.of(
            new Kill.AtPoint("lease.signed"),
            new Kill.AtPoint("lease.issued"),
            new Kill.AtPoint("grant.ending"),
            new Kill.AtPoint("grant.cut"),
            new Kill.AtPoint("lease.closing"),
            new Kill.AtPoint("lease.confirmed"),
            new Kill.Server(),
            new Kill.Server(),
            new Kill.Database(),
            new Kill.Everything());

    private final Random random = new Random(SEED);
    private final KillLedger ledger = new KillLedger();
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> touched = new HashSet<>();
    private int hits;
    private int diedInRecovery;
    private boolean armed;

    /** Who dies. */
    private sealed interface Kill {
        /** The server, by itself, where it reaches the place. */
        record AtPoint(String name) implements Kill {}

        /** The server, by SIGKILL. */
        record Server() implements Kill {}

        /** The postmaster, by SIGKILL; the server meets that, answers so, and is killed a moment later. */
        record Database() implements Kill {}

        /** Server and every process of the database at the same instant. */
        record Everything() implements Kill {}

        default String shown() {
            return switch (this) {
                case AtPoint(String name) -> name;
                case Server _ -> "server";
                case Database _ -> "postmaster";
                case Everything _ -> "everything";
            };
        }
    }

    @Test
    void nothingOutlivesItsEndWhateverIsKilled(@TempDir Path dir) throws Exception {
        long began = System.nanoTime();
        System.out.println("kill test: " + KILLS + " kills, -Dsallyport.seed=" + SEED);
        try (KillStand stand = KillStand.in(dir)) {
            var people = IntStream.range(0, KillStand.PEOPLE)
                    .mapToObj(i -> stand.client("person-" + i))
                    .toList();
            ApiClient operator = stand.client("operator");
            var load = new KillLoad(people, operator, ledger, stand.host().publicKey(), stand.certificates());
            System.out.println("  ready to start after " + seconds(began));
            System.out.println(
                    "  nr kill             after ms  issues  ends  closing  hit  start ms  settle ms  refused  admitted");
            List<Kill> plan = plan();
            start(stand, plan.getFirst());
            operator.signIn();
            mayRevoke(operator);
            for (int i = 0; i < KILLS; i++) {
                round(stand, load, i + 1, plan.get(i), i + 1 < KILLS ? plan.get(i + 1) : new Kill.Server());
            }
            System.out.println("  " + outage(stand, load, operator));
        }
        System.out.println("kill test: " + hits + " of " + KILLS + " kills hit an operation under way; "
                + ledger.answeredCount() + " answers, " + ledger.certificates().size() + " certificates, "
                + ledger.unavailableCount() + " times 503, " + diedInRecovery + " deaths during recovery; "
                + seconds(began) + ", seed " + SEED);

        assertThat(ledger.wrong()).isEmpty();
        assertThat(violations).isEmpty();
        assertThat(hits).isGreaterThanOrEqualTo(KILLS * 8 / 10);
    }

    private List<Kill> plan() {
        var plan = new ArrayList<Kill>();
        while (plan.size() < KILLS) {
            var cycle = new ArrayList<>(CYCLE);
            Collections.shuffle(cycle, random);
            plan.addAll(cycle);
        }
        return plan;
    }

    // One kill and what comes after
    // --------------------------------------------------------------------------------------------------------------

    /** Kills once; the server that comes up then is armed for the next kill already, so that it need not start again. */
    private void round(KillStand stand, KillLoad load, int number, Kill kill, Kill next) throws Exception {
        load.start(random.nextLong());
        long loaded = System.nanoTime();
        Instant at = kill(stand, kill);
        long after = millis(loaded);
        load.stop();
        List<KillLedger.Operation> open = ledger.takeOpen(at);
        Duration start = start(stand, next);
        long restarted = System.nanoTime();
        settle(stand);
        long settled = millis(restarted);
        int closing = lookAt(stand, open, at);
        String tried = tryCertificates(stand);
        boolean hit = !open.isEmpty() || closing > 0;
        hits += hit ? 1 : 0;
        System.out.println("  %2d %-16s %8d  %6d  %4d  %7d  %3s  %8d  %9d  %s"
                .formatted(
                        number,
                        kill.shown(),
                        after,
                        count(open, KillLedger.Kind.ISSUE),
                        count(open, KillLedger.Kind.CLOSE),
                        closing,
                        hit ? "yes" : "no",
                        start.toMillis(),
                        settled,
                        tried));
    }

    private Duration start(KillStand stand, Kill next) {
        armed = next instanceof Kill.AtPoint;
        int nth = 6 + random.nextInt(12); // late enough for the recovery before it to be through, mostly
        return stand.start(next instanceof Kill.AtPoint(String name) ? name + ":" + nth : "");
    }

    /** Kills, and returns when. */
    private Instant kill(KillStand stand, Kill kill) throws Exception {
        if (kill instanceof Kill.AtPoint && armed) {
            int exit = stand.server().awaitExit(POINT_REACHED);
            assertThat(exit).isEqualTo(CrashPoint.EXIT_CODE);
            return Instant.now();
        }
        warmUp();
        Instant at = Instant.now();
        switch (kill) {
            case Kill.AtPoint _, Kill.Server _ -> stand.server().kill();
            case Kill.Everything _ -> {
                stand.databaseProcesses().forEach(ProcessHandle::destroyForcibly);
                stand.server().kill();
            }
            case Kill.Database _ -> {
                long before = ledger.unavailableCount();
                stand.postmaster().destroyForcibly();
                Await.until("a 503 of the server", SETTLED, () -> ledger.unavailableCount() > before);
                stand.server().kill();
            }
        }
        return at;
    }

    /** Lets the load get going: so many answers, and a moment more that has nothing to do with any of them. */
    private void warmUp() throws InterruptedException {
        long wanted = ledger.answeredCount() + 20 + random.nextInt(60);
        Await.until(
                "answers",
                SETTLED,
                () -> ledger.answeredCount() >= wanted || !ledger.wrong().isEmpty());
        Thread.sleep(random.nextInt(100));
    }

    /** Waits until everything whose time is over has ended; a server that dies of its armed place meanwhile is started again. */
    private void settle(KillStand stand) throws SQLException {
        long end = System.nanoTime() + SETTLED.toNanos();
        var last = new ArrayList<String>();
        do {
            if (!stand.server().isAlive()) {
                diedInRecovery++;
                start(stand, new Kill.Server());
            }
            last.clear();
            try (Connection sql = stand.sql()) {
                last.addAll(KillChecks.unfinished(sql));
            }
            if (last.isEmpty()) {
                return;
            }
            pause();
        } while (System.nanoTime() < end);
        violations.add("not at its end after " + SETTLED + ": " + last);
    }

    /** Compares database and ledger, and notes whose certificates to try; returns how many leases were closing. */
    private int lookAt(KillStand stand, List<KillLedger.Operation> open, Instant at) throws SQLException {
        try (Connection sql = stand.sql()) {
            violations.addAll(KillChecks.violations(sql, ledger));
            Set<String> closing = KillChecks.closingAt(sql, at);
            touched.addAll(closing);
            touched.addAll(KillChecks.issuedUntil(sql, at));
            Set<String> grants = open.stream()
                    .flatMap(operation -> operation.grant().stream())
                    .collect(Collectors.toSet());
            KillChecks.leases(sql).values().stream()
                    .filter(lease -> grants.contains(lease.grant()))
                    .forEach(lease -> touched.add(lease.lease()));
            return closing.size();
        }
    }

    /**
     * Real ssh with every certificate that the kill touched and some others: those of ended grants are refused, those of
     * running ones admitted. What is about to end is tried after the next kill.
     */
    private String tryCertificates(KillStand stand) throws Exception {
        Map<String, KillChecks.Row> leases;
        try (Connection sql = stand.sql()) {
            leases = KillChecks.leases(sql);
        }
        Instant soon = Instant.now().plusSeconds(60);
        var held = new ArrayList<>(ledger.certificates());
        Collections.shuffle(held, random);
        var refused = new ArrayList<KillLedger.Certificate>();
        var admitted = new ArrayList<KillLedger.Certificate>();
        int otherRefused = 0;
        int otherAdmitted = 0;
        for (KillLedger.Certificate certificate : held) {
            KillChecks.Row lease = leases.get(certificate.lease());
            if (lease == null) {
                continue; // listed among the violations
            }
            boolean must = touched.contains(certificate.lease());
            if (lease.hasEnded() && (must || otherRefused++ < SAMPLE)) {
                refused.add(certificate);
            } else if (lease.runsUntil(soon) && (must || otherAdmitted++ < SAMPLE)) {
                admitted.add(certificate);
            } else {
                continue;
            }
            touched.remove(certificate.lease());
        }
        try (var threads = Executors.newFixedThreadPool(2)) {
            refused.forEach(certificate -> threads.execute(() -> expect(stand, certificate, false)));
            admitted.forEach(certificate -> threads.execute(() -> expect(stand, certificate, true)));
        }
        return "%7d  %8d".formatted(refused.size(), admitted.size());
    }

    private void expect(KillStand stand, KillLedger.Certificate certificate, boolean admitted) {
        try {
            if (stand.host().admits(certificate.file()) != admitted) {
                violations.add("at the target: " + certificate + (admitted ? " is refused" : " still opens"));
            }
        } catch (RuntimeException | AssertionError e) {
            violations.add("at the target: " + certificate + ": " + e);
        }
    }

    // The database stands still
    // --------------------------------------------------------------------------------------------------------------

    /** Every process of the database stops for a while and goes on: who is under way waits, others hear 503, and ends happen after it. */
    private String outage(KillStand stand, KillLoad load, ApiClient operator) throws Exception {
        long before = ledger.unavailableCount();
        load.start(random.nextLong());
        warmUp();
        stand.signalDatabase("STOP");
        try (var more = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                // calls under way wait; these want a connection each, as new callers do
                for (int i = 0; i < CALLERS; i++) {
                    more.execute(() -> look(operator));
                }
                Thread.sleep(OUTAGE);
            } finally {
                stand.signalDatabase("CONT");
            }
        }
        long refused = ledger.unavailableCount() - before;
        long answered = ledger.answeredCount();
        Await.until("answers after the outage", SETTLED, () -> ledger.answeredCount() > answered + 50);
        load.stop();
        Instant at = Instant.now();
        long began = System.nanoTime();
        settle(stand);
        int closing = lookAt(stand, ledger.takeOpen(at), at);
        String tried = tryCertificates(stand);
        assertThat(refused).as("calls refused during the outage").isPositive();
        return "database stopped for " + OUTAGE.toSeconds() + " s: " + refused + " times 503, " + closing
                + " leases closing afterwards, settled after " + millis(began) + " ms; refused, admitted: " + tried;
    }

    private void look(ApiClient operator) {
        KillLedger.Operation operation = ledger.begin(KillLedger.Kind.LOOK, null);
        try {
            Answer answer = operator.call("GET", "/api/v1/grants", null);
            if (answer.status() == 503) {
                ledger.unavailable(operation, answer.retryAfter());
            } else if (answer.status() == 200) {
                ledger.answered(operation);
            } else {
                ledger.wrong("while the database stood still: " + answer);
            }
        } catch (IOException | RuntimeException e) {
            ledger.wrong("no answer while the database stood still: " + e);
        }
    }

    private static void mayRevoke(ApiClient operator) throws IOException {
        Answer answer = operator.call(
                "POST",
                "/api/v1/requests",
                Map.of(
                        "items",
                        List.of(Map.of("role", "revoker", "target", "sallyport")),
                        "duration",
                        "8h",
                        "reason",
                        "kill test"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    }

    private static long count(List<KillLedger.Operation> open, KillLedger.Kind kind) {
        return open.stream().filter(operation -> operation.kind() == kind).count();
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static long millis(long since) {
        return (System.nanoTime() - since) / 1_000_000;
    }

    private static String seconds(long since) {
        return millis(since) / 1000 + " s";
    }
}
