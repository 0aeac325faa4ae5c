package dev.sallyport.formats.breakglass;

/**
 * The field of 256 elements modulo x^8 + x^4 + x^3 + x + 1, as in AES and SLIP-39. No table and no branch depends on a
 * value, so that neither time nor cache tells anything of it.
 */
final class Gf256 {
    private static final int MODULUS = 0x11b;

    private Gf256() {}

    /** Also the difference: every element is its own negative. */
    static int plus(int a, int b) {
        return a ^ b;
    }

    static int times(int a, int b) {
        int product = 0;
        int left = a;
        int right = b;
        for (int i = 0; i < 8; i++) {
            product ^= -(right & 1) & left;
            left = left << 1 ^ -(left >>> 7) & MODULUS;
            right >>>= 1;
        }
        return product;
    }

    /** The element that gives 1 with this one, as its 254th power; of 0, which has none, 0. */
    static int inverse(int a) {
        int power = a;
        int result = 1;
        for (int bit = 1; bit < 8; bit++) {
            power = times(power, power);
            result = times(result, power);
        }
        return result;
    }
}
