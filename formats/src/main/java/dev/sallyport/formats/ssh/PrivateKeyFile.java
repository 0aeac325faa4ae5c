package dev.sallyport.formats.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/** OpenSSH's private-key file (PROTOCOL.key), unencrypted: what protects it is the file's mode. */
final class PrivateKeyFile {
    private static final Armor ARMOR = new Armor("OPENSSH PRIVATE KEY", 70);
    private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(US_ASCII);
    private static final int BLOCK = 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    private PrivateKeyFile() {}

    static Secret write(SshKeyPair pair) {
        var key = pair.publicKey();
        var out = new SshWriter(512)
                .raw(MAGIC)
                .string("none")
                .string("none")
                .empty()
                .uint32(1)
                .string(key.blob());
        int opened = out.open();
        int check = RANDOM.nextInt();
        out.uint32(check).uint32(check).string(key.algorithm());
        writeFields(pair, out);
        out.string(key.comment());
        for (int pad = 1; (out.length() - opened) % BLOCK != 0; pad++) {
            out.octet(pad);
        }
        return Secret.of(ARMOR.wrap(out.close(opened).toBytes()));
    }

    private static void writeFields(SshKeyPair pair, SshWriter out) {
        switch (pair.publicKey().type()) {
            case ED25519 -> {
                byte[] point = pair.publicKey().fields().nested("key").rest();
                out.string(point).uint32(64).raw(seed(pair)).raw(point);
            }
            case ECDSA_P256 -> {
                pair.publicKey().writeFields(out);
                out.mpint(scalar(pair));
            }
            case ECDSA_P384, ECDSA_P521, SK_ED25519, SK_ECDSA_P256, RSA -> throw unsupported(pair.publicKey());
        }
    }

    static SshKeyPair read(Secret text) {
        var in = new SshReader(
                ARMOR.unwrap(text.reveal(), SshRefusal.MALFORMED_PRIVATE_KEY), SshRefusal.MALFORMED_PRIVATE_KEY);
        if (!Arrays.equals(in.raw("private key", MAGIC.length), MAGIC)) {
            throw in.refuse("private key: does not start as a key file of OpenSSH does");
        }
        String cipher = in.text("cipher", 64);
        String derivation = in.text("key derivation", 64);
        if (!cipher.equals("none") || !derivation.equals("none")) {
            throw SshRefusal.UNSUPPORTED_KEY.because(
                    "private key: encrypted (expected: without a passphrase)", "remove it with: ssh-keygen -p");
        }
        in.nested("key derivation options").finish("key derivation options");
        if (in.uint32("keys") != 1) {
            throw in.refuse("private key: several keys in one file (expected: one)");
        }
        byte[] blob = in.string("public key", SshPublicKey.LINE_MAX);
        var inner = in.nested("private section");
        in.finish("private key");
        return readPair(SshPublicKey.ofBlob(blob), inner);
    }

    private static SshKeyPair readPair(SshPublicKey key, SshReader in) {
        byte[] check = in.raw("check", 4);
        if (!Arrays.equals(check, in.raw("check", 4))) {
            throw in.refuse("private key: its two check numbers differ");
        }
        if (!in.text("key type", 64).equals(key.algorithm())) {
            throw in.refuse("private key: its public half is of another type");
        }
        PrivateKey secret = readSecret(key, in);
        var named = key.withComment(in.text("comment", SshPublicKey.COMMENT_MAX));
        for (int pad = 1; in.hasMore(); pad++) {
            if (pad >= BLOCK || in.octet("padding") != pad) {
                throw in.refuse("private key: wrong padding");
            }
        }
        var pair = new SshKeyPair(named, secret);
        pair.signer(null);
        return pair;
    }

    private static PrivateKey readSecret(SshPublicKey key, SshReader in) {
        try {
            return switch (key.type()) {
                case ED25519 -> {
                    in.nested("public half");
                    byte[] secret = in.string("secret half", 64);
                    if (secret.length != 64) {
                        throw in.refuse("secret half: " + secret.length + " bytes (expected: 64)");
                    }
                    yield KeyFactory.getInstance("Ed25519")
                            .generatePrivate(
                                    new EdECPrivateKeySpec(NamedParameterSpec.ED25519, Arrays.copyOf(secret, 32)));
                }
                case ECDSA_P256 -> {
                    in.nested("curve");
                    in.nested("point");
                    BigInteger scalar = in.positive("secret half", Curve.P256.size);
                    if (scalar.compareTo(Curve.P256.parameters.getOrder()) >= 0) {
                        throw in.refuse("secret half: beyond the order of the curve");
                    }
                    yield KeyFactory.getInstance("EC")
                            .generatePrivate(new ECPrivateKeySpec(scalar, Curve.P256.parameters));
                }
                case ECDSA_P384, ECDSA_P521, SK_ED25519, SK_ECDSA_P256, RSA -> throw unsupported(key);
            };
        } catch (GeneralSecurityException _) {
            throw in.refuse("private key: the secret half is not sound");
        }
    }

    private static byte[] seed(SshKeyPair pair) {
        return pair.privateKey() instanceof EdECPrivateKey key
                ? key.getBytes().orElseThrow(() -> new IllegalStateException("the private key is not exportable"))
                : seed(new SshKeyPair(pair.publicKey(), translated("Ed25519", pair)));
    }

    private static BigInteger scalar(SshKeyPair pair) {
        return pair.privateKey() instanceof ECPrivateKey key
                ? key.getS()
                : scalar(new SshKeyPair(pair.publicKey(), translated("EC", pair)));
    }

    /** The JDK's own form of a key that another provider made. */
    private static PrivateKey translated(String algorithm, SshKeyPair pair) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pair.pkcs8()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the private key of " + pair.publicKey(), e);
        }
    }

    private static Refusal unsupported(SshPublicKey key) {
        return SshRefusal.UNSUPPORTED_KEY.because(
                "private key: " + key.algorithm() + " (expected: ssh-ed25519 or ecdsa-sha2-nistp256)");
    }
}
