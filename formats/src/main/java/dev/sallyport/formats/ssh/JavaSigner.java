package dev.sallyport.formats.ssh;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Signs with a {@link PrivateKey}. Initialised {@link Signature} objects are kept and lent out one caller at a time:
 * per-thread copies would be made anew for every virtual thread.
 */
final class JavaSigner implements SshSigner {
    private static final int IDLE_MAX = 64;

    private final PrivateKey privateKey;
    private final SshPublicKey publicKey;
    private final String algorithm;
    private final @Nullable Provider provider;
    private final ArrayBlockingQueue<Signature> idle = new ArrayBlockingQueue<>(IDLE_MAX);

    JavaSigner(PrivateKey privateKey, SshPublicKey publicKey, @Nullable Provider provider) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
        this.provider = provider;
        this.algorithm = switch (publicKey.type()) {
            case ED25519 -> "Ed25519";
            case ECDSA_P256, ECDSA_P384, ECDSA_P521 -> publicKey.type().curve().signature;
            case RSA, SK_ED25519, SK_ECDSA_P256 ->
                throw SshRefusal.UNSUPPORTED_KEY.because(
                        "signing key: " + publicKey.algorithm() + " (expected: ssh-ed25519 or ecdsa-sha2-nistp…)");
        };
    }

    @Override
    public SshPublicKey publicKey() {
        return publicKey;
    }

    @Override
    public byte[] sign(byte[] data) {
        byte[] raw = rawSignature(data);
        var out = new SshWriter(192).string(publicKey.algorithm());
        if (publicKey.type() == SshKeyType.ED25519) {
            return out.string(raw).toBytes();
        }
        int opened = out.open();
        int half = raw.length / 2;
        out.mpint(new BigInteger(1, Arrays.copyOf(raw, half)));
        out.mpint(new BigInteger(1, Arrays.copyOfRange(raw, half, raw.length)));
        return out.close(opened).toBytes();
    }

    private byte[] rawSignature(byte[] data) {
        try {
            var signature = idle.poll();
            if (signature == null) {
                signature = provider == null
                        ? Signature.getInstance(algorithm)
                        : Signature.getInstance(algorithm, provider);
                signature.initSign(privateKey);
            }
            signature.update(data);
            byte[] raw = signature.sign();
            idle.offer(signature);
            return raw;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with " + publicKey, e);
        }
    }
}
