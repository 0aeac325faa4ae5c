package dev.sallyport.formats.ssh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Says what a certificate is to say, and signs it. What is not said is not granted: no extension, no principal and no
 * validity is assumed.
 */
public final class SshCertificateBuilder {
    private static final int NONCE = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SshCertificate.Type type;
    private final SshPublicKey key;
    private long serial;
    private String keyId = "";
    private List<String> principals = List.of();
    private Instant validAfter = Instant.EPOCH;
    private Instant validBefore = Instant.EPOCH;
    private final SortedMap<String, String> criticalOptions = new TreeMap<>();
    private final SortedMap<String, String> extensions = new TreeMap<>();
    private String comment = "";

    SshCertificateBuilder(SshCertificate.Type type, SshPublicKey key) {
        this.type = type;
        this.key = key;
    }

    /** Unsigned, and not 0: such a certificate could not be revoked by its serial. */
    public SshCertificateBuilder serial(long value) {
        serial = value;
        return this;
    }

    /** What the target's log says about who logs in. */
    public SshCertificateBuilder keyId(String value) {
        keyId = value;
        return this;
    }

    public SshCertificateBuilder principals(List<String> values) {
        principals = List.copyOf(values);
        return this;
    }

    /** From the first instant, inclusive, to the second, exclusive; cut to whole seconds. */
    public SshCertificateBuilder valid(Instant after, Instant before) {
        validAfter = after;
        validBefore = before;
        return this;
    }

    public SshCertificateBuilder criticalOption(String name, String value) {
        criticalOptions.put(name, value);
        return this;
    }

    /** A flag such as {@code permit-pty}. */
    public SshCertificateBuilder extension(String name) {
        return extension(name, "");
    }

    public SshCertificateBuilder extension(String name, String value) {
        extensions.put(name, value);
        return this;
    }

    /** Stands at the end of the line; not signed. */
    public SshCertificateBuilder comment(String value) {
        comment = value;
        return this;
    }

    /**
     * The certificate as one line, {@code ssh-ed25519-cert-v01@openssh.com AAAA… comment}, without an end of line.
     *
     * @throws Refusal {@code ssh.invalid-certificate} naming the field and its limit, or
     *     {@code ssh.certificate-for-anyone} if there is no principal
     */
    public String sign(SshSigner ca) {
        check();
        String text = KeyLine.comment(comment, SshRefusal.INVALID_CERTIFICATE);
        byte[] body = body(ca.publicKey());
        byte[] signature = ca.sign(body);
        var blob = new SshWriter(body.length + 4 + signature.length).raw(body).string(signature);
        String line = type(key) + ' ' + new String(Base64.getEncoder().encode(blob.toBytes()), ISO_8859_1);
        if (line.length() + text.length() >= SshCertificate.LINE_MAX) {
            throw refuse("certificate", line.length() + " characters", "at most " + SshCertificate.LINE_MAX);
        }
        return text.isEmpty() ? line : line + ' ' + text;
    }

    private static String type(SshPublicKey key) {
        return key.type().certificateAlgorithm();
    }

    private byte[] body(SshPublicKey ca) {
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        var out = new SshWriter(1024).string(type(key)).string(nonce);
        key.writeFields(out);
        out.uint64(serial).uint32(type.number).string(keyId);
        int opened = out.open();
        principals.forEach(out::string);
        out.close(opened).uint64(validAfter.getEpochSecond()).uint64(validBefore.getEpochSecond());
        options(criticalOptions, out);
        options(extensions, out);
        out.empty();
        ca.writeTo(out);
        return out.toBytes();
    }

    private static void options(Map<String, String> options, SshWriter out) {
        int opened = out.open();
        options.forEach((name, value) -> {
            out.string(name);
            if (value.isEmpty()) {
                out.empty();
            } else {
                int data = out.open();
                out.string(value).close(data);
            }
        });
        out.close(opened);
    }

    private void check() {
        if (serial == 0) {
            throw refuse("serial", "0", "1 to 2^64-1, so that it can be revoked");
        }
        plain("key id", keyId, 1, SshCertificate.KEY_ID_MAX);
        if (principals.isEmpty()) {
            throw SshRefusal.CERTIFICATE_FOR_ANYONE.because(
                    "principals: none (expected: at least one; without any the certificate would stand for anyone)");
        }
        if (principals.size() > SshCertificate.PRINCIPALS_MAX) {
            throw refuse("principals", principals.size() + " of them", "at most " + SshCertificate.PRINCIPALS_MAX);
        }
        principals.forEach(p -> word("principal", p, SshCertificate.PRINCIPAL_MAX));
        if (validAfter.getEpochSecond() < 0
                || validBefore.getEpochSecond() <= validAfter.getEpochSecond()
                || validBefore.equals(SshCertificate.FOREVER)) {
            throw refuse("validity", validAfter + " to " + validBefore, "a start since 1970 and a later end");
        }
        checkOptions("critical option", criticalOptions);
        checkOptions("extension", extensions);
    }

    private static void checkOptions(String what, Map<String, String> options) {
        if (options.size() > SshCertificate.OPTIONS_MAX) {
            throw refuse(what + "s", options.size() + " of them", "at most " + SshCertificate.OPTIONS_MAX);
        }
        options.forEach((name, value) -> {
            word(what, name, SshCertificate.OPTION_NAME_MAX);
            plain(what + ' ' + name, value, 0, SshCertificate.OPTION_VALUE_MAX);
        });
    }

    /** A name that no configuration file of sshd could read as two: visible ASCII without commas and quotes. */
    private static void word(String what, String value, int max) {
        if (value.isEmpty()
                || value.length() > max
                || value.chars().anyMatch(c -> c <= ' ' || c > '~' || c == ',' || c == '"')) {
            throw refuse(what, Text.quoted(value), "1 to " + max + " visible ASCII characters without ',' and '\"'");
        }
    }

    private static void plain(String what, String value, int min, int max) {
        int length = value.length() > max ? value.length() : value.getBytes(UTF_8).length;
        if (length < min || length > max) {
            throw refuse(what, length + " bytes", min + " to " + max);
        }
        for (int i = 0; i < value.length(); i++) {
            if ((value.charAt(i) < ' ' || value.charAt(i) > '~')
                    && value.codePoints().anyMatch(Text::isUnprintable)) {
                throw refuse(what, Text.quoted(value), "one line of plain text");
            }
        }
    }

    private static Refusal refuse(String field, String found, String expected) {
        return SshRefusal.INVALID_CERTIFICATE.because(field + ": " + found + " (expected: " + expected + ")");
    }
}
