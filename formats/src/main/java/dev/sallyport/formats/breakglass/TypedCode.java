package dev.sallyport.formats.breakglass;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Bytes as lines that a person can type from paper: groups of four characters of Crockford's base 32 (no I, L, O, U; case
 * does not matter), the last group of each line a check over its place and content, so that the line with the mistake is
 * named.
 */
final class TypedCode {
    static final int BYTES_A_LINE = 15;
    static final int LINES_MAX = 255;

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int CHECK = 4;
    private static final int GROUP = 4;

    private TypedCode() {}

    static List<String> lines(byte[] bytes) {
        var lines = new ArrayList<String>();
        for (int from = 0; from < bytes.length; from += BYTES_A_LINE) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + BYTES_A_LINE));
            lines.add(grouped(characters(part), check(lines.size(), part)));
            Arrays.fill(part, (byte) 0);
        }
        return lines;
    }

    /** Empty lines are passed over; spaces and hyphens mean nothing. */
    static byte[] bytes(List<String> typed) {
        List<String> lines = typed.stream().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty() || lines.size() > LINES_MAX) {
            throw KitRefusal.MISTYPED_SHARE.because(lines.size() + " lines (expected: 1 to " + LINES_MAX + ")");
        }
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < lines.size(); i++) {
            byte[] part = line(i, lines.get(i));
            if (i < lines.size() - 1 && part.length != BYTES_A_LINE) {
                throw wrong(i, "is too short");
            }
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] line(int place, String typed) {
        String text = normal(place, typed);
        int data = text.length() - CHECK;
        int length = data * 5 / 8;
        if (data < 1 || length < 1 || length > BYTES_A_LINE || (length * 8 + 4) / 5 != data) {
            throw wrong(place, "has " + text.length() + " characters");
        }
        byte[] part = bytes(text.substring(0, data), length);
        if (!characters(part).equals(text.substring(0, data))
                || !check(place, part).equals(text.substring(data))) {
            throw wrong(place, "is mistyped, or not in its place");
        }
        return part;
    }

    private static String normal(int place, String typed) {
        var text = new StringBuilder();
        String upper = typed.toUpperCase(Locale.ROOT);
        for (int i = 0; i < upper.length(); i++) {
            char c = upper.charAt(i);
            switch (c) {
                case ' ', '-', '\t' -> {}
                case 'O' -> text.append('0');
                case 'I', 'L' -> text.append('1');
                default -> {
                    if (ALPHABET.indexOf(c) < 0) {
                        throw wrong(place, "holds a character that no share has");
                    }
                    text.append(c);
                }
            }
        }
        return text.toString();
    }

    private static RuntimeException wrong(int place, String what) {
        return KitRefusal.MISTYPED_SHARE.because(
                "line " + (place + 1) + " of the share " + what, "compare it with the paper, sign by sign");
    }

    private static String characters(byte[] bytes) {
        var text = new StringBuilder();
        int held = 0;
        int bits = 0;
        for (byte b : bytes) {
            held = held << 8 | b & 0xff;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(ALPHABET.charAt(held >>> bits & 31));
            }
            held &= (1 << bits) - 1;
        }
        return bits == 0
                ? text.toString()
                : text.append(ALPHABET.charAt(held << 5 - bits & 31)).toString();
    }

    private static byte[] bytes(String text, int length) {
        var bytes = new byte[length];
        int held = 0;
        int bits = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            held = held << 5 | ALPHABET.indexOf(text.charAt(i));
            bits += 5;
            if (bits >= 8 && at < length) {
                bits -= 8;
                bytes[at++] = (byte) (held >>> bits);
            }
            held &= (1 << bits) - 1;
        }
        return bytes;
    }

    private static String check(int place, byte[] part) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((byte) place);
            return characters(sha256.digest(part)).substring(0, CHECK);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String grouped(String data, String check) {
        var line = new StringBuilder();
        for (int i = 0; i < data.length(); i += GROUP) {
            line.append(data, i, Math.min(data.length(), i + GROUP)).append(' ');
        }
        return line.append(check).toString();
    }
}
