package dev.sallyport.identity;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Together;
import dev.sallyport.database.Tx;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Proofs of possession that came with calls, remembered for as long as they could be sent again, for all servers. */
public final class SeenProofs {
    /** Longer than a proof counts on both sides of its time. */
    private static final Duration KEPT = Duration.ofMinutes(3);

    /**
     * A proof is spent so soon after it was checked, or not at all: whoever sends the rest of a call slowly must not come when
     * the proof is forgotten. The times for which a proof counts on both sides of its own, and this, are less than it is kept.
     */
    static final Duration SPENT_WITHIN = Duration.ofSeconds(30);

    private static final Actor ACTOR = Actor.system("proofs");

    /** One statement at a time, so that many proofs share it, and how many at most. */
    private static final int PLACES = 1;

    private static final int MOST = 128;

    /** In the order of the hashes: two transactions that are shown the same proofs wait for each other in no circle. */
    private static final String NOTE = """
            insert into dpop_proof (hash, expires_at)
            select decode(hash, 'hex'), expires_at::timestamptz
              from unnest(?::text[], ?::text[]) as p (hash, expires_at) order by 1
            on conflict do nothing returning encode(hash, 'hex') as hash
            """;

    private final Database database;
    private final InstantSource clock;
    private final Together<UnspentProof, Boolean> together;

    public SeenProofs(Database database) {
        this(database, InstantSource.system());
    }

    /** @param clock of this node, by which proofs are judged */
    SeenProofs(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        this.together = new Together<>(PLACES, MOST, this::alone);
    }

    /**
     * A proof to be spent: by which key it was made, and its id.
     *
     * @param usedBefore what is thrown if it was
     */
    public UnspentProof unspent(String thumbprint, String id, Supplier<? extends RuntimeException> usedBefore) {
        Instant now = clock.instant();
        return UnspentProof.of(
                this,
                hash(thumbprint, id),
                now.plus(KEPT),
                () -> clock.instant().isAfter(now.plus(SPENT_WITHIN)),
                usedBefore);
    }

    /** Notes it, and says whether it is the first time. */
    boolean remember(UnspentProof proof) {
        return !proof.isLate() && together.call(proof);
    }

    /**
     * Spends these proofs in a transaction that does what their calls ask for; they are spent when it commits, and not at
     * all if it does not. A proof that another transaction is noting at this moment is waited for; so several are spent
     * before the transaction locks anything else, and whoever has spent one waits for nobody's grant.
     *
     * @return for each whether it may go on; whoever may not was shown before, and gets nothing
     */
    public static List<Boolean> spend(Tx tx, List<UnspentProof> proofs) {
        List<UnspentProof> unspent =
                proofs.stream().filter(SeenProofs::isInTime).toList();
        Set<String> unseen = unspent.isEmpty()
                ? Set.of()
                : new HashSet<>(tx.list(NOTE, row -> row.getString("hash"), hashes(unspent), times(unspent)));
        var answers = new ArrayList<Boolean>();
        for (UnspentProof proof : proofs) {
            boolean first = unspent.contains(proof) ? unseen.remove(proof.hash()) : proof.isSpent();
            answers.add(first);
            tx.afterCommit(() -> proof.settle(first));
        }
        return answers;
    }

    /**
     * Spends one in a transaction that does what its call asks for.
     *
     * @throws RuntimeException what its maker says of a proof that was used before
     */
    public static void spend(Tx tx, UnspentProof proof) {
        if (!spend(tx, List.of(proof)).getFirst()) {
            throw proof.wasUsedBefore();
        }
    }

    private static boolean isInTime(UnspentProof proof) {
        return proof.isUnspent() && !proof.isLate();
    }

    /** Notes them all by one statement; of two that are the same the first alone is new. */
    private List<Boolean> alone(List<UnspentProof> proofs) {
        Set<String> unseen =
                new HashSet<>(database.alone(NOTE, row -> row.getString("hash"), hashes(proofs), times(proofs)));
        return proofs.stream().map(proof -> unseen.remove(proof.hash())).toList();
    }

    private static List<String> hashes(List<UnspentProof> proofs) {
        return proofs.stream().map(UnspentProof::hash).toList();
    }

    private static List<String> times(List<UnspentProof> proofs) {
        return proofs.stream().map(proof -> proof.forgottenAt().toString()).toList();
    }

    private static String hash(String thumbprint, String id) {
        try {
            byte[] text = (thumbprint + "\n" + id).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    public void forgetOld() {
        database.run(ACTOR, tx -> tx.update("delete from dpop_proof where expires_at < ?", tx.now()));
    }
}
