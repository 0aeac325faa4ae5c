package dev.sallyport.credential;

import dev.sallyport.audit.Audit;
import dev.sallyport.audit.Event;
import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.Catalog;
import dev.sallyport.catalog.Target;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.database.Rows;
import dev.sallyport.database.Rx;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshPublicKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * SSH hosts that take part: what goes into their configuration, the token by which each names itself, their host
 * certificates, and what they report of the revocation list.
 */
public final class Hosts {
    /** How long a host certificate holds; the host asks for the next one long before. */
    public static final Duration HOST_CERTIFICATE_VALIDITY = Duration.ofDays(30);

    /** An enrolled host that has confirmed nothing for so long is reported as stale. */
    public static final Duration STALE_AFTER = Duration.ofMinutes(2);

    private static final Pattern LOGIN = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final int LOGINS_MAX = 100;
    private static final String TOKEN_PREFIX = "sph_";
    private static final int TOKEN_BYTES = 32;

    private final Database database;
    private final Audit audit;
    private final SshAuthorities authorities;
    private final Serials serials = new Serials();
    private final SecureRandom random = new SecureRandom();

    public Hosts(Database database, Audit audit, SshAuthorities authorities) {
        this.database = database;
        this.audit = audit;
        this.authorities = authorities;
    }

    /**
     * What a host needs.
     *
     * @param token names the host to us; shown once, kept as a hash
     * @param authorizedKeys per login the lines of its file: the authority bound to the one principal that opens this login
     * @param krlSigner the key that signs revocation lists
     * @param emergency the authorities of break-glass kits
     */
    public record Enrolment(
            Secret token,
            Target target,
            Map<String, List<String>> authorizedKeys,
            List<CaKey> krlSigner,
            List<SshPublicKey> emergency) {}

    /**
     * An enrolled host and what it last confirmed.
     *
     * @param knowsKeys whether it says that it has taken over the newest keys
     */
    public record Health(
            String target, long confirmedVersion, Optional<Instant> confirmedAt, boolean stale, boolean knowsKeys) {}

    /**
     * Enrols the host of a target, or enrols it again with a new token, which ends the old one.
     *
     * @param logins accounts on the host to prepare, besides those the target names
     */
    public Enrolment enrol(Actor actor, String name, List<String> logins) {
        checkLogins(logins);
        byte[] secret = new byte[TOKEN_BYTES];
        random.nextBytes(secret);
        Secret token =
                Secret.of(TOKEN_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
        return database.change(actor, tx -> {
            Target target = sshTarget(tx, name);
            tx.update(
                    "update target set host_token_hash = ?, enrolled_at = ? where id = ?",
                    hash(token),
                    tx.now(),
                    target.id());
            audit.record(tx, Event.of(CredentialEvent.HOST_ENROLLED).target(name));
            return new Enrolment(
                    token,
                    target,
                    authorizedKeys(tx, target, logins),
                    SshAuthorities.keys(tx, CaPurpose.KRL),
                    EmergencyAuthorities.trusted(tx));
        });
    }

    /**
     * What enrolment would put on the host, without enrolling.
     *
     * @param tokenFingerprint of the token that is good now, if any: the host can tell by it whether it holds that one
     */
    public record Prepared(
            Target target,
            Map<String, List<String>> authorizedKeys,
            List<CaKey> krlSigner,
            List<SshPublicKey> emergency,
            Optional<String> tokenFingerprint) {}

    /** Shows what {@link #enrol} would give; nothing changes. */
    public Prepared prepare(String name, List<String> logins) {
        return database.read(rx -> {
            Target target = sshTarget(rx, name);
            return new Prepared(
                    target,
                    authorizedKeys(rx, target, logins),
                    SshAuthorities.keys(rx, CaPurpose.KRL),
                    EmergencyAuthorities.trusted(rx),
                    rx.one(
                            "select encode(host_token_hash, 'hex') from target where id = ? and host_token_hash is not null",
                            row -> row.getString(1),
                            target.id()));
        });
    }

    /**
     * Ends the enrolment: the host's token opens nothing any more, and nobody waits for it to confirm revocation lists.
     * Done again, it changes nothing. Returns whether the host was enrolled.
     */
    public boolean withdraw(Actor actor, String name) {
        return database.change(actor, tx -> {
            Target target = sshTarget(tx, name);
            int ended = tx.update("""
                    update target set host_token_hash = null, enrolled_at = null
                     where id = ? and host_token_hash is not null
                    """, target.id());
            if (ended == 0) {
                return false;
            }
            tx.update("delete from krl_confirmation where target_id = ?", target.id());
            audit.record(tx, Event.of(CredentialEvent.HOST_WITHDRAWN).target(name));
            return true;
        });
    }

    /** The lines that bind the target authority to this target's principals, per login; what {@code ssh-ca} prints. */
    public Map<String, List<String>> authorizedKeys(String name, List<String> logins) {
        checkLogins(logins);
        return database.read(rx -> authorizedKeys(rx, sshTarget(rx, name), logins));
    }

    /** The target whose host holds this token. */
    public Target authenticate(Secret token) {
        return database.read(rx -> rx.one(
                                "select name from target where host_token_hash = ?", row -> row.getString(1), (Object)
                                        hash(token))
                        .flatMap(name -> Catalog.target(rx, name)))
                .orElseThrow(() -> HostRefusal.WRONG_TOKEN.because(
                        "the host token is not valid", "enrol the host again: sallyport targets enroll NAME"));
    }

    /** Signs the key of an enrolled host, for the names and addresses its clients use. */
    public String certifyHost(Target host, SshPublicKey key) {
        return database.change(new Actor(null, null, "host/" + host.name(), null, null), tx -> {
            SshAuthorities.Signing ca = authorities.signing(CaPurpose.HOST);
            var names = new java.util.LinkedHashSet<String>(List.of(host.name()));
            host.host().ifPresent(names::add);
            long serial = serials.next(tx);
            String certificate = SshCertificate.host(key)
                    .serial(serial)
                    .keyId("host=" + host.name())
                    .principals(List.copyOf(names))
                    .valid(tx.now().minus(SshCertificates.BACKDATE), tx.now().plus(HOST_CERTIFICATE_VALIDITY))
                    .comment(host.name())
                    .sign(ca.signer());
            audit.record(
                    tx,
                    Event.of(CredentialEvent.HOST_CERTIFIED)
                            .target(host.name())
                            .data("serial", Long.toUnsignedString(serial))
                            .data("public_key", key.fingerprint()));
            return certificate;
        });
    }

    /** The host refuses by this revocation list from now on. */
    public void confirm(Target host, long version) {
        confirm(host, version, Optional.empty());
    }

    /** As {@link #confirm(Target, long)}, from a host that also says which statement of keys it has taken over. */
    public void confirm(Target host, long version, Optional<Long> keys) {
        database.run(new Actor(null, null, "host/" + host.name(), null, null), tx -> {
            RevocationList.confirm(tx, host.id().value(), version);
            tx.update(
                    "update krl_confirmation set keys_version = ? where target_id = ? and keys_version is distinct from ?",
                    keys.orElse(null),
                    host.id(),
                    keys.orElse(null));
        });
    }

    /** Every enrolled host, for those who look after them. */
    public List<Health> health(int limit) {
        return health("", false, Optional.empty(), limit);
    }

    /**
     * By name.
     *
     * @param part that stands in the name
     * @param after the name of the last host of the page before
     */
    public List<Health> health(String part, boolean backwards, Optional<String> after, int limit) {
        return database.read(rx -> {
            long keys = KeyStatement.version(rx);
            return rx.list(
                    """
                select t.name, coalesce(c.version, 0) as version, c.confirmed_at, c.keys_version
                  from target t left join krl_confirmation c on c.target_id = t.id
                 where t.host_token_hash is not null and strpos(t.name, ?) > 0 and (?::text is null or t.name %s ?)
                 order by t.name %s limit ?
                """.formatted(backwards ? "<" : ">", backwards ? "desc" : "asc"),
                    row -> {
                        Optional<Instant> at = Optional.ofNullable(Rows.instantOrNull(row, "confirmed_at"));
                        boolean stale = at.map(time -> time.isBefore(rx.now().minus(STALE_AFTER)))
                                .orElse(true);
                        return new Health(
                                row.getString("name"),
                                row.getLong("version"),
                                at,
                                stale,
                                row.getLong("keys_version") == keys);
                    },
                    part,
                    after.orElse(null),
                    after.orElse(null),
                    limit);
        });
    }

    /** The script that a host runs to keep its revocation list fresh; it explains itself. */
    public static String script() {
        return resource("sallyport-host");
    }

    /** The script that sshd asks what a certificate of a break-glass kit opens; it explains itself. */
    public static String principalsScript() {
        return resource("sallyport-principals");
    }

    private static String resource(String name) {
        try (var in = Hosts.class.getResourceAsStream(name)) {
            return new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** They become parts of lines that sshd trusts, and names of files. */
    private static void checkLogins(List<String> logins) {
        if (logins.size() > LOGINS_MAX) {
            throw InputRefusal.INVALID_VALUE.because(
                    "logins: " + logins.size() + " (expected: at most " + LOGINS_MAX + ")");
        }
        logins.stream()
                .filter(login -> !LOGIN.matcher(login).matches())
                .findFirst()
                .ifPresent(login -> {
                    throw InputRefusal.INVALID_VALUE.because("logins: " + Text.quoted(login)
                            + " (expected: a lower-case letter or '_', then up to 31 of a-z, 0-9, '_', '-')");
                });
    }

    private static Map<String, List<String>> authorizedKeys(Rx rx, Target target, List<String> more) {
        List<CaKey> authorities = SshAuthorities.keys(rx, CaPurpose.TARGET);
        var lines = new TreeMap<String, List<String>>();
        java.util.stream.Stream.concat(target.logins().stream(), more.stream())
                .distinct()
                .forEach(login -> lines.put(
                        login,
                        authorities.stream()
                                .map(ca -> "cert-authority,principals=\"" + target.name() + "/" + login + "\" "
                                        + ca.publicKey().line())
                                .toList()));
        return lines;
    }

    private static Target sshTarget(Rx rx, String name) {
        Target target = Catalog.target(rx, name)
                .orElseThrow(() -> HostRefusal.UNKNOWN_TARGET.because(Text.quoted(name) + ": no such target"));
        if (!target.type().equals(Target.SSH)) {
            throw HostRefusal.NOT_SSH.because(name + " is of type " + target.type() + " (expected: ssh)");
        }
        return target;
    }

    private static byte[] hash(Secret token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.reveal().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
