package dev.sallyport.formats.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Collects what is revoked and writes it as a {@link Krl}'s bytes. */
public final class KrlBuilder {
    private static final String SHA256_PREFIX = "SHA256:";

    private final long version;
    private final Instant generated;
    private String comment = "";
    private final Map<SshPublicKey, OfCa> certificates = new LinkedHashMap<>();
    private final SortedSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    private final SortedSet<byte[]> fingerprints = new TreeSet<>(Arrays::compareUnsigned);

    private record OfCa(SerialSet.Runs serials, SortedSet<String> keyIds) {}

    KrlBuilder(long version, Instant generated) {
        if (generated.getEpochSecond() < 0) {
            throw refuse("generated", generated.toString(), "since 1970");
        }
        this.version = version;
        this.generated = generated;
    }

    public KrlBuilder comment(String value) {
        comment = plain("comment", value, 0, KrlFormat.COMMENT_MAX);
        return this;
    }

    /** Revokes one certificate; the serial is unsigned and not 0, which stands for "has none". */
    public KrlBuilder serial(SshPublicKey ca, long serial) {
        return serials(ca, serial, serial);
    }

    /** Revokes all serials from the first to the last, both included and unsigned. */
    public KrlBuilder serials(SshPublicKey ca, long first, long last) {
        if (first == 0 || Long.compareUnsigned(first, last) > 0) {
            throw refuse(
                    "serials",
                    Long.toUnsignedString(first) + " to " + Long.toUnsignedString(last),
                    "1 to 2^64-1, the first not after the last");
        }
        of(ca).serials.add(first, last);
        return this;
    }

    /** Revokes every certificate of the CA with this key id. */
    public KrlBuilder keyId(SshPublicKey ca, String keyId) {
        of(ca).keyIds.add(plain("key id", keyId, 1, SshCertificate.KEY_ID_MAX));
        return this;
    }

    /** Revokes a key and every certificate for it or made by it. */
    public KrlBuilder key(SshPublicKey key) {
        keys.add(key.blob());
        return this;
    }

    /** As {@link #key}, for a key of which only the fingerprint {@code SHA256:…} is known. */
    public KrlBuilder fingerprint(String fingerprint) {
        byte[] hash = {};
        if (fingerprint.startsWith(SHA256_PREFIX)) {
            try {
                hash = Base64.getDecoder().decode(fingerprint.substring(SHA256_PREFIX.length()));
            } catch (IllegalArgumentException _) {
                hash = new byte[0];
            }
        }
        if (hash.length != 32) {
            throw refuse("fingerprint", Text.quoted(fingerprint), "SHA256: and 43 characters of base 64");
        }
        fingerprints.add(hash);
        return this;
    }

    /** The list's bytes; the same content gives the same bytes. */
    public byte[] toBytes() {
        var out = new SshWriter(1024)
                .uint64(KrlFormat.MAGIC)
                .uint32(KrlFormat.VERSION)
                .uint64(version)
                .uint64(generated.getEpochSecond())
                .uint64(0)
                .empty()
                .string(comment);
        certificates.forEach((ca, revoked) -> section(ca, revoked, out));
        section(KrlFormat.EXPLICIT_KEY, keys, out);
        section(KrlFormat.SHA256, fingerprints, out);
        return out.toBytes();
    }

    private OfCa of(SshPublicKey ca) {
        return certificates.computeIfAbsent(ca, _ -> new OfCa(new SerialSet.Runs(), new TreeSet<>()));
    }

    private static void section(SshPublicKey ca, OfCa revoked, SshWriter out) {
        out.octet(KrlFormat.CERTIFICATES);
        int section = out.open();
        ca.writeTo(out);
        out.empty();
        SerialSections.write(SerialSet.of(revoked.serials), out);
        if (!revoked.keyIds.isEmpty()) {
            out.octet(KrlFormat.KEY_ID);
            int ids = out.open();
            revoked.keyIds.forEach(out::string);
            out.close(ids);
        }
        out.close(section);
    }

    private static void section(int type, SortedSet<byte[]> values, SshWriter out) {
        if (!values.isEmpty()) {
            out.octet(type);
            int section = out.open();
            values.forEach(out::string);
            out.close(section);
        }
    }

    private static String plain(String what, String value, int min, int max) {
        int length = value.getBytes(UTF_8).length;
        if (length < min || length > max) {
            throw refuse(what, length + " bytes", min + " to " + max);
        }
        if (value.codePoints().anyMatch(Text::isUnprintable)) {
            throw refuse(what, Text.quoted(value), "one line of plain text");
        }
        return value;
    }

    private static Refusal refuse(String field, String found, String expected) {
        return SshRefusal.INVALID_KRL.because(field + ": " + found + " (expected: " + expected + ")");
    }
}
