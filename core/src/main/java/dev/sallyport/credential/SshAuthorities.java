package dev.sallyport.credential;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Ids;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.formats.ssh.SshSigner;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The signing keys: two user authorities, the host authority and the key that signs revocation lists. Private keys are
 * Ed25519, stored wrapped, and opened in memory only.
 */
public final class SshAuthorities {
    /** How long a node may sign with a key that another node has retired; retired keys stay trusted far longer. */
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String TABLE = "ssh_ca_key";

    private final Database database;
    private final Audit audit;
    private final KeyVault vault;
    private volatile @Nullable Opened opened;

    public SshAuthorities(Database database, Audit audit, KeyVault vault) {
        this.database = database;
        this.audit = audit;
        this.vault = vault;
    }

    /** A key that signs now. */
    public record Signing(CaKey key, SshSigner signer) {}

    private record Opened(Map<CaPurpose, Signing> keys, long atNanos) {}

    /** Makes the keys that are missing; servers starting at once end up with the same ones. */
    public void createMissing() {
        database.run(Actor.system("setup"), tx -> {
            tx.list("select pg_advisory_xact_lock(hashtext('ssh_ca_key'))", _ -> true);
            for (CaPurpose purpose : CaPurpose.values()) {
                if (!tx.exists("select 1 from ssh_ca_key where purpose = ? and state = 'active'", purpose)) {
                    create(tx, purpose, CaKey.State.ACTIVE);
                }
            }
        });
    }

    /** The key of this purpose that signs now. */
    public Signing signing(CaPurpose purpose) {
        Opened now = opened;
        if (now == null || System.nanoTime() - now.atNanos() > KEEP_NANOS) {
            now = open();
            opened = now;
        }
        Signing signing = now.keys().get(purpose);
        if (signing == null) {
            throw new IllegalStateException("no active signing key for " + purpose);
        }
        return signing;
    }

    /** Every key of this purpose that must be trusted, newest first. */
    public static List<CaKey> keys(Rx rx, CaPurpose purpose) {
        return rx.list(
                "select id, state, public_key from ssh_ca_key where purpose = ? order by id desc",
                row -> new CaKey(
                        row.getString("id"),
                        purpose,
                        CaKey.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                        SshPublicKey.parse(row.getString("public_key"))),
                purpose);
    }

    private CaKey create(Tx tx, CaPurpose purpose, CaKey.State state) {
        SshKeyPair pair = SshKeys.generateEd25519(null);
        String id = Ids.next("cak_");
        String label = purpose.name().toLowerCase(Locale.ROOT);
        SshPublicKey publicKey = pair.publicKey().withComment("sallyport-" + label + "-ca");
        tx.update(
                "insert into ssh_ca_key (id, purpose, state, public_key, private_key, created_at) values (?, ?, ?, ?, ?, ?)",
                id,
                purpose,
                state,
                publicKey.line(),
                vault.wrap(pair.pkcs8(), TABLE, id, label),
                tx.now());
        audit.record(
                tx,
                Event.of(CredentialEvent.CA_KEY_CREATED)
                        .data("key", id)
                        .data("purpose", label)
                        .data("fingerprint", publicKey.fingerprint()));
        return new CaKey(id, purpose, state, publicKey);
    }

    private Opened open() {
        long at = System.nanoTime();
        var keys = new EnumMap<CaPurpose, Signing>(CaPurpose.class);
        database.read(rx -> rx.list(
                        "select id, purpose, public_key, private_key from ssh_ca_key where state = 'active'", row -> {
                            String label = row.getString("purpose");
                            var purpose = CaPurpose.valueOf(label.toUpperCase(Locale.ROOT));
                            var publicKey = SshPublicKey.parse(row.getString("public_key"));
                            byte[] pkcs8 = vault.unwrap(row.getBytes("private_key"), TABLE, row.getString("id"), label);
                            SshKeyPair pair = SshKeys.ofPkcs8(pkcs8, publicKey, SigningProvider.get());
                            var key = new CaKey(row.getString("id"), purpose, CaKey.State.ACTIVE, publicKey);
                            return new Signing(key, pair.signer(SigningProvider.get()));
                        }))
                .forEach(signing -> keys.put(signing.key().purpose(), signing));
        return new Opened(keys, at);
    }
}
