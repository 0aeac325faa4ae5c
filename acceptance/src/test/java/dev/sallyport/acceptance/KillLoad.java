package dev.sallyport.acceptance;

import dev.sallyport.acceptance.ApiClient.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * People who ask, take certificates, return and are revoked, several at once and as fast as they are answered, and who
 * remember every answer. They go on until they are told to stop or nobody answers any more.
 */
@NullMarked
final class KillLoad {
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final int SHORTEST_SECONDS = 1;
    private static final int SHORT_SPREAD = 4;
    private static final int KEPT = 12;

    private final List<ApiClient> people;
    private final ApiClient operator;
    private final KillLedger ledger;
    private final String publicKey;
    private final Path certificates;
    private final Queue<Held> kept = new ConcurrentLinkedQueue<>();
    private final AtomicInteger serial = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    /** A grant somebody still holds. */
    private record Held(String grant, ApiClient holder) {}

    KillLoad(List<ApiClient> people, ApiClient operator, KillLedger ledger, String publicKey, Path certificates) {
        this.people = people;
        this.operator = operator;
        this.ledger = ledger;
        this.publicKey = publicKey;
        this.certificates = certificates;
    }

    /** Signs everybody in who must, and sets them to work. */
    void start(long seed) {
        stopping = false;
        operator.signIn();
        people.forEach(ApiClient::signIn);
        for (ApiClient person : people) {
            var random = new Random(seed ^ 31L * person.name().hashCode());
            threads.add(Thread.ofPlatform().name("load-" + person.name()).start(() -> work(person, random)));
        }
    }

    /** Lets everybody finish what they are at; afterwards nothing is under way any more. */
    void stop() {
        stopping = true;
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.MINUTES.toMillis(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " got no answer for a minute");
            }
        }
        threads.clear();
    }

    private void work(ApiClient person, Random random) {
        while (!stopping) {
            try {
                once(person, random);
            } catch (ConnectException _) {
                return; // the server is gone; nothing was sent
            } catch (IOException _) {
                return; // sent, and never answered: noted
            } catch (RuntimeException | AssertionError e) {
                ledger.wrong(person.name() + " met " + e);
                return;
            }
        }
    }

    private void once(ApiClient person, Random random) throws IOException {
        boolean brief = random.nextInt(100) < 35;
        Duration duration = brief ? Duration.ofSeconds(SHORTEST_SECONDS + random.nextInt(SHORT_SPREAD)) : LONG;
        Answer asked = call(
                person,
                KillLedger.Kind.ISSUE,
                "/api/v1/requests",
                Map.of(
                        "items",
                        List.of(Map.of("role", "quick", "target", KillHost.NAME)),
                        "duration",
                        duration.toString(),
                        "reason",
                        "kill test"),
                null);
        if (asked.status() != 201) {
            refused(asked, List.of());
            return;
        }
        String grant = asked.body().path("items").path(0).path("grant").asString("");
        ledger.granted(grant);
        int wanted = 1 + random.nextInt(2);
        for (int i = 0; i < wanted; i++) {
            certify(person, grant, brief);
        }
        if (!brief) {
            kept.add(new Held(grant, person));
        }
        for (int over = kept.size() - KEPT, i = 0; i < over || i == 0 && random.nextInt(100) < 60; i++) {
            Held next = kept.poll();
            if (next != null) {
                end(next, random.nextBoolean());
            }
        }
    }

    private void certify(ApiClient person, String grant, boolean mayHaveEnded) throws IOException {
        Answer answer = call(
                person,
                KillLedger.Kind.ISSUE,
                "/api/v1/credentials/ssh",
                Map.of("target", KillHost.NAME, "public_key", publicKey, "grant", grant),
                grant);
        if (answer.status() != 201) {
            refused(answer, mayHaveEnded ? List.of("credential.no-grant") : List.of());
            return;
        }
        JsonNode body = answer.body();
        Path file = Files.writeString(
                certificates.resolve(serial.incrementAndGet() + "-cert.pub"),
                body.path("certificate").asString() + "\n");
        ledger.received(new KillLedger.Certificate(
                file,
                body.path("lease").path("id").asString(),
                grant,
                Instant.parse(body.path("expires_at").asString()),
                Instant.parse(body.path("grant_ends_at").asString())));
    }

    private void end(Held held, boolean returned) throws IOException {
        Answer answer = returned
                ? call(
                        held.holder(),
                        KillLedger.Kind.CLOSE,
                        "/api/v1/grants/" + held.grant() + "/return",
                        null,
                        held.grant())
                : call(
                        operator,
                        KillLedger.Kind.CLOSE,
                        "/api/v1/grants/" + held.grant() + "/revoke",
                        Map.of("reason", "kill test"),
                        held.grant());
        if (answer.status() == 200) {
            ledger.ended(held.grant(), answer.body().path("end_reason").asString(""));
        } else {
            refused(answer, List.of());
        }
    }

    private Answer call(ApiClient as, KillLedger.Kind kind, String path, @Nullable Object body, @Nullable String grant)
            throws IOException {
        KillLedger.Operation operation = ledger.begin(kind, grant);
        try {
            Answer answer = as.call("POST", path, body);
            if (answer.status() == 503) {
                ledger.unavailable(operation, answer.retryAfter());
                Thread.sleep(100);
            } else {
                ledger.answered(operation);
            }
            return answer;
        } catch (ConnectException e) {
            ledger.answered(operation);
            throw e;
        } catch (IOException e) {
            ledger.unanswered(operation);
            throw e;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private void refused(Answer answer, List<String> expected) {
        if (answer.status() != 503 && !expected.contains(answer.code())) {
            ledger.wrong("an answer nobody should get: " + answer);
        }
    }
}
