package dev.sallyport.server.signin;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Together;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;

/** Remembers proofs of possession for as long as they could be sent again, for all servers. */
final class ProofStore {
    /** Longer than a proof counts on both sides of its time. */
    private static final Duration KEPT = Duration.ofMinutes(3);

    private static final Actor ACTOR = Actor.system("proofs");

    /** One statement at a time, so that many proofs share it, and how many at most. */
    private static final int PLACES = 1;

    private static final int MOST = 128;

    private final Database database;
    private final Together<Proof, Boolean> together;

    ProofStore(Database database) {
        this.database = database;
        this.together = new Together<>(PLACES, MOST, this::remember);
    }

    /** A proof by its hash, and when it can be forgotten: this node's time, by which proofs are judged. */
    private record Proof(String hash, Instant forgottenAt) {}

    /** Says whether this proof was not seen before. */
    boolean remember(String thumbprint, String id) {
        return together.call(new Proof(
                HexFormat.of().formatHex(Hashes.sha256(thumbprint + "\n" + id)),
                Instant.now().plus(KEPT)));
    }

    /** Notes them all by one statement; of two that are the same the first alone is new. */
    private List<Boolean> remember(List<Proof> proofs) {
        var unseen = new HashSet<>(database.alone(
                """
                insert into dpop_proof (hash, expires_at)
                select decode(hash, 'hex'), expires_at::timestamptz from unnest(?::text[], ?::text[]) as p (hash, expires_at)
                on conflict do nothing returning encode(hash, 'hex') as hash
                """,
                row -> row.getString("hash"),
                proofs.stream().map(Proof::hash).toList(),
                proofs.stream().map(proof -> proof.forgottenAt().toString()).toList()));
        return proofs.stream().map(proof -> unseen.remove(proof.hash())).toList();
    }

    void forgetOld() {
        database.run(ACTOR, tx -> tx.update("delete from dpop_proof where expires_at < ?", tx.now()));
    }
}
