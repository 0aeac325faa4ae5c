package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Reads a stream of framed records and keeps the bytes of the one that is being read. */
final class Bounded {
    private final InputStream in;
    private long position;
    private Packer taken = new Packer();
    private String where = "header";

    Bounded(InputStream in, long position) {
        this.in = in;
        this.position = position;
    }

    long position() {
        return position;
    }

    /** Names the part that begins here. */
    void begin(String what) {
        where = what;
        taken = new Packer(256);
    }

    byte[] taken() {
        return taken.toBytes();
    }

    Refusal refuse(String sentence) {
        return RecordingRefusal.MALFORMED.because(where + " at byte " + position + ": " + sentence);
    }

    /** -1 at the end. */
    int octetOrEnd() {
        try {
            int octet = in.read();
            if (octet >= 0) {
                position++;
                taken.octet(octet);
            }
            return octet;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int octet(String what) {
        int octet = octetOrEnd();
        if (octet < 0) {
            throw cutShort(what);
        }
        return octet;
    }

    long varint(String what, long max) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int octet = octet(what);
            value |= (long) (octet & 0x7f) << shift;
            if (octet < 0x80) {
                if (value > max || octet == 0 && shift > 0) {
                    throw refuse(what + ": " + value + " (expected: at most " + max + ", in its shortest form)");
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
        byte[] bytes = unkept(what, count);
        taken.raw(bytes);
        return bytes;
    }

    /** Read, but not part of what {@link #taken} gives. */
    byte[] unkept(String what, int count) {
        try {
            var bytes = new byte[count]; // which is small enough, as lengths are checked when they are read
            int found = in.readNBytes(bytes, 0, count);
            position += found;
            if (found < count) {
                throw cutShort(what);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text(String what, int max) {
        byte[] bytes = raw(what, size(what, max));
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw refuse(what + ": not UTF-8");
        }
    }

    private Refusal cutShort(String what) {
        return RecordingRefusal.INCOMPLETE.because(where + ": " + what + ": the file ends at byte " + position);
    }
}
