package dev.sallyport.formats.ssh;

import dev.sallyport.base.Refusal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an OpenSSH certificate says (PROTOCOL.certkeys). The serial is unsigned. Flags such as {@code permit-pty} are
 * extensions with an empty value. One that came out of {@link #parse} was signed by {@link #ca()}; whether that CA is
 * to be trusted, and whether the certificate is valid now, is for the caller to decide.
 */
public record SshCertificate(
        long serial,
        Type type,
        String keyId,
        List<String> principals,
        Instant validAfter,
        Instant validBefore,
        SortedMap<String, String> criticalOptions,
        SortedMap<String, String> extensions,
        SshPublicKey publicKey,
        SshPublicKey ca) {

    /** Stands for "never ends" when read; we never issue such a certificate. */
    public static final Instant FOREVER = Instant.MAX;

    /** The most characters of a certificate's line. */
    public static final int LINE_MAX = 64 * 1024;

    /** The most bytes of a key id. */
    public static final int KEY_ID_MAX = 1024;

    /** The most principals; OpenSSH refuses more. */
    public static final int PRINCIPALS_MAX = 256;

    /** The most bytes of one principal. */
    public static final int PRINCIPAL_MAX = 256;

    /** The most critical options, and the most extensions. */
    public static final int OPTIONS_MAX = 64;

    /** The most bytes of an option's name, and the most of its value. */
    public static final int OPTION_NAME_MAX = 128;

    public static final int OPTION_VALUE_MAX = 8 * 1024;

    /** Whether a user or a host holds the certificate. */
    public enum Type {
        USER(1),
        HOST(2);

        final int number;

        Type(int number) {
            this.number = number;
        }
    }

    public SshCertificate {
        principals = List.copyOf(principals);
        criticalOptions = Collections.unmodifiableSortedMap(new TreeMap<>(criticalOptions));
        extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
    }

    /** Starts a certificate that lets the holder of the key log in as one of the principals. */
    public static SshCertificateBuilder user(SshPublicKey key) {
        return new SshCertificateBuilder(Type.USER, key);
    }

    /** Starts a certificate that proves a host to be one of the principals. */
    public static SshCertificateBuilder host(SshPublicKey key) {
        return new SshCertificateBuilder(Type.HOST, key);
    }

    /**
     * Reads one line such as {@code ssh-ed25519-cert-v01@openssh.com AAAA… comment} and checks its signature.
     * Certificates without principals, which stand for anyone, are refused.
     *
     * @throws Refusal {@code ssh.malformed-certificate}, {@code ssh.bad-signature},
     *     {@code ssh.certificate-for-anyone}, or one of a key's
     */
    public static SshCertificate parse(String line) {
        var parts = KeyLine.parse(line, LINE_MAX, SshRefusal.MALFORMED_CERTIFICATE);
        return CertificateReader.read(parts.algorithm(), parts.blob());
    }

    /** Reads the wire form of a certificate, as a client sends it; as strict as {@link #parse}. */
    public static SshCertificate ofBlob(byte[] blob) {
        return CertificateReader.read(null, blob);
    }

    /** Valid from {@code validAfter} inclusive to {@code validBefore} exclusive, as OpenSSH has it. */
    public boolean isValidAt(Instant now) {
        return !now.isBefore(validAfter) && now.isBefore(validBefore);
    }
}
