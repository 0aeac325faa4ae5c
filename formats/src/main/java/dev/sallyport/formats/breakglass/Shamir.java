package dev.sallyport.formats.breakglass;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Shamir's secret sharing, byte by byte over {@link Gf256}: the secret is what a random polynomial of degree threshold - 1
 * is at 0, and share number x is what it is at x. Fewer shares than the threshold fit every secret equally well.
 */
final class Shamir {
    /** The numbers 1 to 255; at 0 stands the secret. */
    static final int SHARES_MAX = 255;

    private Shamir() {}

    /** The shares 1 to {@code of}, in their order; the caller has checked 2 <= threshold <= of <= 255. */
    static byte[][] split(byte[] secret, int threshold, int of, SecureRandom random) {
        var shares = new byte[of][secret.length];
        var polynomial = new byte[threshold];
        try {
            for (int i = 0; i < secret.length; i++) {
                random.nextBytes(polynomial);
                polynomial[0] = secret[i];
                for (int x = 1; x <= of; x++) {
                    shares[x - 1][i] = (byte) at(polynomial, x);
                }
            }
        } finally {
            Arrays.fill(polynomial, (byte) 0);
        }
        return shares;
    }

    private static int at(byte[] polynomial, int x) {
        int value = 0;
        for (int i = polynomial.length - 1; i >= 0; i--) {
            value = Gf256.plus(Gf256.times(value, x), polynomial[i] & 0xff);
        }
        return value;
    }

    /** What the polynomial through these points is at x; the numbers differ from each other. */
    static byte[] interpolate(int[] numbers, byte[][] values, int x) {
        var result = new byte[values[0].length];
        for (int i = 0; i < numbers.length; i++) {
            int weight = 1;
            for (int j = 0; j < numbers.length; j++) {
                if (i != j) {
                    weight = Gf256.times(weight, Gf256.plus(x, numbers[j]));
                    weight = Gf256.times(weight, Gf256.inverse(Gf256.plus(numbers[i], numbers[j])));
                }
            }
            for (int at = 0; at < result.length; at++) {
                result[at] ^= (byte) Gf256.times(weight, values[i][at] & 0xff);
            }
        }
        return result;
    }
}
