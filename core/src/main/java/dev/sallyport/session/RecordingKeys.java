package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Bytes;
import dev.sallyport.base.Ids;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;

/**
 * The keys that recordings are sealed to: X25519, for HPKE. Gateways get the public half; the private half stays wrapped
 * in the database, and is opened only to show a recording to somebody who may see it. Retired keys are kept for ever,
 * because old recordings are.
 */
public final class RecordingKeys {
    private static final String TABLE = "recording_key";
    private static final String PURPOSE = "recording";

    private final Database database;
    private final Audit audit;
    private final KeyVault vault;
    private final SecureRandom random = new SecureRandom();

    public RecordingKeys(Database database, Audit audit, KeyVault vault) {
        this.database = database;
        this.audit = audit;
        this.vault = vault;
    }

    /** The public half. */
    public record Sealing(String id, Bytes publicKey) {}

    /** Makes the first key; servers starting at once end up with the same one. */
    public void createMissing() {
        database.run(Actor.system("setup"), tx -> {
            lock(tx);
            if (active(tx).isEmpty()) {
                create(tx);
            }
        });
    }

    /** The key that new recordings are sealed to. */
    public static Optional<Sealing> active(Rx rx) {
        return rx.one(
                "select id, public_key from recording_key where state = 'active'",
                row -> new Sealing(row.getString(1), Bytes.of(row.getBytes(2))));
    }

    /** A new key takes over at once, as nobody has to learn of it first; recordings that are being written stay with the old one. */
    public Sealing rotate(Actor actor) {
        return database.change(actor, tx -> {
            lock(tx);
            tx.update("update recording_key set state = 'retired', retired_at = ? where state = 'active'", tx.now());
            return create(tx);
        });
    }

    static Optional<Sealing> find(Rx rx, String id) {
        return rx.one(
                "select id, public_key from recording_key where id = ?",
                row -> new Sealing(row.getString(1), Bytes.of(row.getBytes(2))),
                id);
    }

    /** The private half, 32 bytes; whoever calls shows what it opens to nobody without the right, and wipes it. */
    byte[] open(Rx rx, String id) {
        byte[] wrapped = rx.one("select private_key from recording_key where id = ?", row -> row.getBytes(1), id)
                .orElseThrow(() -> SessionRefusal.NO_RECORDING.because("the recording is sealed to a key nobody has"));
        return vault.unwrap(wrapped, TABLE, id, PURPOSE);
    }

    private Sealing create(Tx tx) {
        var key = new X25519PrivateKeyParameters(random);
        String id = Ids.next("rck_");
        byte[] publicKey = key.generatePublicKey().getEncoded();
        tx.update("""
                insert into recording_key (id, state, public_key, private_key, created_at)
                values (?, ?, ?, ?, ?)
                """, id, "active", publicKey, vault.wrap(key.getEncoded(), TABLE, id, PURPOSE), tx.now());
        audit.record(
                tx,
                Event.of(SessionEvent.KEY_CREATED)
                        .data("key", id)
                        .data("public_key", Bytes.of(publicKey).toString()));
        return new Sealing(id, Bytes.of(publicKey));
    }

    private static void lock(Tx tx) {
        tx.list("select pg_advisory_xact_lock(hashtext('sallyport.recording_key'))", _ -> true);
    }
}
