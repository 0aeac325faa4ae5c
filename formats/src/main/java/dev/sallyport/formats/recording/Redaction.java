package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * Replaces secrets in streams of bytes by {@code [redacted]}, across the bounds of reads. Known secrets are exact bytes;
 * patterns are {@link TokenPattern}s. Only what may be the beginning of a secret is held back. Secrets that are drawn with
 * control sequences between their characters, encoded, or sent more slowly than the caller waits are not found.
 */
public final class Redaction {
    static final byte[] REPLACEMENT = "[redacted]".getBytes(UTF_8);

    /** Shorter secrets would blacken ordinary text. */
    public static final int SHORTEST = 6;

    private static final int LONGEST = 4096;

    private final List<byte[]> secrets = new ArrayList<>();
    private final List<TokenPattern> patterns;
    private final boolean[] begins = new boolean[256];

    /** Of all pairs of bytes, those that something looked for begins with. */
    private final BitSet pairs = new BitSet(1 << 16);

    /** Everything looked for begins with so many bytes that are known. */
    private static final int KNOWN = 3;

    /** The bytes that are among those. */
    private final boolean[] among = new boolean[256];

    public Redaction(Collection<Secret> secrets, Collection<TokenPattern> patterns) {
        for (Secret secret : secrets) {
            byte[] bytes = secret.reveal().getBytes(UTF_8);
            if (bytes.length < SHORTEST || bytes.length > LONGEST) {
                throw new IllegalArgumentException(
                        "secret: " + bytes.length + " bytes (expected: " + SHORTEST + " to " + LONGEST + ")");
            }
            this.secrets.add(bytes);
            begin(bytes);
        }
        this.secrets.sort((a, b) -> Integer.compare(b.length, a.length));
        this.patterns = List.copyOf(patterns);
        for (var pattern : patterns) {
            begin(pattern.beginning());
        }
    }

    private void begin(byte[] bytes) {
        begins[bytes[0] & 0xff] = true;
        pairs.set(pair(bytes[0], bytes[1]));
        for (int i = 0; i < KNOWN; i++) {
            among[bytes[i] & 0xff] = true;
        }
    }

    private static int pair(byte first, byte second) {
        return (first & 0xff) << 8 | second & 0xff;
    }

    /**
     * The next place where something looked for may begin. One byte of three is looked at, and most only here: whatever
     * begins has one of its first three there.
     */
    private int candidate(byte[] bytes, int from, int end) {
        int look = from + KNOWN - 1;
        for (; look < end; look += KNOWN) {
            if (among[bytes[look] & 0xff]) {
                int found = beginning(bytes, look - KNOWN + 1, look + 1, end);
                if (found <= look) {
                    return found;
                }
            }
        }
        return beginning(bytes, look - KNOWN + 1, end, end);
    }

    /** The first place before the limit where something may begin, or the limit. */
    private int beginning(byte[] bytes, int from, int limit, int end) {
        for (int at = from; at < limit; at++) {
            if (begins[bytes[at] & 0xff] && (at + 1 == end || pairs.get(pair(bytes[at], bytes[at + 1])))) {
                return at;
            }
        }
        return limit;
    }

    /** One direction of one channel. Not thread-safe. */
    public Stream stream() {
        return new Stream();
    }

    /** Holds back the beginning of what may be a secret. */
    public final class Stream {
        private byte[] held = new byte[0];

        private Stream() {}

        /** What may be passed on now. */
        public byte[] pass(byte[] more) {
            return pass(more, 0, more.length);
        }

        /** What may be passed on now, in an array of its own. */
        public byte[] pass(byte[] more, int offset, int length) {
            if (held.length == 0) {
                return scan(more, offset, offset + length, false);
            }
            var all = Arrays.copyOf(held, held.length + length);
            System.arraycopy(more, offset, all, held.length, length);
            return scan(all, 0, all.length, false);
        }

        /** Passes on what was held back: when no more came for a while, and at the end. */
        public byte[] flush() {
            return scan(held, 0, held.length, true);
        }

        public int heldBack() {
            return held.length;
        }

        private byte[] scan(byte[] bytes, int from, int end, boolean settle) {
            var out = new Packer(0);
            int clear = from;
            int at = candidate(bytes, from, end);
            while (at < end) {
                int match = match(bytes, at, end, settle);
                if (match < 0) {
                    break;
                }
                if (match > 0) {
                    out.raw(bytes, clear, at - clear).raw(REPLACEMENT);
                    clear = at + match;
                }
                at = candidate(bytes, at + Math.max(1, match), end);
            }
            held = Arrays.copyOfRange(bytes, at, end);
            return out.length() == 0
                    ? Arrays.copyOfRange(bytes, clear, at)
                    : out.raw(bytes, clear, at - clear).toBytes();
        }

        private int match(byte[] bytes, int at, int end, boolean settle) {
            boolean more = false;
            int longest = 0;
            for (byte[] secret : secrets) {
                int found = match(secret, bytes, at, end);
                more |= found < 0;
                longest = Math.max(longest, found);
            }
            for (var pattern : patterns) {
                int found = pattern.match(bytes, at, end);
                if (found < 0 && settle) {
                    found = pattern.settle(bytes, at, end);
                }
                more |= found < 0;
                longest = Math.max(longest, found);
            }
            return more && !settle ? -1 : longest;
        }

        private static int match(byte[] secret, byte[] bytes, int at, int end) {
            int count = Math.min(secret.length, end - at);
            if (!Arrays.equals(secret, 0, count, bytes, at, at + count)) {
                return 0;
            }
            return count == secret.length ? count : -1;
        }
    }
}
