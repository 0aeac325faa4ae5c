package dev.sallyport.formats.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/**
 * Reads the wire types of RFC 4251, section 5, from bytes that may be hostile: nothing is read beyond the end, and
 * everything malformed becomes a refusal with the code given here.
 */
final class SshReader {
    private final byte[] bytes;
    private final int end;
    private final Refusal.Code code;
    private int position;

    SshReader(byte[] bytes, Refusal.Code code) {
        this(bytes, 0, bytes.length, code);
    }

    private SshReader(byte[] bytes, int from, int end, Refusal.Code code) {
        this.bytes = bytes;
        this.position = from;
        this.end = end;
        this.code = code;
    }

    Refusal refuse(String sentence) {
        return code.because(sentence);
    }

    int octet(String what) {
        need(what, 1);
        return bytes[position++] & 0xff;
    }

    /** A uint32 that must fit an int. */
    int uint32(String what) {
        need(what, 4);
        int value = word(position);
        if (value < 0) {
            throw refuse(what + ": " + Integer.toUnsignedString(value) + " (expected: less than 2^31)");
        }
        position += 4;
        return value;
    }

    long uint64(String what) {
        need(what, 8);
        long value = (long) word(position) << 32 | word(position + 4) & 0xffffffffL;
        position += 8;
        return value;
    }

    /** The content of a string, to be read in turn. */
    SshReader nested(String what) {
        int length = uint32(what);
        need(what, length);
        var content = new SshReader(bytes, position, position + length, code);
        position += length;
        return content;
    }

    byte[] string(String what, int max) {
        var content = nested(what);
        if (content.remaining() > max) {
            throw refuse(what + ": " + content.remaining() + " bytes (expected: at most " + max + ")");
        }
        return content.rest();
    }

    byte[] raw(String what, int count) {
        need(what, count);
        position += count;
        return Arrays.copyOfRange(bytes, position - count, position);
    }

    /** A string of valid UTF-8 without control characters, text-direction marks or zero bytes. */
    String text(String what, int max) {
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(string(what, max))).toString();
        } catch (CharacterCodingException _) {
            throw refuse(what + ": not UTF-8 (expected: one line of plain text)");
        }
        if (text.codePoints().anyMatch(Text::isUnprintable)) {
            throw refuse(what + ": " + Text.quoted(text) + " (expected: one line of plain text)");
        }
        return text;
    }

    /** A positive number in its shortest form. */
    BigInteger positive(String what, int maxBytes) {
        byte[] value = string(what, maxBytes + 1);
        if (value.length == 0 || value[0] < 0 || value[0] == 0 && (value.length == 1 || value[1] >= 0)) {
            throw refuse(what + ": not a positive number in its shortest form");
        }
        return new BigInteger(value);
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    boolean hasMore() {
        return position < end;
    }

    byte[] slice(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    byte[] rest() {
        byte[] rest = Arrays.copyOfRange(bytes, position, end);
        position = end;
        return rest;
    }

    void finish(String what) {
        if (hasMore()) {
            throw refuse(what + ": " + remaining() + " bytes follow its end (expected: none)");
        }
    }

    private int word(int at) {
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }

    private void need(String what, int count) {
        if (count < 0 || count > end - position) {
            throw refuse(what + ": cut short (expected: " + count + " bytes, found: " + (end - position) + ")");
        }
    }
}
