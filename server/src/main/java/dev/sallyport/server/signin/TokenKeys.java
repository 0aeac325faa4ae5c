package dev.sallyport.server.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.Ids;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.identity.IdentityEvent;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign access tokens (ES256), shared by all servers and stored wrapped. There is always a next one, published
 * before it signs; a retired one stays published until nothing it signed can still count.
 */
public final class TokenKeys implements JWKSource<SecurityContext> {
    static final Duration REFRESH = Duration.ofMinutes(1);
    static final Duration PUBLISHED_AFTER_RETIREMENT = Duration.ofHours(1);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final String PURPOSE = "sign access tokens";

    private final Database database;
    private final Audit audit;
    private final KeyVault vault;
    private volatile @Nullable Known known;

    public TokenKeys(Database database, Audit audit, KeyVault vault) {
        this.database = database;
        this.audit = audit;
        this.vault = vault;
    }

    private record Known(ECKey active, List<ECKey> published, long readNanos) {
        boolean isOlderThan(Duration age) {
            return System.nanoTime() - readNanos > age.toNanos();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    private record Row(String id, String state, String publicJwk, byte[] wrapped) {}

    /** Makes the first keys if there are none; several servers may start at once. */
    public void ensure() {
        database.run(Actor.system("token-keys"), tx -> {
            lock(tx);
            if (!tx.exists("select 1 from token_key where state = 'active'")) {
                make(tx, "active");
            }
            if (!tx.exists("select 1 from token_key where state = 'next'")) {
                make(tx, "next");
            }
        });
    }

    /** The next key signs from now on, and a new next one is published. */
    public void rotate(Actor actor) {
        database.run(actor, tx -> {
            lock(tx);
            tx.update("update token_key set state = 'retired', retired_at = ? where state = 'active'", tx.now());
            tx.update("update token_key set state = 'active', activated_at = ? where state = 'next'", tx.now());
            audit.record(tx, Event.of(IdentityEvent.TOKEN_KEY_CHANGED).data("change", "rotated"));
            make(tx, "next");
        });
        known = null;
    }

    /**
     * A key in the list.
     *
     * @param fingerprint its JWK thumbprint (RFC 7638)
     * @param since when it came to be in this state
     * @param publishedUntil until when a retired one is still published
     */
    public record Life(String id, String state, String fingerprint, Instant since, Optional<Instant> publishedUntil) {}

    /** The keys that are published, newest first. */
    public static List<Life> lives(Rx rx) {
        return rx.list("""
                select id, state, public_jwk, created_at, activated_at, retired_at from token_key
                 where state <> 'retired' or retired_at > ? order by id desc
                """, TokenKeys::life, rx.now().minus(PUBLISHED_AFTER_RETIREMENT));
    }

    private static Life life(java.sql.ResultSet row) throws java.sql.SQLException {
        Optional<Instant> retired = Optional.ofNullable(Rows.instantOrNull(row, "retired_at"));
        Optional<Instant> active = Optional.ofNullable(Rows.instantOrNull(row, "activated_at"));
        try {
            return new Life(
                    row.getString("id"),
                    row.getString("state"),
                    ECKey.parse(row.getString("public_jwk")).computeThumbprint().toString(),
                    retired.or(() -> active).orElse(Rows.instant(row, "created_at")),
                    retired.map(at -> at.plus(PUBLISHED_AFTER_RETIREMENT)));
        } catch (ParseException | JOSEException e) {
            throw new IllegalStateException("a token key does not parse", e);
        }
    }

    /** The key that signs, with its private part. */
    ECKey active() {
        return current(REFRESH).active();
    }

    /** The public key of this id; one that another server made is looked for. */
    Optional<ECKey> find(String id) {
        Optional<ECKey> found = find(current(REFRESH), id);
        return found.isPresent() ? found : find(current(LOOK_AGAIN), id);
    }

    /** Whether this very key is still one that counts. */
    boolean publishes(ECKey key) {
        return find(current(REFRESH), key.getKeyID()).filter(key::equals).isPresent();
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
        List<JWK> keys =
                current(REFRESH).published().stream().map(JWK.class::cast).toList();
        return selector.select(new JWKSet(keys));
    }

    private static Optional<ECKey> find(Known known, String id) {
        return known.published().stream()
                .filter(key -> key.getKeyID().equals(id))
                .findFirst();
    }

    private Known current(Duration maxAge) {
        Known now = known;
        if (now == null || now.isOlderThan(maxAge)) {
            now = database.read(this::read);
            known = now;
        }
        return now;
    }

    private Known read(Rx rx) {
        Instant since = rx.now().minus(PUBLISHED_AFTER_RETIREMENT);
        List<Row> rows = rx.list(
                """
                select id, state, public_jwk, private_key from token_key
                 where state <> 'retired' or retired_at > ? order by created_at
                """,
                row -> new Row(
                        row.getString("id"),
                        row.getString("state"),
                        row.getString("public_jwk"),
                        row.getBytes("private_key")),
                since);
        try {
            ECKey active = null;
            var published = new java.util.ArrayList<ECKey>();
            for (Row row : rows) {
                published.add(ECKey.parse(row.publicJwk));
                if (row.state.equals("active")) {
                    byte[] secret = vault.unwrap(row.wrapped, "token_key", row.id, PURPOSE);
                    active = ECKey.parse(new String(secret, StandardCharsets.UTF_8));
                }
            }
            if (active == null) {
                throw new IllegalStateException("there is no active token key");
            }
            return new Known(active, List.copyOf(published), System.nanoTime());
        } catch (ParseException e) {
            throw new IllegalStateException("a token key does not parse", e);
        }
    }

    private void make(Tx tx, String state) {
        try {
            String id = Ids.next("tky_");
            ECKey key = new ECKeyGenerator(Curve.P_256)
                    .keyID(id)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .generate();
            tx.update(
                    """
                    insert into token_key (id, state, public_jwk, private_key, created_at, activated_at)
                    values (?, ?, ?::jsonb, ?, ?, ?)
                    """,
                    id,
                    state,
                    key.toPublicJWK().toJSONString(),
                    vault.wrap(key.toJSONString().getBytes(StandardCharsets.UTF_8), "token_key", id, PURPOSE),
                    tx.now(),
                    state.equals("active") ? tx.now() : null);
            audit.record(
                    tx,
                    Event.of(IdentityEvent.TOKEN_KEY_CHANGED)
                            .data("change", "made")
                            .data("key", id)
                            .data("state", state));
        } catch (JOSEException e) {
            throw new IllegalStateException("a token key cannot be made", e);
        }
    }

    private static void lock(Tx tx) {
        tx.list("select pg_advisory_xact_lock(hashtext('sallyport token keys'))", _ -> true);
    }
}
