package dev.sallyport.server.signin;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import java.time.Duration;

/** Remembers proofs of possession for as long as they could be sent again, for all servers. */
final class ProofStore {
    /** Longer than a proof counts on both sides of its time. */
    private static final Duration KEPT = Duration.ofMinutes(3);

    private static final Actor ACTOR = Actor.system("proofs");

    private final Database database;

    ProofStore(Database database) {
        this.database = database;
    }

    /** Says whether this proof was not seen before. */
    boolean remember(String thumbprint, String id) {
        return database.alone("""
                        insert into dpop_proof (hash, expires_at) values (?, now() + make_interval(secs => ?))
                        on conflict do nothing
                        """, Hashes.sha256(thumbprint + "\n" + id), KEPT.toSeconds()) == 1;
    }

    void forgetOld() {
        database.run(ACTOR, tx -> tx.update("delete from dpop_proof where expires_at < ?", tx.now()));
    }
}
