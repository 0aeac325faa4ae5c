package dev.sallyport.formats.breakglass;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ShamirTest {
    private static final int FIELD = 256;

    private final SecureRandom random = new SecureRandom();

    @Test
    void timesIsMultiplicationOfPolynomials() {
        for (int a = 0; a < FIELD; a++) {
            for (int b = 0; b < FIELD; b++) {
                assertThat(Gf256.times(a, b)).isEqualTo(longhand(a, b)).isEqualTo(Gf256.times(b, a));
            }
        }
        // FIPS 197, sections 4.2 and 4.2.1
        assertThat(Gf256.times(0x57, 0x83)).isEqualTo(0xc1);
        assertThat(Gf256.times(0x57, 0x13)).isEqualTo(0xfe);
    }

    /** Multiplied out, then divided by the modulus. */
    private static int longhand(int a, int b) {
        int product = 0;
        for (int bit = 0; bit < 8; bit++) {
            if ((b & 1 << bit) != 0) {
                product ^= a << bit;
            }
        }
        for (int bit = 14; bit >= 8; bit--) {
            if ((product & 1 << bit) != 0) {
                product ^= 0x11b << bit - 8;
            }
        }
        return product;
    }

    @Test
    void everyElementButZeroHasAnInverse() {
        for (int a = 1; a < FIELD; a++) {
            assertThat(Gf256.times(a, Gf256.inverse(a))).isEqualTo(1);
        }
        assertThat(Gf256.inverse(0)).isZero();
        // FIPS 197, section 4.2: {53} and {ca}
        assertThat(Gf256.inverse(0x53)).isEqualTo(0xca);
    }

    /** The vectors of bc-shamir (Blockchain Commons), whose secret stands at 255 and whose shares begin at 0. */
    @Test
    void sharesOfAnotherImplementationGiveItsSecrets() {
        String[] three = {
            "00112233445566778899aabbccddeeff",
            "d43099fe444807c46921a4f33a2a798b",
            "d9ad4e3bec2e1a7485698823abf05d36",
            "0d8cf5f6ec337bc764d1866b5d07ca42",
            "1aa7fe3199bc5092ef3816b074cabdf2"
        };
        for (int[] chosen : new int[][] {{1, 2, 4}, {0, 1, 2}, {4, 3, 0}}) {
            assertThat(HexFormat.of().formatHex(Shamir.interpolate(chosen, values(three, chosen), 255)))
                    .isEqualTo("0ff784df000c4380a5ed683f7e6e3dcf");
        }
        // the polynomial is the same through any three of them
        assertThat(HexFormat.of()
                        .formatHex(Shamir.interpolate(new int[] {0, 1, 2}, values(three, new int[] {0, 1, 2}), 4)))
                .isEqualTo(three[4]);
    }

    private static byte[][] values(String[] shares, int... chosen) {
        var values = new byte[chosen.length][];
        for (int i = 0; i < chosen.length; i++) {
            values[i] = HexFormat.of().parseHex(shares[chosen[i]]);
        }
        return values;
    }

    @Test
    void everyChoiceOfEnoughSharesGivesTheSecret() {
        var secret = new byte[32];
        random.nextBytes(secret);
        byte[][] shares = Shamir.split(secret, 3, 5, random);
        for (int a = 1; a <= 5; a++) {
            for (int b = 1; b <= 5; b++) {
                for (int c = 1; c <= 5; c++) {
                    if (a != b && b != c && a != c) {
                        var values = new byte[][] {shares[a - 1], shares[b - 1], shares[c - 1]};
                        assertThat(Shamir.interpolate(new int[] {a, b, c}, values, 0))
                                .isEqualTo(secret);
                    }
                }
            }
        }
    }

    @Test
    void theLargestKitIsPutTogetherAgain() {
        byte[] secret = {0, 1, (byte) 255};
        byte[][] shares = Shamir.split(secret, 255, 255, random);
        var numbers = new int[255];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i + 1;
        }
        assertThat(Shamir.interpolate(numbers, shares, 0)).isEqualTo(secret);
    }

    /** For each secret there is exactly one third share: whoever has two knows nothing, however much they compute. */
    @Test
    void oneShareTooFewFitsEverySecretEquallyWell() {
        byte[][] shares = Shamir.split(new byte[] {42}, 3, 5, random);
        for (int third : new int[] {3, 4, 5}) {
            var seen = new HashSet<Byte>();
            for (int guess = 0; guess < FIELD; guess++) {
                var values = new byte[][] {shares[0], shares[1], {(byte) guess}};
                seen.add(Shamir.interpolate(new int[] {1, 2, third}, values, 0)[0]);
            }
            assertThat(seen).hasSize(FIELD);
        }
    }

    /** Were a coefficient not random, a share would follow from the secret. */
    @Test
    void sharesOfOneSecretDifferEachTime() {
        var seen = new HashSet<String>();
        for (int round = 0; round < 200; round++) {
            for (byte[] share : Shamir.split(new byte[16], 2, 3, random)) {
                seen.add(HexFormat.of().formatHex(share));
            }
        }
        assertThat(seen).hasSize(600);
    }
}
