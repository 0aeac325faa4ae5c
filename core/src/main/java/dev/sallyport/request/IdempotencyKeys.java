package dev.sallyport.request;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.RequestId;
import dev.sallyport.database.Tx;
import java.time.Duration;
import java.util.Optional;

/**
 * Remembers for {@link #KEPT} what a key made, in the same transaction: the same request sent again finds what the first
 * one made, even when both arrive at once.
 */
final class IdempotencyKeys {
    static final Duration KEPT = Duration.ofHours(24);

    private IdempotencyKeys() {}

    private record Known(boolean sameBody, String answer) {}

    /** What this key made before; nothing, and the key taken for {@code made}, when it is new. */
    static Optional<RequestId> earlier(Tx tx, PersonId person, String key, byte[] bodyHash, RequestId made) {
        tx.update(
                "delete from idempotency_key where person_id = ? and key = ? and created_at < ?",
                person,
                key,
                tx.now().minus(KEPT));
        int taken = tx.update("""
                insert into idempotency_key (person_id, key, body_hash, answer, created_at) values (?, ?, ?, ?, ?)
                    on conflict (person_id, key) do nothing
                """, person, key, bodyHash, made.value(), tx.now());
        if (taken == 1) {
            return Optional.empty();
        }
        Known known = tx.one(
                        "select body_hash = ?, answer from idempotency_key where person_id = ? and key = ?",
                        row -> new Known(row.getBoolean(1), row.getString(2)),
                        bodyHash,
                        person,
                        key)
                .orElseThrow();
        if (!known.sameBody()) {
            throw RequestRefusal.IDEMPOTENCY.because(
                    "Idempotency-Key: was used for another request (expected: a new key for a new request)");
        }
        return Optional.of(new RequestId(known.answer()));
    }
}
