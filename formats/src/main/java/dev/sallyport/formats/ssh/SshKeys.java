package dev.sallyport.formats.ssh;

import dev.sallyport.base.Refusal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Makes keys and carries them between Java and SSH. A provider may be given wherever a private key is at work, and
 * {@code null} leaves the choice to the JDK.
 */
public final class SshKeys {
    /** What stands before the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410). */
    private static final byte[] ED25519_X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private SshKeys() {}

    public static SshKeyPair generateEd25519(@Nullable Provider provider) {
        try {
            return generate(generator("Ed25519", provider));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make an Ed25519 key", e);
        }
    }

    public static SshKeyPair generateEcdsaP256(@Nullable Provider provider) {
        try {
            var generator = generator("EC", provider);
            generator.initialize(new ECGenParameterSpec(Curve.P256.javaName));
            return generate(generator);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make an ECDSA key", e);
        }
    }

    /**
     * A signer for a key that lives behind a Java provider, such as an HSM's.
     *
     * @throws Refusal {@code ssh.unsupported-key} for RSA and security keys; {@code ssh.malformed-private-key} if the
     *     two keys do not belong together
     */
    public static SshSigner signer(PrivateKey privateKey, SshPublicKey publicKey, @Nullable Provider provider) {
        var signer = new JavaSigner(privateKey, publicKey, provider);
        byte[] probe = new byte[32];
        if (!publicKey.verifies(probe, signer.sign(probe))) {
            throw SshRefusal.MALFORMED_PRIVATE_KEY.because(
                    "signing key: does not belong to " + publicKey + " (expected: the two halves of one key)");
        }
        return signer;
    }

    /**
     * Reads a private key that was stored as PKCS#8. A provider that signs but reads no keys of this kind (Corretto has
     * no key factory for Ed25519) gets the JDK's, which it can sign with.
     *
     * @throws Refusal {@code ssh.malformed-private-key}
     */
    public static SshKeyPair ofPkcs8(byte[] pkcs8, SshPublicKey publicKey, @Nullable Provider provider) {
        String algorithm = switch (publicKey.type()) {
            case ED25519 -> "Ed25519";
            case ECDSA_P256, ECDSA_P384, ECDSA_P521 -> "EC";
            case RSA, SK_ED25519, SK_ECDSA_P256 ->
                throw SshRefusal.UNSUPPORTED_KEY.because(
                        "private key: " + publicKey.algorithm() + " (expected: ssh-ed25519 or ecdsa-sha2-nistp…)");
        };
        try {
            var factory = provider != null && provider.getService("KeyFactory", algorithm) != null
                    ? KeyFactory.getInstance(algorithm, provider)
                    : KeyFactory.getInstance(algorithm);
            return new SshKeyPair(publicKey, factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
        } catch (InvalidKeySpecException _) {
            throw SshRefusal.MALFORMED_PRIVATE_KEY.because(
                    "private key: not PKCS#8 of " + publicKey.algorithm() + " (expected: what pkcs8() wrote)");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The SSH form of a Java public key.
     *
     * @throws Refusal {@code ssh.unsupported-key} if SSH has no such key or we do not accept it
     */
    public static SshPublicKey ofJava(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec -> ofEc(ec);
            case RSAPublicKey rsa ->
                SshPublicKey.ofBlob(new SshWriter(600)
                        .string(SshKeyType.RSA.algorithm())
                        .mpint(rsa.getPublicExponent())
                        .mpint(rsa.getModulus())
                        .toBytes());
            default -> ofEd25519(key);
        };
    }

    /**
     * The Java form of an SSH public key; of a security key, the key inside.
     *
     * @throws Refusal {@code ssh.malformed-key} if Java finds the key unsound
     */
    public static PublicKey toJava(SshPublicKey key) {
        var in = key.fields();
        try {
            return switch (key.type()) {
                case ED25519, SK_ED25519 ->
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(new X509EncodedKeySpec(new SshWriter(44)
                                    .raw(ED25519_X509)
                                    .raw(in.string("key", 32))
                                    .toBytes()));
                case ECDSA_P256, ECDSA_P384, ECDSA_P521, SK_ECDSA_P256 -> {
                    var curve = key.type().curve();
                    yield KeyFactory.getInstance("EC")
                            .generatePublic(new ECPublicKeySpec(curve.read(in), curve.parameters));
                }
                case RSA -> {
                    var exponent = new BigInteger(in.nested("exponent").rest());
                    yield KeyFactory.getInstance("RSA")
                            .generatePublic(new RSAPublicKeySpec(
                                    new BigInteger(in.nested("modulus").rest()), exponent));
                }
            };
        } catch (InvalidKeySpecException _) {
            throw in.refuse("key: not a sound " + key.algorithm());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPairGenerator generator(String algorithm, @Nullable Provider provider)
            throws GeneralSecurityException {
        return provider == null
                ? KeyPairGenerator.getInstance(algorithm)
                : KeyPairGenerator.getInstance(algorithm, provider);
    }

    private static SshKeyPair generate(KeyPairGenerator generator) {
        var pair = generator.generateKeyPair();
        return new SshKeyPair(ofJava(pair.getPublic()), pair.getPrivate());
    }

    private static SshPublicKey ofEc(ECPublicKey key) {
        for (var type : new SshKeyType[] {SshKeyType.ECDSA_P256, SshKeyType.ECDSA_P384, SshKeyType.ECDSA_P521}) {
            var curve = type.curve();
            if (curve.parameters.getCurve().equals(key.getParams().getCurve())) {
                return SshPublicKey.ofBlob(new SshWriter(192)
                        .string(type.algorithm())
                        .string(curve.sshName)
                        .string(curve.encode(key.getW()))
                        .toBytes());
            }
        }
        throw SshRefusal.UNSUPPORTED_KEY.because("key: an unknown elliptic curve (expected: nistp256, 384 or 521)");
    }

    private static SshPublicKey ofEd25519(PublicKey key) {
        byte[] x509 = key.getEncoded();
        int prefix = ED25519_X509.length;
        if (x509 == null || x509.length != prefix + 32 || !Arrays.equals(x509, 0, prefix, ED25519_X509, 0, prefix)) {
            throw SshRefusal.UNSUPPORTED_KEY.because(
                    "key: " + key.getAlgorithm() + " (expected: Ed25519, ECDSA on a NIST curve or RSA)");
        }
        return SshPublicKey.ofBlob(new SshWriter(64)
                .string(SshKeyType.ED25519.algorithm())
                .uint32(32)
                .raw(x509, prefix, 32)
                .toBytes());
    }
}
