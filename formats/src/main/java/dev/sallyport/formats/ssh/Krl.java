package dev.sallyport.formats.ssh;

import dev.sallyport.base.Refusal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key revocation list as {@code sshd} reads it ({@code RevokedKeys}, PROTOCOL.krl). Never signed inside, since
 * OpenSSH refuses such lists since 9.4: sign the bytes with {@link SshSignature}.
 */
public final class Krl {
    /** The most bytes that {@link #parse} looks at. */
    public static final int SIZE_MAX = 16 * 1024 * 1024;

    private final long version;
    private final Instant generated;
    private final String comment;
    private final Map<CaScope, Revoked> certificates;
    private final Set<ByteBuffer> keys;
    private final Set<ByteBuffer> sha1;
    private final Set<ByteBuffer> sha256;

    /** The CA that a section speaks of; {@code null} is any. */
    record CaScope(@Nullable SshPublicKey ca) {
        static final CaScope ANY = new CaScope(null);
    }

    /** What is revoked of one CA. */
    record Revoked(SerialSet serials, Set<String> keyIds) {}

    Krl(
            long version,
            Instant generated,
            String comment,
            Map<CaScope, Revoked> certificates,
            Set<ByteBuffer> keys,
            Set<ByteBuffer> sha1,
            Set<ByteBuffer> sha256) {
        this.version = version;
        this.generated = generated;
        this.comment = comment;
        this.certificates = certificates;
        this.keys = keys;
        this.sha1 = sha1;
        this.sha256 = sha256;
    }

    /** Starts a list; the version must grow with every list that is given out. */
    public static KrlBuilder builder(long version, Instant generated) {
        return new KrlBuilder(version, generated);
    }

    /**
     * Reads a list, as strictly as OpenSSH does.
     *
     * @throws Refusal {@code ssh.malformed-krl} or one of a key's
     */
    public static Krl parse(byte[] bytes) {
        return KrlReader.read(bytes);
    }

    /** Unsigned. */
    public long version() {
        return version;
    }

    public Instant generated() {
        return generated;
    }

    public String comment() {
        return comment;
    }

    /** Whether certificates of this CA with this serial are revoked; serial 0 means "has none" and never is. */
    public boolean revokes(SshPublicKey ca, long serial) {
        return serial != 0
                && (of(new CaScope(ca)).serials().contains(serial)
                        || of(CaScope.ANY).serials().contains(serial));
    }

    /** Whether certificates of this CA with this key id are revoked. */
    public boolean revokesKeyId(SshPublicKey ca, String keyId) {
        return of(new CaScope(ca)).keyIds().contains(keyId)
                || of(CaScope.ANY).keyIds().contains(keyId);
    }

    /** Whether the key itself is revoked, be it in full or by its fingerprint. */
    public boolean revokes(SshPublicKey key) {
        return keys.contains(ByteBuffer.wrap(key.blob()))
                || (!sha256.isEmpty() && sha256.contains(ByteBuffer.wrap(key.hash("SHA-256"))))
                || (!sha1.isEmpty() && sha1.contains(ByteBuffer.wrap(key.hash("SHA-1"))));
    }

    /** Whether sshd would refuse the certificate: by serial, key id, its key or the key of its CA. */
    public boolean revokes(SshCertificate certificate) {
        return revokes(certificate.ca(), certificate.serial())
                || revokesKeyId(certificate.ca(), certificate.keyId())
                || revokes(certificate.publicKey())
                || revokes(certificate.ca());
    }

    private Revoked of(CaScope scope) {
        return certificates.getOrDefault(scope, NOTHING);
    }

    private static final Revoked NOTHING = new Revoked(SerialSet.EMPTY, Set.of());
}
