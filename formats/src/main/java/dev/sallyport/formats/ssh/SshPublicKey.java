package dev.sallyport.formats.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * A public key in OpenSSH's form. One that exists is sound: a supported type, the right lengths, a point on its curve,
 * nothing after its end. Two keys are equal when their blobs are; the comment is only a name.
 */
public final class SshPublicKey {
    /** The most characters of a public-key line. */
    public static final int LINE_MAX = 16 * 1024;

    /** The most characters of a comment. */
    public static final int COMMENT_MAX = 1024;

    private final SshKeyType type;
    private final byte[] blob;
    private final String comment;

    private SshPublicKey(SshKeyType type, byte[] blob, String comment) {
        this.type = type;
        this.blob = blob;
        this.comment = comment;
    }

    /**
     * Reads one line such as {@code ssh-ed25519 AAAA… comment}, without options before it.
     *
     * @throws Refusal {@code ssh.malformed-key}, {@code ssh.unsupported-key} or {@code ssh.weak-key}
     */
    public static SshPublicKey parse(String line) {
        var parts = KeyLine.parse(line, LINE_MAX, SshRefusal.MALFORMED_KEY);
        var type = SshKeyType.supported(parts.algorithm());
        var key = ofBlob(parts.blob());
        if (key.type != type) {
            throw SshRefusal.MALFORMED_KEY.because("key type: the line says " + type.algorithm() + ", the key says "
                    + key.algorithm() + " (expected: the same)");
        }
        return new SshPublicKey(type, key.blob, parts.comment());
    }

    /**
     * Reads the wire form of a key, as SSH sends it.
     *
     * @throws Refusal {@code ssh.malformed-key}, {@code ssh.unsupported-key} or {@code ssh.weak-key}
     */
    public static SshPublicKey ofBlob(byte[] blob) {
        var in = new SshReader(blob, SshRefusal.MALFORMED_KEY);
        var type = SshKeyType.supported(in.text("key type", 64));
        type.check(in);
        in.finish("key");
        return new SshPublicKey(type, blob.clone(), "");
    }

    public SshKeyType type() {
        return type;
    }

    public String algorithm() {
        return type.algorithm();
    }

    /** The wire form; a copy. */
    public byte[] blob() {
        return blob.clone();
    }

    /** Empty when the line had none. */
    public String comment() {
        return comment;
    }

    /**
     * The same key under another name.
     *
     * @throws Refusal {@code ssh.malformed-key} if the comment is too long or not one plain line
     */
    public SshPublicKey withComment(String newComment) {
        return new SshPublicKey(type, blob, KeyLine.comment(newComment, SshRefusal.MALFORMED_KEY));
    }

    /** As OpenSSH shows it: {@code SHA256:} and the unpadded base 64 of the blob's hash. */
    public String fingerprint() {
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash("SHA-256"));
    }

    /** As it stands in {@code authorized_keys} or a {@code .pub} file, without an end of line. */
    public String line() {
        String key = algorithm() + ' ' + Base64.getEncoder().encodeToString(blob);
        return comment.isEmpty() ? key : key + ' ' + comment;
    }

    /**
     * Whether this key made the signature (a string with the algorithm and a string with the signature, RFC 4253,
     * section 6.6) over the data. RSA counts only with SHA-2; a security key only if it was touched.
     */
    public boolean verifies(byte[] data, byte[] signature) {
        return SignatureCheck.verifies(this, data, signature);
    }

    /** A reader placed after the name of the algorithm. */
    SshReader fields() {
        var in = new SshReader(blob, SshRefusal.MALFORMED_KEY);
        in.nested("key type");
        return in;
    }

    /** Adds the fields after the name of the algorithm, as a certificate holds them. */
    void writeFields(SshWriter out) {
        int start = 4 + algorithm().length();
        out.raw(blob, start, blob.length - start);
    }

    void writeTo(SshWriter out) {
        out.string(blob);
    }

    byte[] hash(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm).digest(blob);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SshPublicKey key && Arrays.equals(blob, key.blob);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(blob);
    }

    /** The algorithm and the fingerprint, which fit a log line. */
    @Override
    public String toString() {
        return algorithm() + ' ' + fingerprint() + (comment.isEmpty() ? "" : ' ' + Text.quoted(comment));
    }
}
