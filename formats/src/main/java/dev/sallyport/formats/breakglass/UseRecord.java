package dev.sallyport.formats.breakglass;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Ids;
import dev.sallyport.base.Names;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.formats.ssh.SshSignature;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an opened kit was used for: one certificate, by whose shares, by whom and why. Signed by the kit's authority, so
 * whoever has it knows that it comes from an opening; handed in when the server is back.
 *
 * @param serial of the certificate, unsigned
 * @param publicKey the fingerprint of the key the certificate is for
 * @param custodians whose shares were used
 * @param operator who says to have done it; nobody checked it
 */
public record UseRecord(
        String id,
        String kit,
        Instant opened,
        List<String> targets,
        String login,
        long serial,
        String publicKey,
        Instant validAfter,
        Instant validBefore,
        List<String> custodians,
        String operator,
        String reason) {
    /** The prefix of the id of a use. */
    public static final String PREFIX = "bgu_";

    /** The SSHSIG namespace of the signature. */
    public static final String NAMESPACE = "breakglass-use@sallyport";

    /** Targets that one certificate may open. */
    public static final int TARGETS_MAX = 64;

    static final String MAGIC = "sallyport-breakglass-use";
    static final int VERSION = 1;

    private static final int REASON_MAX = 500;
    private static final int OPERATOR_MAX = 120;
    private static final Pattern LOGIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}");
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final Pattern SERIAL = Pattern.compile("[1-9][0-9]{0,19}");
    private static final String SIGNATURE = "-----BEGIN SSH SIGNATURE-----";

    public UseRecord {
        targets = List.copyOf(targets);
        custodians = List.copyOf(custodians);
        Ids.check(PREFIX, id);
        Ids.check(Kit.PREFIX, kit);
        targets.forEach(target -> Names.check("target", target));
        custodians.forEach(custodian -> Names.check("custodian", custodian));
        if (targets.isEmpty() || targets.size() > TARGETS_MAX || custodians.size() > Shamir.SHARES_MAX) {
            throw KitRefusal.MALFORMED_RECORD.because("targets: " + targets.size() + ", custodians: "
                    + custodians.size() + " (expected: 1 to " + TARGETS_MAX + ", and at most 255)");
        }
        if (!LOGIN.matcher(login).matches()) {
            throw KitRefusal.MALFORMED_RECORD.because(
                    "login: " + Text.quoted(login) + " (expected: an account's name)");
        }
        if (!FINGERPRINT.matcher(publicKey).matches() || serial == 0 || !validAfter.isBefore(validBefore)) {
            throw KitRefusal.MALFORMED_RECORD.because("key, serial or validity: not those of a certificate");
        }
        operator = Text.line("operator", operator, 1, OPERATOR_MAX);
        reason = Text.line("reason", reason, 1, REASON_MAX);
    }

    /** A record whose signature was checked. */
    public record Signed(UseRecord use, String text) {}

    /** What stands in the certificate and so in the logs of the hosts. */
    public String keyId() {
        return "breakglass kit=" + kit + " use=" + id + " reason=sha256:"
                + digest(reason).substring(0, 16);
    }

    /** The file: the record and the authority's signature over it. */
    public String sign(KitKey key) {
        return body()
                + SshSignature.sign(key, NAMESPACE, body().getBytes(UTF_8)).strip() + "\n";
    }

    /** The kit that the text says it belongs to; nothing is checked yet but its form. */
    public static String kitOf(String text) {
        return read(text).use().kit();
    }

    /**
     * Reads a record that this authority signed.
     *
     * @throws Refusal {@code breakglass.malformed-record}, {@code breakglass.newer-version} or
     *     {@code breakglass.bad-record}
     */
    public static Signed verify(String text, SshPublicKey ca) {
        Read read = read(text);
        try {
            SshSignature.verify(
                    read.signature(), List.of(ca), NAMESPACE, read.use().body().getBytes(UTF_8));
        } catch (Refusal refusal) {
            throw KitRefusal.BAD_RECORD.because("the record of " + read.use().id()
                    + " is not signed by the authority of its kit: " + refusal.sentence());
        }
        return new Signed(read.use(), text);
    }

    private record Read(UseRecord use, String signature) {}

    private static Read read(String text) {
        var lines = new Lines(text, MAGIC, VERSION, KitRefusal.MALFORMED_RECORD);
        String id = lines.next("use");
        String kit = lines.next("kit");
        Instant opened = lines.instant("opened");
        List<String> targets = lines.all("target");
        String login = lines.next("login");
        String serial = lines.next("serial");
        String key = lines.next("key");
        Instant after = lines.instant("valid-after");
        Instant before = lines.instant("valid-before");
        List<String> custodians = new ArrayList<>(lines.all("custodian"));
        String operator = lines.next("operator");
        String reason = lines.next("reason");
        String signature = lines.rest();
        if (!SERIAL.matcher(serial).matches() || !signature.startsWith(SIGNATURE)) {
            throw KitRefusal.MALFORMED_RECORD.because("serial or signature is missing");
        }
        UseRecord use = lines.checked(() -> new UseRecord(
                id, kit, opened, targets, login, number(serial), key, after, before, custodians, operator, reason));
        return new Read(use, signature);
    }

    private static long number(String serial) {
        try {
            return Long.parseUnsignedLong(serial);
        } catch (NumberFormatException _) {
            throw KitRefusal.MALFORMED_RECORD.because("serial: " + serial + " (expected: below 2^64)");
        }
    }

    private String body() {
        var out = new StringBuilder(MAGIC + " " + VERSION + "\n");
        line(out, "use", id);
        line(out, "kit", kit);
        line(out, "opened", opened.toString());
        targets.forEach(target -> line(out, "target", target));
        line(out, "login", login);
        line(out, "serial", Long.toUnsignedString(serial));
        line(out, "key", publicKey);
        line(out, "valid-after", validAfter.toString());
        line(out, "valid-before", validBefore.toString());
        custodians.forEach(custodian -> line(out, "custodian", custodian));
        line(out, "operator", operator);
        line(out, "reason", reason);
        return out.toString();
    }

    private static void line(StringBuilder out, String key, String value) {
        out.append(key).append(' ').append(value).append('\n');
    }

    private static String digest(String text) {
        try {
            return Kit.hex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
