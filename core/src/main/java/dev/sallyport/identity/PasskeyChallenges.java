package dev.sallyport.identity;

import dev.sallyport.base.Secret;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Tx;
import java.time.Duration;

/**
 * Challenges: random, kept as hashes, each good once, for minutes, and for what it was made for alone. What that is comes as
 * a {@link Purpose}, of which there is one challenge at a time.
 */
final class PasskeyChallenges {
    static final Duration LIFE = Duration.ofMinutes(5);

    private static final Actor ACTOR = Actor.system("passkey");

    private final Database database;

    PasskeyChallenges(Database database) {
        this.database = database;
    }

    /** A new one, in place of an earlier one for the same. */
    static String issue(Tx tx, Purpose bound) {
        Secret challenge = Ticket.next();
        tx.update("delete from passkey_challenge where bound_to = ?", bound.hash());
        tx.update(
                "insert into passkey_challenge (hash, bound_to, expires_at) values (?, ?, ?)",
                Ticket.hash(challenge),
                bound.hash(),
                tx.now().plus(LIFE));
        return challenge.reveal();
    }

    /** Whether it waited for an answer for just this; it is spent, whatever comes of the answer. */
    boolean take(Purpose bound, String challenge) {
        return database.change(
                ACTOR,
                tx -> tx.update(
                                "delete from passkey_challenge where hash = ? and bound_to = ? and expires_at > ?",
                                Ticket.hash(Secret.of(challenge)),
                                bound.hash(),
                                tx.now())
                        == 1);
    }

    void forgetOld() {
        database.run(ACTOR, tx -> tx.update("delete from passkey_challenge where expires_at < ?", tx.now()));
    }
}
