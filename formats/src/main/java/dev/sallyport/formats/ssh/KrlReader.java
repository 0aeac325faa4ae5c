package dev.sallyport.formats.ssh;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Reads a revocation list that may be hostile: bounded in size and in the number of runs its bitmaps unfold to. */
final class KrlReader {
    private static final int RUNS_MAX = 4_000_000;
    private static final int BITMAP_BYTES_MAX = 2048;

    private final SshReader in;
    private final Map<Krl.CaScope, SerialSet.Runs> serials = new HashMap<>();
    private final Map<Krl.CaScope, Set<String>> keyIds = new HashMap<>();
    private final Set<ByteBuffer> keys = new HashSet<>();
    private final Set<ByteBuffer> sha1 = new HashSet<>();
    private final Set<ByteBuffer> sha256 = new HashSet<>();
    private int runs;

    private KrlReader(SshReader in) {
        this.in = in;
    }

    static Krl read(byte[] bytes) {
        var in = new SshReader(bytes, SshRefusal.MALFORMED_KRL);
        if (bytes.length > Krl.SIZE_MAX) {
            throw in.refuse("revocation list: " + bytes.length + " bytes (expected: at most " + Krl.SIZE_MAX + ")");
        }
        return new KrlReader(in).read();
    }

    private Krl read() {
        if (in.uint64("magic") != KrlFormat.MAGIC) {
            throw in.refuse("magic: not a revocation list of OpenSSH");
        }
        int format = in.uint32("format");
        if (format != KrlFormat.VERSION) {
            throw in.refuse("format: " + format + " (expected: " + KrlFormat.VERSION + ")");
        }
        long version = in.uint64("version");
        long generated = in.uint64("generated");
        if (generated < 0 || generated > Instant.MAX.getEpochSecond()) {
            throw in.refuse("generated: " + Long.toUnsignedString(generated) + " (expected: seconds since 1970)");
        }
        in.uint64("flags");
        in.nested("reserved");
        String comment = in.text("comment", KrlFormat.COMMENT_MAX);
        while (in.hasMore()) {
            section(in.octet("section"), in.nested("section"));
        }
        var certificates = new HashMap<Krl.CaScope, Krl.Revoked>();
        serials.forEach((scope, collected) -> certificates.put(
                scope, new Krl.Revoked(SerialSet.of(collected), keyIds.getOrDefault(scope, Set.of()))));
        return new Krl(version, Instant.ofEpochSecond(generated), comment, certificates, keys, sha1, sha256);
    }

    private void section(int type, SshReader section) {
        switch (type) {
            case KrlFormat.CERTIFICATES -> certificates(section);
            case KrlFormat.EXPLICIT_KEY -> values(section, keys, 0);
            case KrlFormat.SHA1 -> values(section, sha1, 20);
            case KrlFormat.SHA256 -> values(section, sha256, 32);
            case KrlFormat.EXTENSION -> extension(section);
            case KrlFormat.SIGNATURE ->
                throw in.refuse("section: a signature inside the list (expected: a detached one)");
            default -> throw in.refuse("section: unknown type " + type);
        }
        section.finish("section");
    }

    private void certificates(SshReader section) {
        byte[] ca = section.string("CA key", SshPublicKey.LINE_MAX);
        section.nested("reserved");
        var scope = ca.length == 0 ? Krl.CaScope.ANY : new Krl.CaScope(SshPublicKey.ofBlob(ca));
        var found = serials.computeIfAbsent(scope, _ -> new SerialSet.Runs());
        while (section.hasMore()) {
            int type = section.octet("serials");
            var part = section.nested("serials");
            switch (type) {
                case SerialSections.LIST -> list(part, found);
                case SerialSections.RANGE -> add(found, part.uint64("first serial"), part.uint64("last serial"));
                case SerialSections.BITMAP -> bitmap(part, found);
                case KrlFormat.KEY_ID -> ids(part, keyIds.computeIfAbsent(scope, _ -> new HashSet<>()));
                case KrlFormat.CERTIFICATE_EXTENSION -> extension(part);
                default -> throw in.refuse("serials: unknown type " + type);
            }
            part.finish("serials");
        }
    }

    private void list(SshReader part, SerialSet.Runs found) {
        while (part.hasMore()) {
            long serial = part.uint64("serial");
            add(found, serial, serial);
        }
    }

    private void bitmap(SshReader part, SerialSet.Runs found) {
        long start = part.uint64("first serial");
        BigInteger bits = part.positive("bitmap", BITMAP_BYTES_MAX);
        int length = bits.bitLength();
        if (Long.compareUnsigned(start + length - 1, start) < 0) {
            throw in.refuse("bitmap: runs beyond 2^64-1");
        }
        int bit = 0;
        while (bit < length) {
            if (!bits.testBit(bit)) {
                bit++;
                continue;
            }
            int end = bit;
            while (bits.testBit(end + 1)) {
                end++;
            }
            add(found, start + bit, start + end);
            bit = end + 1;
        }
    }

    private void add(SerialSet.Runs found, long first, long last) {
        if (first == 0 || Long.compareUnsigned(first, last) > 0) {
            throw in.refuse("serials: " + Long.toUnsignedString(first) + " to " + Long.toUnsignedString(last)
                    + " (expected: from 1, the first not after the last)");
        }
        if (++runs > RUNS_MAX) {
            throw in.refuse("serials: more than " + RUNS_MAX + " runs");
        }
        found.add(first, last);
    }

    private static void ids(SshReader part, Set<String> found) {
        do {
            found.add(part.text("key id", SshCertificate.KEY_ID_MAX));
        } while (part.hasMore());
    }

    private static void values(SshReader section, Set<ByteBuffer> found, int length) {
        do {
            byte[] value = section.string("key", SshPublicKey.LINE_MAX);
            if (length != 0 && value.length != length) {
                throw section.refuse("fingerprint: " + value.length + " bytes (expected: " + length + ")");
            }
            found.add(ByteBuffer.wrap(value));
        } while (section.hasMore());
    }

    private static void extension(SshReader section) {
        String name = section.text("extension", SshCertificate.OPTION_NAME_MAX);
        if (section.octet("critical") != 0) {
            throw section.refuse("extension: \"" + name + "\" is critical and unknown");
        }
        section.nested("extension");
    }
}
