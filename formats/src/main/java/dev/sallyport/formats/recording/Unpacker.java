package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/** Reads what {@link Packer} wrote from bytes that may be hostile; whatever is malformed is {@code recording.malformed}. */
final class Unpacker {
    private final String where;
    private final byte[] bytes;
    private int position;

    Unpacker(String where, byte[] bytes) {
        this.where = where;
        this.bytes = bytes;
    }

    Refusal refuse(String sentence) {
        return RecordingRefusal.MALFORMED.because(where + ": " + sentence);
    }

    int octet(String what) {
        need(what, 1);
        return bytes[position++] & 0xff;
    }

    /** A number in its shortest form, at most the limit. */
    long varint(String what, long max) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int octet = octet(what);
            value |= (long) (octet & 0x7f) << shift;
            if (octet < 0x80) {
                if (octet == 0 && shift > 0) {
                    throw refuse(what + ": a number that is not in its shortest form");
                }
                if (value > max) {
                    throw refuse(what + ": " + value + " (expected: at most " + max + ")");
                }
                return value;
            }
        }
        throw refuse(what + ": a number of more than 63 bits");
    }

    int size(String what, int max) {
        return (int) varint(what, max);
    }

    byte[] raw(String what, int count) {
        need(what, count);
        position += count;
        return Arrays.copyOfRange(bytes, position - count, position);
    }

    byte[] string(String what, int max) {
        return raw(what, size(what, max));
    }

    String text(String what, int max) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(string(what, max))).toString();
        } catch (CharacterCodingException _) {
            throw refuse(what + ": not UTF-8");
        }
    }

    boolean flag(String what) {
        int value = octet(what);
        if (value > 1) {
            throw refuse(what + ": " + value + " (expected: 0 or 1)");
        }
        return value == 1;
    }

    boolean hasMore() {
        return position < bytes.length;
    }

    byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, position, bytes.length);
        position = bytes.length;
        return rest;
    }

    void finish() {
        if (hasMore()) {
            throw refuse((bytes.length - position) + " bytes follow its end (expected: none)");
        }
    }

    private void need(String what, int count) {
        if (count < 0 || count > bytes.length - position) {
            throw refuse(
                    what + ": cut short (expected: " + count + " bytes, found: " + (bytes.length - position) + ")");
        }
    }
}
