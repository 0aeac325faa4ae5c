package dev.sallyport.credential;

import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Refusal;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The OpenSSH key revocation list (PROTOCOL.krl). Its version is the place in the feed where the last certificate joined;
 * every node makes the same bytes for a version, because what it holds is judged at the instant that entry was made.
 * Certificates that had expired {@link #KRL_KEEP} before then are left out. Authorities of break-glass kits that are
 * distrusted stay on it, with everything they signed.
 */
public final class RevocationList {
    /** The SSHSIG namespace of the detached signature. */
    public static final String NAMESPACE = "krl@sallyport";

    /** How long an expired certificate stays on the list, for hosts whose clock is behind. */
    public static final Duration KRL_KEEP = Duration.ofMinutes(10);

    private final Database database;
    private final SshAuthorities authorities;
    private volatile @Nullable Made made;
    private @Nullable Published asOf;
    private long asOfVersion = -1;

    public RevocationList(Database database, SshAuthorities authorities) {
        this.database = database;
        this.authorities = authorities;
    }

    /** One version: the list and its armored detached signature (PROTOCOL.sshsig). */
    @SuppressWarnings("ArrayRecordComponent") // handed to the network as they are; never compared, never changed
    public record Published(long version, byte[] bytes, byte[] signature) {}

    private record Made(Published published, String key) {}

    private record Place(long version, Instant at) {}

    /**
     * Adds the certificates of these leases when the rest of the change is done, and then does what needs the version that
     * hosts must confirm.
     */
    public static void add(Tx tx, List<LeaseId> leases, LongConsumer then) {
        Feed.append(tx, FeedKind.KRL, "", version -> {
            tx.update("""
                    insert into ssh_revocation (serial, ca_key_id, lease_id, target_id, version, valid_until)
                    select (spec->>'serial')::bigint, spec->>'ca_key', id, target_id, ?, expires_at
                      from lease where id = any(?::text[]) and kind = ?
                        on conflict (serial) do nothing
                    """, version, leases.stream().map(LeaseId::value).toList(), SshLeases.KIND);
            then.accept(version);
        });
    }

    /**
     * A list that holds everything up to this place in the feed, made once however many ask: all hosts hear of a
     * revocation at the same moment.
     */
    public synchronized Published asOf(long feedVersion) {
        Published known = asOf;
        if (known == null || asOfVersion < feedVersion) {
            known = current();
            asOf = known;
            asOfVersion = feedVersion;
        }
        return known;
    }

    /** The newest list. */
    public Published current() {
        Place place = database.read(RevocationList::place);
        SshAuthorities.Signing key = authorities.signing(CaPurpose.KRL);
        Made known = made;
        if (known != null
                && known.published().version() == place.version()
                && known.key().equals(key.key().id())) {
            return known.published();
        }
        Published published = make(place, key);
        made = new Made(published, key.key().id());
        return published;
    }

    /** The version of the newest list; zero while nothing was ever revoked. */
    public static long newest(Rx rx) {
        return place(rx).version();
    }

    /**
     * The host says which list it refuses by; leases that waited for it are looked at at once. What a host has confirmed
     * never goes back.
     *
     * @throws Refusal {@code target.unknown-revocation-list} for a version that was not published yet: believing it would
     *     close later leases that the host knows nothing of
     */
    public static void confirm(Tx tx, String target, long version) {
        long newest = newest(tx);
        if (version < 0 || version > newest) {
            throw HostRefusal.FUTURE_LIST.because(
                    "version: " + version + " (expected: at most " + newest + ", the newest that was published)");
        }
        tx.update("""
                insert into krl_confirmation (target_id, version, confirmed_at) values (?, ?, ?)
                    on conflict (target_id) do update
                   set version = greatest(krl_confirmation.version, excluded.version), confirmed_at = excluded.confirmed_at
                """, target, version, tx.now());
        tx.list("""
                with due as (select lease_id from lease_closing where target_id = ? and feed_version <= ?
                              order by lease_id for update)
                update lease_closing c set next_attempt_at = ? from due where c.lease_id = due.lease_id returning c.lease_id
                """, _ -> true, target, version, tx.now());
    }

    private static Place place(Rx rx) {
        Optional<Place> last = rx.one(
                "select version, at from feed where kind = 'krl' order by version desc limit 1",
                row -> new Place(row.getLong(1), Rows.instant(row, "at")));
        return last.orElse(new Place(0, Instant.EPOCH));
    }

    private Published make(Place place, SshAuthorities.Signing key) {
        record Revoked(SshPublicKey ca, long serial) {}
        List<Revoked> revoked = database.read(rx -> rx.list(
                """
                select k.public_key, r.serial from ssh_revocation r join ssh_ca_key k on k.id = r.ca_key_id
                 where r.version <= ? and r.valid_until > ? order by k.id, r.serial
                """,
                row -> new Revoked(SshPublicKey.parse(row.getString(1)), row.getLong(2)),
                place.version(),
                place.at().minus(KRL_KEEP)));
        var krl = Krl.builder(place.version(), place.at()).comment("sallyport");
        revoked.forEach(entry -> krl.serial(entry.ca(), entry.serial()));
        database.read(rx -> EmergencyAuthorities.refused(rx, place.version())).forEach(krl::key);
        byte[] bytes = krl.toBytes();
        byte[] signature = SshSignature.sign(key.signer(), NAMESPACE, bytes).getBytes(StandardCharsets.US_ASCII);
        return new Published(place.version(), bytes, signature);
    }
}
