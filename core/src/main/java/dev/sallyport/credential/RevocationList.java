package dev.sallyport.credential;

import dev.sallyport.base.LeaseId;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.feed.Feed;
import dev.sallyport.feed.FeedKind;
import dev.sallyport.formats.ssh.Krl;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.formats.ssh.SshSignature;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The OpenSSH key revocation list (PROTOCOL.krl). Its version is the place in the feed where the last certificate joined;
 * every node makes the same bytes for a version, because what it holds is judged at the instant that entry was made.
 * Certificates that had expired by then are left out.
 */
public final class RevocationList {
    /** The SSHSIG namespace of the detached signature. */
    public static final String NAMESPACE = "krl@sallyport";

    private final Database database;
    private final SshAuthorities authorities;
    private volatile @Nullable Published published;

    public RevocationList(Database database, SshAuthorities authorities) {
        this.database = database;
        this.authorities = authorities;
    }

    /** One version: the list and its armored detached signature (PROTOCOL.sshsig). */
    @SuppressWarnings("ArrayRecordComponent") // handed to the network as they are; never compared, never changed
    public record Published(long version, byte[] bytes, byte[] signature) {}

    private record Place(long version, Instant at) {}

    /** Adds the certificates of these leases that are still valid; returns the feed version hosts must confirm. */
    public static long add(Tx tx, List<LeaseId> leases) {
        long version = Feed.append(tx, FeedKind.KRL, "");
        tx.update("""
                insert into ssh_revocation (serial, ca_key_id, lease_id, target_id, version, valid_until)
                select (spec->>'serial')::bigint, spec->>'ca_key', id, target_id, ?, expires_at
                  from lease where id = any(?::text[]) and kind = ? and expires_at > ?
                    on conflict (serial) do nothing
                """, version, leases.stream().map(LeaseId::value).toList(), SshLeases.KIND, tx.now());
        return version;
    }

    /** The newest list. */
    public Published current() {
        Place place = database.read(RevocationList::place);
        Published known = published;
        if (known != null && known.version() == place.version()) {
            return known;
        }
        Published made = make(place);
        published = made;
        return made;
    }

    /** The host says which list it refuses by; leases that waited for it are looked at at once. */
    public static void confirm(Tx tx, String target, long version) {
        tx.update("""
                insert into krl_confirmation (target_id, version, confirmed_at) values (?, ?, ?)
                    on conflict (target_id) do update set version = excluded.version, confirmed_at = excluded.confirmed_at
                """, target, version, tx.now());
        tx.update(
                "update lease_closing set next_attempt_at = ? where target_id = ? and feed_version <= ?",
                tx.now(),
                target,
                version);
    }

    private static Place place(Rx rx) {
        Optional<Place> last = rx.one(
                "select version, at from feed where kind = 'krl' order by version desc limit 1",
                row -> new Place(row.getLong(1), Rows.instant(row, "at")));
        return last.orElse(new Place(0, Instant.EPOCH));
    }

    private Published make(Place place) {
        record Revoked(SshPublicKey ca, long serial) {}
        List<Revoked> revoked = database.read(rx -> rx.list(
                """
                select k.public_key, r.serial from ssh_revocation r join ssh_ca_key k on k.id = r.ca_key_id
                 where r.version <= ? and r.valid_until > ? order by k.id, r.serial
                """,
                row -> new Revoked(SshPublicKey.parse(row.getString(1)), row.getLong(2)),
                place.version(),
                place.at()));
        var krl = Krl.builder(place.version(), place.at()).comment("sallyport");
        revoked.forEach(entry -> krl.serial(entry.ca(), entry.serial()));
        byte[] bytes = krl.toBytes();
        byte[] signature = SshSignature.sign(authorities.signing(CaPurpose.KRL).signer(), NAMESPACE, bytes)
                .getBytes(StandardCharsets.US_ASCII);
        return new Published(place.version(), bytes, signature);
    }
}
