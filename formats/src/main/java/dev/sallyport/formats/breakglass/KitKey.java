package dev.sallyport.formats.breakglass;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.formats.ssh.SshSigner;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The emergency authority's Ed25519 key while a kit is made or open: 32 bytes in one array of ours, which {@link #close}
 * overwrites. Intermediate values of a signature are the library's and are left to the garbage collector.
 */
public final class KitKey implements SshSigner, AutoCloseable {
    static final int SEED = 32;

    private static final byte[] ALGORITHM = "ssh-ed25519".getBytes(US_ASCII);

    private final byte[] seed;
    private final SshPublicKey publicKey;
    private boolean closed;

    private KitKey(byte[] seed) {
        this.seed = seed;
        var point = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(seed, 0, point, 0);
        this.publicKey = SshPublicKey.ofBlob(strings(point));
    }

    static KitKey generate(SecureRandom random) {
        var seed = new byte[SEED];
        random.nextBytes(seed);
        return new KitKey(seed);
    }

    /** The array becomes the key's own. */
    static KitKey of(byte[] seed) {
        return new KitKey(seed);
    }

    byte[][] split(int threshold, int of, SecureRandom random) {
        return Shamir.split(seed, threshold, of, random);
    }

    @Override
    public SshPublicKey publicKey() {
        return publicKey;
    }

    @Override
    public byte[] sign(byte[] data) {
        if (closed) {
            throw new IllegalStateException("the kit is closed");
        }
        var signature = new byte[Ed25519.SIGNATURE_SIZE];
        Ed25519.sign(seed, 0, data, 0, data.length, signature, 0);
        return strings(signature);
    }

    @Override
    public void close() {
        Arrays.fill(seed, (byte) 0);
        closed = true;
    }

    private static byte[] strings(byte[] second) {
        return ByteBuffer.allocate(8 + ALGORITHM.length + second.length)
                .putInt(ALGORITHM.length)
                .put(ALGORITHM)
                .putInt(second.length)
                .put(second)
                .array();
    }

    @Override
    public String toString() {
        return "KitKey[" + publicKey + "]";
    }
}
