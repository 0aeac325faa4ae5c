package dev.sallyport.gateway.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.OptionalFeature;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.security.SecurityProviderChoice;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * Which algorithms are spoken, in which order, and who computes them. AES-GCM comes first because the JDK does it in
 * hardware; BouncyCastle is asked for Ed25519 and ML-KEM alone, which MINA cannot take from the JDK, and is never the
 * provider of a cipher (15 to 67 times slower). sntrup761 is left out: it costs each client 75 ms, and ML-KEM is there.
 */
final class SshSecurity {
    private static final String BC = "org.apache.sshd.security.provider.BC.";

    /** Read once by MINA when it is first used, so this comes before everything else of it; lists must be sorted. */
    private static final Map<String, String> PROVIDERS = Map.of(
            BC + "useNamed", "false",
            BC + "Cipher", "none",
            BC + "Mac", "none",
            BC + "MessageDigest", "none",
            BC + "KeyAgreement", "none",
            BC + "CertificateFactory", "none",
            BC + "KeyPairGenerator", "Ed25519,EdDSA",
            BC + "KeyFactory", "Ed25519,EdDSA",
            BC + "Signature", "Ed25519,EdDSA");

    static {
        PROVIDERS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        if (SecurityUtils.isBouncyCastleRegistered()) {
            // what BouncyCastle is not asked for is the JDK's; MINA would ask BouncyCastle by name
            SecurityUtils.setDefaultProviderChoice(SecurityProviderChoice.EMPTY);
        }
    }

    /**
     * ChaCha20-Poly1305 comes last towards targets and is not offered to clients: OpenSSH's prefer it to everything, and
     * what computes it here takes five times as long for each byte as AES takes with its authentication code.
     */
    private static final BuiltinCiphers SLOW = BuiltinCiphers.cc20p1305_openssh;

    static final List<BuiltinCiphers> CIPHERS = List.of(
            BuiltinCiphers.aes128gcm,
            BuiltinCiphers.aes256gcm,
            BuiltinCiphers.aes256ctr,
            BuiltinCiphers.aes192ctr,
            BuiltinCiphers.aes128ctr,
            SLOW);

    private static final List<BuiltinMacs> MACS = List.of(
            BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm, BuiltinMacs.hmacsha256, BuiltinMacs.hmacsha512);

    static final List<BuiltinDHFactories> KEY_EXCHANGES = List.of(
            BuiltinDHFactories.mlkem768x25519,
            BuiltinDHFactories.curve25519,
            BuiltinDHFactories.curve25519_libssh,
            BuiltinDHFactories.ecdhp256,
            BuiltinDHFactories.ecdhp384,
            BuiltinDHFactories.ecdhp521,
            BuiltinDHFactories.dhg16_512,
            BuiltinDHFactories.dhg14_256);

    /** Towards a target nobody else waits for the quantum computer of, the cheapest comes first. */
    static final List<BuiltinDHFactories> TARGET_KEY_EXCHANGES = List.of(
            BuiltinDHFactories.curve25519,
            BuiltinDHFactories.curve25519_libssh,
            BuiltinDHFactories.mlkem768x25519,
            BuiltinDHFactories.ecdhp256,
            BuiltinDHFactories.ecdhp384,
            BuiltinDHFactories.ecdhp521,
            BuiltinDHFactories.dhg16_512,
            BuiltinDHFactories.dhg14_256);

    static final List<BuiltinSignatures> SIGNATURES = List.of(
            BuiltinSignatures.ed25519_cert,
            BuiltinSignatures.nistp256_cert,
            BuiltinSignatures.nistp384_cert,
            BuiltinSignatures.nistp521_cert,
            BuiltinSignatures.rsaSHA512_cert,
            BuiltinSignatures.rsaSHA256_cert,
            BuiltinSignatures.ed25519,
            BuiltinSignatures.nistp256,
            BuiltinSignatures.nistp384,
            BuiltinSignatures.nistp521,
            BuiltinSignatures.rsaSHA512,
            BuiltinSignatures.rsaSHA256);

    /** What old devices may still need; offered to a target only when it says so. */
    @SuppressWarnings("deprecation") // that is what they are here for
    private static final List<BuiltinDHFactories> OLD_KEY_EXCHANGES =
            List.of(BuiltinDHFactories.dhg14, BuiltinDHFactories.dhgex, BuiltinDHFactories.dhg1);

    @SuppressWarnings("deprecation") // that is what they are here for
    private static final List<BuiltinCiphers> OLD_CIPHERS = List.of(
            BuiltinCiphers.aes256cbc, BuiltinCiphers.aes192cbc, BuiltinCiphers.aes128cbc, BuiltinCiphers.tripledescbc);

    @SuppressWarnings("deprecation") // that is what they are here for
    private static final List<BuiltinMacs> OLD_MACS = List.of(BuiltinMacs.hmacsha1, BuiltinMacs.hmacmd5);

    @SuppressWarnings("deprecation") // that is what they are here for
    private static final List<BuiltinSignatures> OLD_SIGNATURES = List.of(BuiltinSignatures.rsa, BuiltinSignatures.dsa);

    private SshSecurity() {}

    /** What clients are offered. */
    static List<NamedFactory<Cipher>> clientCiphers() {
        return supported(CIPHERS.stream().filter(cipher -> cipher != SLOW).toList());
    }

    static List<NamedFactory<Cipher>> ciphers(boolean old) {
        return supported(with(CIPHERS, old ? OLD_CIPHERS : List.of()));
    }

    static List<NamedFactory<Mac>> macs(boolean old) {
        return supported(with(MACS, old ? OLD_MACS : List.of()));
    }

    static List<BuiltinDHFactories> keyExchanges(List<BuiltinDHFactories> base, boolean old) {
        return with(base, old ? OLD_KEY_EXCHANGES : List.of()).stream()
                .filter(BuiltinDHFactories::isSupported)
                .toList();
    }

    static List<NamedFactory<Signature>> signatures(boolean old) {
        return supported(with(SIGNATURES, old ? OLD_SIGNATURES : List.of()));
    }

    private static <T> List<T> with(List<T> base, List<T> more) {
        var all = new ArrayList<>(base);
        all.addAll(more);
        return List.copyOf(all);
    }

    private static <T, F extends NamedFactory<T> & OptionalFeature> List<NamedFactory<T>> supported(List<F> factories) {
        return factories.stream()
                .filter(OptionalFeature::isSupported)
                .<NamedFactory<T>>map(factory -> factory)
                .toList();
    }

    /** Has the providers set before MINA sets itself up, which it does when it is first used. */
    static void prepare() {
        // the static part does it
    }
}
