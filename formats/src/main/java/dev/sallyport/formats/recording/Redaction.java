package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Secret;
import java.util.ArrayList;
import java.util.Arrays;
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

    public Redaction(Collection<Secret> secrets, Collection<TokenPattern> patterns) {
        for (Secret secret : secrets) {
            byte[] bytes = secret.reveal().getBytes(UTF_8);
            if (bytes.length < SHORTEST || bytes.length > LONGEST) {
                throw new IllegalArgumentException(
                        "secret: " + bytes.length + " bytes (expected: " + SHORTEST + " to " + LONGEST + ")");
            }
            this.secrets.add(bytes);
            begins[bytes[0] & 0xff] = true;
        }
        this.secrets.sort((a, b) -> Integer.compare(b.length, a.length));
        this.patterns = List.copyOf(patterns);
        for (var pattern : patterns) {
            for (int first = 0; first < 256; first++) {
                begins[first] |= pattern.begins((byte) first);
            }
        }
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
            var all = Arrays.copyOf(held, held.length + more.length);
            System.arraycopy(more, 0, all, held.length, more.length);
            return scan(all, false);
        }

        /** Passes on what was held back: when no more came for a while, and at the end. */
        public byte[] flush() {
            return scan(held, true);
        }

        public int heldBack() {
            return held.length;
        }

        private byte[] scan(byte[] bytes, boolean settle) {
            var out = new Packer(bytes.length + 16);
            int clear = 0;
            int at = 0;
            while (at < bytes.length) {
                int match = begins[bytes[at] & 0xff] ? match(bytes, at, settle) : 0;
                if (match < 0) {
                    break;
                }
                if (match > 0) {
                    out.raw(bytes, clear, at - clear).raw(REPLACEMENT);
                    at += match;
                    clear = at;
                } else {
                    at++;
                }
            }
            out.raw(bytes, clear, at - clear);
            held = Arrays.copyOfRange(bytes, at, bytes.length);
            return out.toBytes();
        }

        private int match(byte[] bytes, int at, boolean settle) {
            boolean more = false;
            int longest = 0;
            for (byte[] secret : secrets) {
                int found = match(secret, bytes, at);
                more |= found < 0;
                longest = Math.max(longest, found);
            }
            for (var pattern : patterns) {
                int found = pattern.match(bytes, at, bytes.length);
                if (found < 0 && settle) {
                    found = pattern.settle(bytes, at, bytes.length);
                }
                more |= found < 0;
                longest = Math.max(longest, found);
            }
            return more && !settle ? -1 : longest;
        }

        private static int match(byte[] secret, byte[] bytes, int at) {
            int count = Math.min(secret.length, bytes.length - at);
            if (!Arrays.equals(secret, 0, count, bytes, at, at + count)) {
                return 0;
            }
            return count == secret.length ? count : -1;
        }
    }
}
