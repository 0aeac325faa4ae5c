package dev.sallyport.session;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.audit.Outcome;
import dev.sallyport.base.Ids;
import dev.sallyport.base.Labels;
import dev.sallyport.base.Names;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Json;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Gateways outside of servers: let in by a token that counts once, known from then on by the key they came with, and
 * refused from the moment they are withdrawn.
 */
public final class RemoteGateways {
    /** How long a token may wait for its gateway. */
    public static final Duration TOKEN_VALID = Duration.ofMinutes(15);

    /** Where one listens if nothing else is said. */
    public static final int PORT = 2222;

    private static final int MAX_PORT = 65_535;
    private static final String TOKEN_PREFIX = "sgt_";
    private static final int TOKEN_BYTES = 32;
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|[0-9a-fA-F:]{0,40}:[0-9a-fA-F:.]{1,45}");

    private final Database database;
    private final Audit audit;
    private final SecureRandom random = new SecureRandom();

    public RemoteGateways(Database database, Audit audit) {
        this.database = database;
        this.audit = audit;
    }

    /** What lets a gateway in, once; kept as a hash, so this is the only time that it is seen. */
    public record Token(Gateway gateway, Secret token, Instant expiresAt) {}

    /**
     * Prepares a gateway, or one that is there for a new key: the old one counts until the token is used.
     *
     * @param labels only targets that carry all of these
     * @param address the host that people connect to; its host certificate is for this name, so the gateway has no say
     * @param port the port there that people connect to
     */
    public Token prepare(Actor actor, String name, Labels labels, String address, int port) {
        Names.check("gateway", name);
        if (!ADDRESS.matcher(address).matches()) {
            throw dev.sallyport.base.InputRefusal.INVALID_VALUE.because(
                    "address: " + Text.quoted(address) + " (expected: a host name or an IP address)");
        }
        if (port < 1 || port > MAX_PORT) {
            throw dev.sallyport.base.InputRefusal.INVALID_VALUE.because(
                    "port: " + port + " (expected: 1 to " + MAX_PORT + ")");
        }
        var secret = new byte[TOKEN_BYTES];
        random.nextBytes(secret);
        Secret token =
                Secret.of(TOKEN_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
        return database.change(actor, tx -> {
            tx.update("""
                    insert into gateway (id, name, labels, built_in, address, port, created_at)
                    values (?, ?, ?::jsonb, false, ?, ?, ?)
                        on conflict (name) do update set labels = excluded.labels, address = excluded.address,
                              port = excluded.port
                              where not gateway.built_in
                    """, Ids.next(Gateway.PREFIX), name, Json.text(labels.values()), address, port, tx.now());
            Gateway gateway = tx.one(Gateways.GATEWAY + " where g.name = ? and not g.built_in", Gateways::gateway, name)
                    .orElseThrow(() -> SessionRefusal.GATEWAY_BUILT_IN.because(
                            name + " is the gateway inside a server (expected: another name)"));
            Instant until = tx.now().plus(TOKEN_VALID);
            tx.update("delete from gateway_token where gateway_id = ?", gateway.id());
            tx.update(
                    "insert into gateway_token (hash, gateway_id, expires_at) values (?, ?, ?)",
                    Digests.of(token.reveal()),
                    gateway.id(),
                    until);
            audit.record(
                    tx,
                    Event.of(SessionEvent.GATEWAY_PREPARED)
                            .data("gateway", gateway.id())
                            .data("name", name)
                            .data("labels", labels.values())
                            .data("address", address)
                            .data("port", port)
                            .data("expires_at", until.toString()));
            return new Token(gateway, token, until);
        });
    }

    /**
     * Lets the gateway in that shows the token; its certificates are for this key alone.
     *
     * @param publicKey X.509's SubjectPublicKeyInfo
     * @throws dev.sallyport.base.Refusal {@code gateway.token-refused} for a token that is unknown, used or too old
     */
    public Gateway enrol(String address, Secret token, byte[] publicKey) {
        byte[] hash = Digests.of(token.reveal());
        Optional<Gateway> enrolled = database.<Optional<Gateway>>change(Actor.system("gateway"), tx -> {
            Optional<String> id = tx
                    .list(
                            "delete from gateway_token where hash = ? returning gateway_id, expires_at > ?",
                            row -> row.getBoolean(2) ? row.getString(1) : "",
                            hash,
                            tx.now())
                    .stream()
                    .findFirst()
                    .filter(found -> !found.isEmpty());
            if (id.isEmpty()) {
                audit.record(
                        tx,
                        Event.of(SessionEvent.GATEWAY_REFUSED)
                                .outcome(Outcome.REFUSED)
                                .data("why", "token")
                                .personal("address", address));
                return Optional.empty();
            }
            return Optional.of(enrol(tx, id.get(), address, publicKey));
        });
        return enrolled.orElseThrow(() -> SessionRefusal.TOKEN_REFUSED.because(
                "the token is unknown, was used already, or is older than " + TOKEN_VALID.toMinutes() + " minutes",
                "sallyport gateways enroll NAME prints a new one"));
    }

    private Gateway enrol(Tx tx, String id, String address, byte[] publicKey) {
        tx.update("update gateway set key_hash = ?, withdrawn_at = null where id = ?", Digests.of(publicKey), id);
        tx.update("""
                insert into gateway_contact (gateway_id, seen_at) values (?, ?)
                    on conflict (gateway_id) do update set seen_at = excluded.seen_at
                """, id, tx.now());
        Gateway gateway = tx.one(Gateways.GATEWAY + " where g.id = ?", Gateways::gateway, id)
                .orElseThrow();
        audit.record(
                tx,
                Event.of(SessionEvent.GATEWAY_ENROLLED)
                        .data("gateway", id)
                        .data("name", gateway.name())
                        .data("built_in", false)
                        .data("labels", gateway.labels().values())
                        .personal("address", address));
        return gateway;
    }

    /**
     * The gateway of a certificate that is genuine and has not expired. Asked for every word, so that a withdrawal
     * counts at once.
     *
     * @throws dev.sallyport.base.Refusal {@code gateway.withdrawn} for one that may not come any more
     */
    public Gateway known(String id, byte[] publicKey) {
        return database.read(rx -> rx.one(
                        Gateways.GATEWAY
                                + " where g.id = ? and g.key_hash = ? and g.withdrawn_at is null and not g.built_in",
                        Gateways::gateway,
                        id,
                        Digests.of(publicKey)))
                .orElseThrow(() -> SessionRefusal.GATEWAY_WITHDRAWN.because(
                        "this gateway was withdrawn, or enrolled again with another key"));
    }

    /** Refuses it from now on, with every certificate it holds. */
    public void withdraw(Actor actor, String name) {
        Names.check("gateway", name);
        database.run(actor, tx -> {
            String id = tx.list("""
                            update gateway set withdrawn_at = ?, key_hash = null
                             where name = ? and not built_in and withdrawn_at is null returning id
                            """, row -> row.getString(1), tx.now(), name).stream()
                    .findFirst()
                    .orElseThrow(() -> SessionRefusal.GATEWAY_UNKNOWN.because(
                            "gateway " + name + ": not known, withdrawn already, or inside a server"));
            tx.update("delete from gateway_token where gateway_id = ?", id);
            audit.record(
                    tx,
                    Event.of(SessionEvent.GATEWAY_WITHDRAWN).data("gateway", id).data("name", name));
        });
    }

    /** The host that people connect to. */
    public String address(Gateway gateway) {
        return database.read(rx -> rx.one(
                        "select coalesce(address, name) from gateway where id = ?",
                        row -> row.getString(1),
                        gateway.id()))
                .orElseThrow();
    }

    /** The host and port that people connect to; nothing for one inside a server, whose configuration says it. */
    public static Optional<String> listensAt(Rx rx, Gateway gateway) {
        return gateway.builtIn()
                ? Optional.empty()
                : rx.one(
                        "select coalesce(address, name) as address, port from gateway where id = ?",
                        row -> {
                            String host = row.getString("address");
                            return (host.contains(":") ? "[" + host + "]" : host) + ":" + row.getInt("port");
                        },
                        gateway.id());
    }

    /** Notes that a certificate was signed for it. */
    public void certified(Gateway gateway, String serial, Instant expiresAt) {
        database.run(
                gateway.actor(),
                tx -> audit.record(
                        tx,
                        Event.of(SessionEvent.GATEWAY_CERTIFIED)
                                .data("gateway", gateway.name())
                                .data("serial", serial)
                                .data("expires_at", expiresAt.toString())));
    }

    /** Whether it has come with its token; one that has not is only prepared. */
    public static boolean isEnrolled(Rx rx, Gateway gateway) {
        return gateway.builtIn()
                || rx.count("select count(*) from gateway where id = ? and key_hash is not null", gateway.id()) == 1;
    }
}
