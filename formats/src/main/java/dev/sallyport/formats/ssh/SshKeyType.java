package dev.sallyport.formats.ssh;

import dev.sallyport.base.Text;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds of key that are accepted; what is not listed here (DSA, certificates as keys, XMSS) is refused. */
public enum SshKeyType {
    ED25519("ssh-ed25519", null),
    ECDSA_P256("ecdsa-sha2-nistp256", Curve.P256),
    ECDSA_P384("ecdsa-sha2-nistp384", Curve.P384),
    ECDSA_P521("ecdsa-sha2-nistp521", Curve.P521),
    SK_ED25519("sk-ssh-ed25519@openssh.com", null),
    SK_ECDSA_P256("sk-ecdsa-sha2-nistp256@openssh.com", Curve.P256),
    RSA("ssh-rsa", null);

    /** The fewest bits of an RSA key. */
    public static final int RSA_MIN_BITS = 2048;

    /** The most bits of an RSA key; OpenSSH has the same limit. */
    public static final int RSA_MAX_BITS = 16384;

    private static final int APPLICATION_MAX = 1024;
    private static final int RSA_EXPONENT_MAX_BYTES = 32;

    private final String algorithm;
    private final String certificateAlgorithm;
    private final @Nullable Curve curve;

    SshKeyType(String algorithm, @Nullable Curve curve) {
        this.algorithm = algorithm;
        this.certificateAlgorithm = algorithm.replace("@openssh.com", "") + "-cert-v01@openssh.com";
        this.curve = curve;
    }

    /** The name on the wire and at the start of a public-key line. */
    public String algorithm() {
        return algorithm;
    }

    /** The name of certificates for this kind of key. */
    public String certificateAlgorithm() {
        return certificateAlgorithm;
    }

    /** Whether the private key lives in a FIDO authenticator, so that each signature carries flags and a counter. */
    public boolean isSecurityKey() {
        return this == SK_ED25519 || this == SK_ECDSA_P256;
    }

    Curve curve() {
        if (curve == null) {
            throw new IllegalStateException(this + " has no curve");
        }
        return curve;
    }

    static Optional<SshKeyType> ofAlgorithm(String name) {
        return Arrays.stream(values()).filter(t -> t.algorithm.equals(name)).findFirst();
    }

    static Optional<SshKeyType> ofCertificate(String name) {
        return Arrays.stream(values())
                .filter(t -> t.certificateAlgorithm.equals(name))
                .findFirst();
    }

    static SshKeyType supported(String name) {
        return ofAlgorithm(name)
                .orElseThrow(() -> SshRefusal.UNSUPPORTED_KEY.because(
                        "key type: " + Text.quoted(name) + " (expected: one of "
                                + Arrays.stream(values())
                                        .map(SshKeyType::algorithm)
                                        .collect(Collectors.joining(", "))
                                + ")",
                        "make one with: ssh-keygen -t ed25519"));
    }

    /** Reads the fields that follow the name of the algorithm and refuses what is not a sound key of this type. */
    void check(SshReader in) {
        switch (this) {
            case ED25519 -> checkEd25519(in);
            case ECDSA_P256, ECDSA_P384, ECDSA_P521 -> curve().read(in);
            case SK_ED25519 -> {
                checkEd25519(in);
                in.text("application", APPLICATION_MAX);
            }
            case SK_ECDSA_P256 -> {
                curve().read(in);
                in.text("application", APPLICATION_MAX);
            }
            case RSA -> checkRsa(in);
        }
    }

    private static void checkEd25519(SshReader in) {
        int length = in.nested("Ed25519 key").remaining();
        if (length != 32) {
            throw in.refuse("Ed25519 key: " + length + " bytes (expected: 32)");
        }
    }

    private static void checkRsa(SshReader in) {
        var exponent = in.positive("RSA exponent", RSA_EXPONENT_MAX_BYTES);
        var modulus = in.positive("RSA modulus", RSA_MAX_BITS / 8);
        if (modulus.bitLength() < RSA_MIN_BITS) {
            throw SshRefusal.WEAK_KEY.because(
                    "RSA key: " + modulus.bitLength() + " bits (expected: at least " + RSA_MIN_BITS + ")",
                    "make one with: ssh-keygen -t ed25519");
        }
        if (!modulus.testBit(0) || !exponent.testBit(0) || exponent.bitLength() < 2) {
            throw SshRefusal.WEAK_KEY.because("RSA key: exponent or modulus is even or 1 (expected: odd numbers)");
        }
    }
}
