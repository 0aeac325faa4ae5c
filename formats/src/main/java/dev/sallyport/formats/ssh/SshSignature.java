package dev.sallyport.formats.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;

/**
 * Detached signatures in OpenSSH's armored form (PROTOCOL.sshsig): what {@code ssh-keygen -Y sign} makes and
 * {@code ssh-keygen -Y verify} checks. The namespace says what the signature is for, so that one made for a
 * revocation list counts for nothing else.
 */
public final class SshSignature {
    private static final Armor ARMOR = new Armor("SSH SIGNATURE", 70);
    private static final byte[] MAGIC = "SSHSIG".getBytes(US_ASCII);
    private static final int VERSION = 1;
    private static final int NAMESPACE_MAX = 256;
    private static final int SIGNATURE_MAX = 8 * 1024;

    private SshSignature() {}

    /** The armored signature over the message, hashed with SHA-512; the text ends with a newline. */
    public static String sign(SshSigner signer, String namespace, byte[] message) {
        if (namespace.isEmpty()
                || namespace.length() > NAMESPACE_MAX
                || namespace.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "namespace: " + Text.quoted(namespace) + " (expected: a word such as krl@sallyport)");
        }
        byte[] signature = signer.sign(signed(namespace, "sha512", message));
        return ARMOR.wrap(new SshWriter(512)
                .raw(MAGIC)
                .uint32(VERSION)
                .string(signer.publicKey().blob())
                .string(namespace)
                .empty()
                .string("sha512")
                .string(signature)
                .toBytes());
    }

    /**
     * Returns which of the trusted keys signed the message in this namespace.
     *
     * @throws Refusal {@code ssh.malformed-signature} or {@code ssh.bad-signature}
     */
    public static SshPublicKey verify(
            String armored, Collection<SshPublicKey> trusted, String namespace, byte[] message) {
        var in = new SshReader(ARMOR.unwrap(armored, SshRefusal.MALFORMED_SIGNATURE), SshRefusal.MALFORMED_SIGNATURE);
        if (!Arrays.equals(in.raw("signature", MAGIC.length), MAGIC)) {
            throw in.refuse("signature: does not start with SSHSIG");
        }
        int version = in.uint32("version");
        if (version != VERSION) {
            throw in.refuse("version: " + version + " (expected: " + VERSION + ")");
        }
        var key = SshPublicKey.ofBlob(in.string("public key", SshPublicKey.LINE_MAX));
        String made = in.text("namespace", NAMESPACE_MAX);
        if (in.nested("reserved").hasMore()) {
            throw in.refuse("reserved: not empty");
        }
        String hash = in.text("hash", 16);
        if (!hash.equals("sha512") && !hash.equals("sha256")) {
            throw in.refuse("hash: " + Text.quoted(hash) + " (expected: sha512 or sha256)");
        }
        byte[] signature = in.string("signature", SIGNATURE_MAX);
        in.finish("signature");
        if (!made.equals(namespace)) {
            throw SshRefusal.BAD_SIGNATURE.because(
                    "namespace: " + Text.quoted(made) + " (expected: " + Text.quoted(namespace) + ")");
        }
        if (!trusted.contains(key)) {
            throw SshRefusal.BAD_SIGNATURE.because(
                    "signature: made by " + key.fingerprint() + ", which is not trusted here");
        }
        if (!key.verifies(signed(namespace, hash, message), signature)) {
            throw SshRefusal.BAD_SIGNATURE.because("signature: does not fit the message");
        }
        return key;
    }

    private static byte[] signed(String namespace, String hash, byte[] message) {
        try {
            var digest = MessageDigest.getInstance(hash.equals("sha512") ? "SHA-512" : "SHA-256");
            return new SshWriter(192)
                    .raw(MAGIC)
                    .string(namespace)
                    .empty()
                    .string(hash)
                    .string(digest.digest(message))
                    .toBytes();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
