package dev.sallyport.formats.ssh;

import dev.sallyport.base.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a certificate and checks the signature under it. */
final class CertificateReader {
    private static final int NONCE_MAX = 1024;
    private static final int SIGNATURE_MAX = 8 * 1024;

    private CertificateReader() {}

    static SshCertificate read(@Nullable String announced, byte[] blob) {
        var in = new SshReader(blob, SshRefusal.MALFORMED_CERTIFICATE);
        String algorithm = in.text("certificate type", 64);
        if (announced != null && !announced.equals(algorithm)) {
            throw in.refuse("certificate type: the line says " + Text.quoted(announced) + ", the certificate says "
                    + Text.quoted(algorithm) + " (expected: the same)");
        }
        var type = SshKeyType.ofCertificate(algorithm)
                .orElseThrow(() -> in.refuse("certificate type: " + Text.quoted(algorithm)
                        + " (expected: one such as ssh-ed25519-cert-v01@openssh.com)"));
        in.string("nonce", NONCE_MAX);
        var key = key(type, in);
        long serial = in.uint64("serial");
        var holder = holder(in);
        String keyId = in.text("key id", SshCertificate.KEY_ID_MAX);
        var principals = principals(in.nested("principals"));
        var after = instant(in.uint64("valid after"));
        var before = instant(in.uint64("valid before"));
        var criticalOptions = options("critical option", in.nested("critical options"));
        var extensions = options("extension", in.nested("extensions"));
        in.nested("reserved");
        var ca = SshPublicKey.ofBlob(in.string("CA key", SshPublicKey.LINE_MAX));
        byte[] signed = in.slice(0, in.position());
        byte[] signature = in.string("signature", SIGNATURE_MAX);
        in.finish("certificate");
        if (!ca.verifies(signed, signature)) {
            throw SshRefusal.BAD_SIGNATURE.because(
                    "certificate: its signature was not made by the CA it names, " + ca.fingerprint());
        }
        return new SshCertificate(
                serial, holder, keyId, principals, after, before, criticalOptions, extensions, key, ca);
    }

    private static SshPublicKey key(SshKeyType type, SshReader in) {
        int start = in.position();
        type.check(in);
        return SshPublicKey.ofBlob(new SshWriter(256)
                .string(type.algorithm())
                .raw(in.slice(start, in.position()))
                .toBytes());
    }

    private static SshCertificate.Type holder(SshReader in) {
        int number = in.uint32("holder");
        for (var type : SshCertificate.Type.values()) {
            if (type.number == number) {
                return type;
            }
        }
        throw in.refuse("holder: " + number + " (expected: 1 for a user or 2 for a host)");
    }

    private static List<String> principals(SshReader in) {
        var principals = new ArrayList<String>();
        while (in.hasMore()) {
            if (principals.size() == SshCertificate.PRINCIPALS_MAX) {
                throw in.refuse("principals: too many (expected: at most " + SshCertificate.PRINCIPALS_MAX + ")");
            }
            String principal = in.text("principal", SshCertificate.PRINCIPAL_MAX);
            if (principal.isEmpty()) {
                throw in.refuse("principal: empty (expected: a name)");
            }
            principals.add(principal);
        }
        if (principals.isEmpty()) {
            throw SshRefusal.CERTIFICATE_FOR_ANYONE.because(
                    "principals: none (expected: at least one; without any the certificate stands for anyone)");
        }
        return principals;
    }

    private static SortedMap<String, String> options(String what, SshReader in) {
        var options = new TreeMap<String, String>();
        while (in.hasMore()) {
            if (options.size() == SshCertificate.OPTIONS_MAX) {
                throw in.refuse(what + "s: too many (expected: at most " + SshCertificate.OPTIONS_MAX + ")");
            }
            String name = in.text(what, SshCertificate.OPTION_NAME_MAX);
            if (!options.isEmpty() && name.compareTo(options.lastKey()) <= 0) {
                throw in.refuse(what + ": " + Text.quoted(name) + " (expected: names in order, each once)");
            }
            var data = in.nested(what);
            String value = "";
            if (data.hasMore()) {
                value = data.text(what, SshCertificate.OPTION_VALUE_MAX);
                data.finish(what);
            }
            options.put(name, value);
        }
        return options;
    }

    /** Unsigned seconds; what lies beyond the calendar never comes. */
    private static Instant instant(long seconds) {
        return seconds < 0 || seconds > Instant.MAX.getEpochSecond()
                ? SshCertificate.FOREVER
                : Instant.ofEpochSecond(seconds);
    }
}
