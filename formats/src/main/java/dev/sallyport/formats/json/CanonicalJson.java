package dev.sallyport.formats.json;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Canonical JSON (RFC 8785): one tree, one sequence of bytes, so that a hash over it means something. Trees consist of
 * maps with string keys, lists, strings, booleans, {@code null} and integers within ±(2^53-1), which every reader of
 * JSON takes exactly; anything else, fractions included, is a fault of the caller.
 */
public final class CanonicalJson {
    /** The largest integer that every JSON reader takes exactly. */
    public static final long MAX_INTEGER = (1L << 53) - 1;

    /** The deepest nesting. */
    public static final int MAX_DEPTH = 64;

    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] FALSE = "false".getBytes(US_ASCII);
    private static final byte[] NULL = "null".getBytes(US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

    private byte[] bytes = new byte[1024];
    private int length;

    private CanonicalJson() {}

    /**
     * The UTF-8 bytes of the tree.
     *
     * @throws IllegalArgumentException for a type, number, lone surrogate or depth that has no canonical form
     */
    public static byte[] bytes(@Nullable Object tree) {
        var out = new CanonicalJson();
        out.value(tree, 0);
        return Arrays.copyOf(out.bytes, out.length);
    }

    private void value(@Nullable Object value, int depth) {
        switch (value) {
            case null -> raw(NULL);
            case String text -> string(text);
            case Boolean truth -> raw(truth ? TRUE : FALSE);
            case Integer number -> raw(number.toString().getBytes(US_ASCII));
            case Long number -> integer(number);
            case Map<?, ?> map -> object(map, deeper(depth));
            case List<?> list -> array(list, deeper(depth));
            default ->
                throw new IllegalArgumentException("json: a " + value.getClass().getName()
                        + " (expected: map, list, string, boolean, null, int or long)");
        }
    }

    private static int deeper(int depth) {
        if (depth == MAX_DEPTH) {
            throw new IllegalArgumentException("json: nested too deep (expected: at most " + MAX_DEPTH + " levels)");
        }
        return depth + 1;
    }

    private void integer(long number) {
        if (number > MAX_INTEGER || number < -MAX_INTEGER) {
            throw new IllegalArgumentException(
                    "json: " + number + " (expected: within ±" + MAX_INTEGER + "; write larger ones as strings)");
        }
        raw(Long.toString(number).getBytes(US_ASCII));
    }

    private void object(Map<?, ?> map, int depth) {
        var keys = new String[map.size()];
        int count = 0;
        for (var key : map.keySet()) {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException("json: a key that is not a string");
            }
            keys[count++] = name;
        }
        Arrays.sort(keys); // by UTF-16 code units, as String compares
        octet('{');
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                octet(',');
            }
            string(keys[i]);
            octet(':');
            value(map.get(keys[i]), depth);
        }
        octet('}');
    }

    private void array(List<?> list, int depth) {
        octet('[');
        boolean first = true;
        for (Object item : list) {
            if (!first) {
                octet(',');
            }
            first = false;
            value(item, depth);
        }
        octet(']');
    }

    private void string(String text) {
        room(Math.addExact(Math.multiplyExact(text.length(), 6), 2));
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                ascii(c);
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xc0 | c >> 6);
                bytes[length++] = (byte) (0x80 | c & 0x3f);
            } else if (Character.isSurrogate(c)) {
                supplementary(text, i++);
            } else {
                bytes[length++] = (byte) (0xe0 | c >> 12);
                bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[length++] = (byte) (0x80 | c & 0x3f);
            }
        }
        bytes[length++] = '"';
    }

    private void ascii(char c) {
        if (c >= 0x20) {
            if (c == '"' || c == '\\') {
                bytes[length++] = '\\';
            }
            bytes[length++] = (byte) c;
            return;
        }
        bytes[length++] = '\\';
        switch (c) {
            case '\b' -> bytes[length++] = 'b';
            case '\t' -> bytes[length++] = 't';
            case '\n' -> bytes[length++] = 'n';
            case '\f' -> bytes[length++] = 'f';
            case '\r' -> bytes[length++] = 'r';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[c >> 4];
                bytes[length++] = HEX[c & 15];
            }
        }
    }

    private void supplementary(String text, int at) {
        if (at + 1 >= text.length() || !Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1))) {
            throw new IllegalArgumentException("json: a lone surrogate at position " + at + " of a string");
        }
        int point = Character.toCodePoint(text.charAt(at), text.charAt(at + 1));
        bytes[length++] = (byte) (0xf0 | point >> 18);
        bytes[length++] = (byte) (0x80 | point >> 12 & 0x3f);
        bytes[length++] = (byte) (0x80 | point >> 6 & 0x3f);
        bytes[length++] = (byte) (0x80 | point & 0x3f);
    }

    private void octet(char c) {
        room(1);
        bytes[length++] = (byte) c;
    }

    private void raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), bytes.length * 2));
        }
    }
}
