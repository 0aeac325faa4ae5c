package dev.sallyport.base;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Makes and checks ids: a three-letter prefix, an underscore and 26 characters of Crockford's base 32 in lower case,
 * of which the first ten are the time in milliseconds (so that new rows land at the end of an index) and the rest is
 * random. Ids that one process makes rise, those of one millisecond too, so that lists sorted by id show what happened
 * in the order in which it did. Ids are names, not secrets.
 */
public final class Ids {
    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int LENGTH = 26;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A clock set back by less goes unnoticed: the ids go on from the latest time. */
    private static final long LEAP_MILLIS = 10_000;

    private static Place last = new Place(0, 0, 0);

    private Ids() {}

    /** The time and two times 40 bits, of which the first is left free for carrying. */
    private record Place(long millis, long high, long low) {
        private static final long FULL = 1L << 40;

        static Place random(long millis) {
            return new Place(millis, RANDOM.nextLong(FULL >> 1), RANDOM.nextLong(FULL));
        }

        /** A place behind this one, which nobody guesses from it. */
        Place next() {
            long sum = low + 1 + RANDOM.nextInt(Integer.MAX_VALUE);
            return new Place(millis, high + sum / FULL, sum % FULL);
        }

        String text() {
            var text = new char[LENGTH];
            write(text, 0, 10, millis);
            write(text, 10, 8, high);
            write(text, 18, 8, low);
            return new String(text);
        }

        private static void write(char[] text, int from, int length, long value) {
            for (int i = from + length - 1; i >= from; i--) {
                text[i] = ALPHABET[(int) (value & 31)];
                value >>>= 5;
            }
        }
    }

    /** A new id such as {@code req_01k…}, behind every earlier one; the prefix is given with its underscore. */
    public static String next(String prefix) {
        return prefix + place().text();
    }

    @SuppressWarnings(
            "JavaInstantGetSecondsGetNano") // milliseconds of the wall clock only order ids, they decide nothing
    private static synchronized Place place() {
        long now = System.currentTimeMillis();
        boolean within = now <= last.millis() && now > last.millis() - LEAP_MILLIS;
        last = within ? last.next() : Place.random(now);
        return last;
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
