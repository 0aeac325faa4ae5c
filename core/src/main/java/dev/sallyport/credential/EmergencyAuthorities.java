package dev.sallyport.credential;

import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedKind;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The authorities of break-glass kits, as hosts know them: trusted beside the target authority, and on the revocation list
 * for good once they are distrusted. Their private keys are not here. Who changes something writes the event.
 */
public final class EmergencyAuthorities {
    /** Changes of what hosts trust come one after another, so that each is newer than the one before. */
    private static final long LOCK = 0x5A11_B61AL;

    private EmergencyAuthorities() {}

    /**
     * Makes an authority known; hosts do not hear of it yet. False where the key is known already: under any id, or as one
     * of our own authorities, which nobody may have distrusted by calling it a kit.
     */
    public static boolean add(Tx tx, String id, SshPublicKey key) {
        boolean ours =
                tx.list("select public_key from ssh_ca_key", row -> SshPublicKey.parse(row.getString(1))).stream()
                        .anyMatch(known -> known.fingerprint().equals(key.fingerprint()));
        return !ours
                && tx.update(
                                "insert into emergency_ca (id, public_key, fingerprint) values (?, ?, ?) on conflict do nothing",
                                id,
                                bare(key).line(),
                                key.fingerprint())
                        == 1;
    }

    /** Hosts learn from now on to trust it. */
    public static void trust(Tx tx, String id) {
        tx.update(
                "update emergency_ca set trusted_at = ? where id = ? and trusted_at is null and distrusted_at is null",
                next(tx),
                id);
    }

    /** Later than every change before it, although the transaction of that one may have begun later than this one. */
    private static Instant next(Tx tx) {
        tx.list("select pg_advisory_xact_lock(?)", _ -> true, LOCK);
        return tx
                .list(
                        "select max(greatest(trusted_at, distrusted_at)) as latest from emergency_ca",
                        row -> Optional.ofNullable(Rows.instantOrNull(row, "latest")))
                .stream()
                .flatMap(Optional::stream)
                .map(latest -> latest.plusMillis(1))
                .filter(tx.now()::isBefore)
                .findFirst()
                .orElse(tx.now());
    }

    /**
     * Hosts refuse everything that it signed as soon as they have the next revocation list, and forget it. One that no host
     * was ever told of does not join the list: it could be any key, and nobody else has looked at it.
     */
    public static void distrust(Tx tx, String id) {
        int changed = tx.update(
                "update emergency_ca set distrusted_at = ? where id = ? and distrusted_at is null", next(tx), id);
        boolean told = tx.exists("select 1 from emergency_ca where id = ? and trusted_at is not null", id);
        if (changed == 1 && told) {
            Feed.append(
                    tx,
                    FeedKind.KRL,
                    "",
                    version -> tx.update("update emergency_ca set version = ? where id = ?", version, id));
        }
    }

    /** Those that hosts are to trust, without comments. */
    public static List<SshPublicKey> trusted(Rx rx) {
        return rx.list("""
                select c.public_key from emergency_ca c join breakglass_kit k on k.id = c.id and k.state = 'trusted'
                 where c.trusted_at is not null and c.distrusted_at is null order by c.id
                """, row -> SshPublicKey.parse(row.getString(1)));
    }

    public static Optional<SshPublicKey> key(Rx rx, String id) {
        return rx.one(
                "select public_key from emergency_ca where id = ?", row -> SshPublicKey.parse(row.getString(1)), id);
    }

    /** The authority with this fingerprint, whatever became of it. */
    public static Optional<String> named(Rx rx, String fingerprint) {
        return rx.one("select id from emergency_ca where fingerprint = ?", row -> row.getString(1), fingerprint);
    }

    /** Those that the revocation list of this version refuses. */
    static List<SshPublicKey> refused(Rx rx, long version) {
        return rx.list(
                "select public_key from emergency_ca where version <= ? order by id",
                row -> SshPublicKey.parse(row.getString(1)),
                version);
    }

    private static SshPublicKey bare(SshPublicKey key) {
        return SshPublicKey.ofBlob(key.blob());
    }
}
