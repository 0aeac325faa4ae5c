package dev.sallyport.acceptance;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** What clients were told, and what they asked and were not told: kept here, outside everything that is killed. */
@NullMarked
final class KillLedger {
    private static final Duration LATE = Duration.ofMillis(250);

    private final Set<String> granted = ConcurrentHashMap.newKeySet();
    private final Map<String, String> ended = new ConcurrentHashMap<>();
    private final Queue<Certificate> certificates = new ConcurrentLinkedQueue<>();
    private final Queue<Operation> open = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong unavailable = new AtomicLong();

    /** What an operation is about. */
    enum Kind {
        ISSUE,
        CLOSE,
        LOOK
    }

    /** A call that was sent and had no answer that says whether it was done. */
    static final class Operation {
        private final Kind kind;
        private final @Nullable String grant;
        private final Instant sent = Instant.now();
        private volatile @Nullable Instant lost;

        private Operation(Kind kind, @Nullable String grant) {
            this.kind = kind;
            this.grant = grant;
        }

        Kind kind() {
            return kind;
        }

        Optional<String> grant() {
            return Optional.ofNullable(grant);
        }

        /** Whether it was under way at this instant, which may have been read a moment late. */
        boolean wasOpen(Instant at) {
            Instant until = lost;
            return sent.isBefore(at) && (until == null || !until.isBefore(at.minus(LATE)));
        }
    }

    /** A certificate somebody holds, and what they were told about it. */
    record Certificate(Path file, String lease, String grant, Instant expiresAt, Instant grantEndsAt) {}

    Operation begin(Kind kind, @Nullable String grant) {
        var operation = new Operation(kind, grant);
        open.add(operation);
        return operation;
    }

    void answered(Operation operation) {
        open.remove(operation);
        answered.incrementAndGet();
    }

    /** The connection broke before the answer. */
    void unanswered(Operation operation) {
        operation.lost = Instant.now();
    }

    /** Refused because the database is away: done or not done, but never half. */
    void unavailable(Operation operation, boolean retryAfter) {
        operation.lost = Instant.now();
        unavailable.incrementAndGet();
        if (!retryAfter) {
            wrong("a 503 without Retry-After while " + operation.kind());
        }
    }

    void granted(String grant) {
        granted.add(grant);
    }

    void ended(String grant, String reason) {
        ended.put(grant, reason);
    }

    void received(Certificate certificate) {
        certificates.add(certificate);
    }

    void wrong(String what) {
        wrong.add(what);
    }

    /** The operations since the last call that were without an answer at this instant. */
    List<Operation> takeOpen(Instant at) {
        List<Operation> hit =
                open.stream().filter(operation -> operation.wasOpen(at)).toList();
        open.clear();
        return hit;
    }

    Set<String> granted() {
        return granted;
    }

    /** Why each grant ended, as it was answered. */
    Map<String, String> ended() {
        return ended;
    }

    List<Certificate> certificates() {
        return List.copyOf(certificates);
    }

    List<String> wrong() {
        return List.copyOf(wrong);
    }

    long answeredCount() {
        return answered.get();
    }

    long unavailableCount() {
        return unavailable.get();
    }
}
