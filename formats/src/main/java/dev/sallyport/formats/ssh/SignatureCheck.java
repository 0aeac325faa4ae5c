package dev.sallyport.formats.ssh;

import dev.sallyport.base.Refusal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;

/** Checks SSH signatures of every supported kind of key: RFC 4253, 5656, 8332, 8709 and OpenSSH's PROTOCOL.u2f. */
final class SignatureCheck {
    private static final int SIGNATURE_MAX = 4096;
    private static final int USER_PRESENT = 1;

    private SignatureCheck() {}

    static boolean verifies(SshPublicKey key, byte[] data, byte[] signature) {
        try {
            var in = new SshReader(signature, SshRefusal.MALFORMED_SIGNATURE);
            String algorithm = in.text("signature algorithm", 64);
            byte[] value = in.string("signature", SIGNATURE_MAX);
            byte[] signed = key.type().isSecurityKey() ? assertion(key, data, in) : data;
            in.finish("signature");
            return switch (key.type()) {
                case ED25519, SK_ED25519 ->
                    algorithm.equals(key.algorithm()) && value.length == 64 && check(key, "Ed25519", signed, value);
                case ECDSA_P256, ECDSA_P384, ECDSA_P521, SK_ECDSA_P256 -> {
                    var curve = key.type().curve();
                    yield algorithm.equals(key.algorithm())
                            && check(key, curve.signature, signed, fixedLength(curve, value));
                }
                case RSA ->
                    switch (algorithm) {
                        case "rsa-sha2-512" -> check(key, "SHA512withRSA", signed, value);
                        case "rsa-sha2-256" -> check(key, "SHA256withRSA", signed, value);
                        default -> false;
                    };
            };
        } catch (Refusal _) {
            return false;
        }
    }

    private static boolean check(SshPublicKey key, String javaAlgorithm, byte[] data, byte[] value) {
        try {
            var verifier = Signature.getInstance(javaAlgorithm);
            verifier.initVerify(SshKeys.toJava(key));
            verifier.update(data);
            return verifier.verify(value);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (GeneralSecurityException _) {
            return false; // a key or signature that the provider cannot even read proves nothing
        }
    }

    private static byte[] fixedLength(Curve curve, byte[] value) {
        var in = new SshReader(value, SshRefusal.MALFORMED_SIGNATURE);
        byte[] fixed = new byte[2 * curve.size];
        curve.put(below(in, curve), fixed, 0);
        curve.put(below(in, curve), fixed, curve.size);
        in.finish("signature");
        return fixed;
    }

    private static BigInteger below(SshReader in, Curve curve) {
        var number = in.positive("signature", curve.size);
        if (number.compareTo(curve.parameters.getOrder()) >= 0) {
            throw in.refuse("signature: a number beyond the order of " + curve.sshName);
        }
        return number;
    }

    private static byte[] assertion(SshPublicKey key, byte[] data, SshReader in) {
        int flags = in.octet("flags");
        byte[] counter = in.raw("counter", 4);
        if ((flags & USER_PRESENT) == 0) {
            throw in.refuse("flags: the security key was not touched");
        }
        var fields = key.fields();
        if (key.type() == SshKeyType.SK_ECDSA_P256) {
            fields.nested("curve");
        }
        fields.nested("key");
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            byte[] application = sha256.digest(fields.nested("application").rest());
            return new SshWriter(69)
                    .raw(application)
                    .octet(flags)
                    .raw(counter)
                    .raw(sha256.digest(data))
                    .toBytes();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
