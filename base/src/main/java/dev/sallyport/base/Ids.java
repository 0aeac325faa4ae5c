package dev.sallyport.base;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Makes and checks ids: a three-letter prefix, an underscore and 26 characters of Crockford's base 32 in lower case,
 * of which the first ten are the time in milliseconds (so that new rows land at the end of an index) and the rest is 80
 * random bits. Ids are names, not secrets.
 */
public final class Ids {
    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int LENGTH = 26;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    /** A new id such as {@code req_01k…}; the prefix is given with its underscore. */
    @SuppressWarnings(
            "JavaInstantGetSecondsGetNano") // milliseconds of the wall clock only order ids, they decide nothing
    public static String next(String prefix) {
        var random = new byte[10];
        RANDOM.nextBytes(random);
        var text = new char[LENGTH];
        long time = System.currentTimeMillis();
        for (int i = 9; i >= 0; i--) {
            text[i] = ALPHABET[(int) (time & 31)];
            time >>>= 5;
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 5; i++) {
            high = high << 8 | random[i] & 0xff;
            low = low << 8 | random[i + 5] & 0xff;
        }
        for (int i = 7; i >= 0; i--) {
            text[10 + i] = ALPHABET[(int) (high & 31)];
            text[18 + i] = ALPHABET[(int) (low & 31)];
            high >>>= 5;
            low >>>= 5;
        }
        return prefix + new String(text);
    }

    /**
     * Returns the value if it is an id of this prefix.
     *
     * @throws Refusal {@code input.invalid-id} naming the value and the form expected
     */
    public static String check(String prefix, String value) {
        if (!isId(prefix, value)) {
            throw InputRefusal.INVALID_ID.because(
                    "id: " + Text.quoted(value) + " (expected: " + prefix + " and 26 letters or digits)");
        }
        return value;
    }

    public static boolean isId(String prefix, String value) {
        if (!value.startsWith(prefix) || value.length() != prefix.length() + LENGTH) {
            return false;
        }
        for (int i = prefix.length(); i < value.length(); i++) {
            if (Arrays.binarySearch(ALPHABET, value.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
