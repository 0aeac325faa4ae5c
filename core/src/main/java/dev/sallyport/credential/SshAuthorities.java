package dev.sallyport.credential;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Ids;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.formats.ssh.SshKeyPair;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.formats.ssh.SshSigner;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The signing keys: two user authorities, the host authority and the key that signs revocation lists. Private keys are
 * Ed25519, stored wrapped, and opened in memory only.
 */
public final class SshAuthorities {
    /** How long a node may sign with a key that another node has retired; retired keys stay trusted far longer. */
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How long a next key is published before it signs, unless forced. */
    public static final Duration OVERLAP = Duration.ofHours(1);

    /** How long a retired key is trusted for what lives minutes or hours; far longer than any certificate of a person. */
    public static final Duration USER_TRUST = Duration.ofHours(24);

    private static final String TABLE = "ssh_ca_key";

    /** Keys that enrolled hosts know by heart. */
    private static final List<CaPurpose> PUBLISHED_TO_HOSTS = List.of(CaPurpose.TARGET, CaPurpose.KRL);

    private static final int MOST_NAMED = 20;

    private final Database database;
    private final Audit audit;
    private final KeyVault vault;
    private volatile @Nullable Opened opened;
    private volatile @Nullable Known hostKeys;

    public SshAuthorities(Database database, Audit audit, KeyVault vault) {
        this.database = database;
        this.audit = audit;
        this.vault = vault;
    }

    /** A key that signs now. */
    public record Signing(CaKey key, SshSigner signer) {}

    private record Opened(Map<CaPurpose, Signing> keys, long atNanos) {}

    private record Known(List<CaKey> keys, long atNanos) {
        Known {
            keys = List.copyOf(keys);
        }
    }

    /** The host keys to trust, as {@link #keys} gives them or gave them a moment ago: every certificate comes with them. */
    List<CaKey> hostKeys(Rx rx) {
        Known now = hostKeys;
        if (now == null || System.nanoTime() - now.atNanos() > KEEP_NANOS) {
            long at = System.nanoTime();
            now = new Known(keys(rx, CaPurpose.HOST), at);
            hostKeys = now;
        }
        return now.keys();
    }

    /** Makes the keys that are missing; servers starting at once end up with the same ones. */
    public void createMissing() {
        database.run(Actor.system("setup"), tx -> {
            lock(tx);
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

    /** Every key of this purpose that must be trusted, newest first: retired ones until what they signed has expired. */
    public static List<CaKey> keys(Rx rx, CaPurpose purpose) {
        return rx.list(
                """
                select id, state, public_key from ssh_ca_key
                 where purpose = ? and (state <> 'retired' or retired_at > ?) order by id desc
                """,
                row -> new CaKey(
                        row.getString("id"),
                        purpose,
                        CaKey.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                        SshPublicKey.parse(row.getString("public_key"))),
                purpose,
                rx.now().minus(trusted(purpose)));
    }

    /** How long a retired key is still trusted: longer than anything it signed holds. */
    private static Duration trusted(CaPurpose purpose) {
        return switch (purpose) {
            case ACCESS, TARGET, KRL -> USER_TRUST;
            case HOST -> Hosts.HOST_CERTIFICATE_VALIDITY.plus(USER_TRUST);
        };
    }

    /**
     * Begins a rotation: makes the next key and publishes it, so that hosts and clients learn to trust it before it signs.
     * {@link #activate} ends it.
     *
     * @throws dev.sallyport.base.Refusal {@code ca-key.next-exists} while an earlier rotation waits
     */
    public CaKey rotate(Actor actor, CaPurpose purpose) {
        return database.change(actor, tx -> {
            lock(tx);
            if (next(tx, purpose).isPresent()) {
                throw CaRefusal.NEXT_EXISTS.because(
                        "the next " + label(purpose) + " key is published already", "activate it");
            }
            tx.afterCommit(this::forget);
            return create(tx, purpose, CaKey.State.NEXT);
        });
    }

    /**
     * Ends a rotation: the next key signs from now on, and the active one is retired.
     *
     * @param force although hosts may not have learned the key yet, as when the active one is lost to somebody; the event
     *     says so
     * @throws dev.sallyport.base.Refusal {@code ca-key.no-next}, {@code ca-key.too-early} within {@link #OVERLAP}, or
     *     {@code ca-key.hosts-lack} while enrolled hosts have not learned it
     */
    public CaKey activate(Actor actor, CaPurpose purpose, boolean force) {
        return database.change(actor, tx -> {
            lock(tx);
            Next next = next(tx, purpose)
                    .orElseThrow(() -> CaRefusal.NO_NEXT.because(
                            "there is no next " + label(purpose) + " key", "rotate first, which publishes it"));
            Instant earliest = next.publishedAt().plus(OVERLAP);
            boolean early = tx.now().isBefore(earliest);
            if (early && !force) {
                throw CaRefusal.TOO_EARLY.because(
                        "the next " + label(purpose) + " key was published at " + next.publishedAt()
                                + " (expected: " + OVERLAP + " earlier, for hosts and clients to learn it; from "
                                + earliest + " on)",
                        "wait, or force it");
            }
            List<String> lacking =
                    PUBLISHED_TO_HOSTS.contains(purpose) ? KeyStatement.lacking(tx, MOST_NAMED) : List.of();
            if (!lacking.isEmpty() && !force) {
                throw CaRefusal.HOSTS_LACK.because(
                        "hosts have not learned the next " + label(purpose) + " key yet: " + String.join(", ", lacking),
                        "sallyport doctor says why; enrol them again, withdraw those that are gone, or force it");
            }
            tx.list("""
                            update ssh_ca_key set state = 'retired', retired_at = ? where purpose = ? and state = 'active'
                            returning id
                            """, row -> row.getString(1), tx.now(), purpose)
                    .forEach(id -> audit.record(
                            tx,
                            Event.of(CredentialEvent.CA_KEY_RETIRED)
                                    .data("key", id)
                                    .data("purpose", label(purpose))
                                    .data(
                                            "trusted_until",
                                            tx.now().plus(trusted(purpose)).toString())));
            tx.update("update ssh_ca_key set state = 'active', activated_at = ? where id = ?", tx.now(), next.id());
            audit.record(
                    tx,
                    Event.of(CredentialEvent.CA_KEY_ACTIVATED)
                            .data("key", next.id())
                            .data("purpose", label(purpose))
                            .data("fingerprint", next.publicKey().fingerprint())
                            .data("forced", early || !lacking.isEmpty())
                            .data("hosts_lacking", lacking));
            tx.afterCommit(this::forget);
            return new CaKey(next.id(), purpose, CaKey.State.ACTIVE, next.publicKey());
        });
    }

    /**
     * A key and its life.
     *
     * @param since when it came to be in this state, as far as that is known
     * @param trustedUntil until when a retired one is still trusted
     */
    public record Life(CaKey key, Instant since, Optional<Instant> trustedUntil) {}

    /** All keys that must be trusted, by purpose, newest first. */
    public static List<Life> lives(Rx rx) {
        return java.util.Arrays.stream(CaPurpose.values())
                .flatMap(purpose -> keys(rx, purpose).stream())
                .map(key -> life(rx, key))
                .toList();
    }

    private static Life life(Rx rx, CaKey key) {
        return rx.one(
                        "select created_at, activated_at, retired_at from ssh_ca_key where id = ?",
                        row -> {
                            Instant made = Rows.instant(row, "created_at");
                            Optional<Instant> active = Optional.ofNullable(Rows.instantOrNull(row, "activated_at"));
                            Optional<Instant> retired = Optional.ofNullable(Rows.instantOrNull(row, "retired_at"));
                            return new Life(
                                    key,
                                    retired.or(() -> active).orElse(made),
                                    retired.map(at -> at.plus(trusted(key.purpose()))));
                        },
                        key.id())
                .orElseThrow();
    }

    /** Everybody whose word about keys of these purposes counts: who signs now, and who did and is still trusted. */
    List<Signing> vouchers(Rx rx, List<CaPurpose> purposes) {
        return purposes.stream()
                .flatMap(purpose -> keys(rx, purpose).stream())
                .filter(key -> key.state() != CaKey.State.NEXT)
                .map(key -> rx.one(
                                "select private_key from ssh_ca_key where id = ?",
                                row -> opened(key, row.getBytes("private_key")),
                                key.id())
                        .orElseThrow())
                .toList();
    }

    private Signing opened(CaKey key, byte[] wrapped) {
        byte[] pkcs8 = vault.unwrap(wrapped, TABLE, key.id(), label(key.purpose()));
        return new Signing(
                key,
                SshKeys.ofPkcs8(pkcs8, key.publicKey(), SigningProvider.get()).signer(SigningProvider.get()));
    }

    private record Next(String id, SshPublicKey publicKey, Instant publishedAt) {}

    private static Optional<Next> next(Rx rx, CaPurpose purpose) {
        return rx.one(
                "select id, public_key, created_at from ssh_ca_key where purpose = ? and state = 'next'",
                row -> new Next(
                        row.getString("id"),
                        SshPublicKey.parse(row.getString("public_key")),
                        Rows.instant(row, "created_at")),
                purpose);
    }

    private static void lock(Tx tx) {
        tx.list("select pg_advisory_xact_lock(hashtext('ssh_ca_key'))", _ -> true);
    }

    private void forget() {
        opened = null;
        hostKeys = null;
    }

    private static String label(CaPurpose purpose) {
        return purpose.name().toLowerCase(Locale.ROOT);
    }

    private CaKey create(Tx tx, CaPurpose purpose, CaKey.State state) {
        SshKeyPair pair = SshKeys.generateEd25519(null);
        String id = Ids.next("cak_");
        String label = label(purpose);
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
                        .data("state", state.name().toLowerCase(Locale.ROOT))
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
                            var key = new CaKey(row.getString("id"), purpose, CaKey.State.ACTIVE, publicKey);
                            return opened(key, row.getBytes("private_key"));
                        }))
                .forEach(signing -> keys.put(signing.key().purpose(), signing));
        return new Opened(keys, at);
    }
}
