package dev.sallyport.identity;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One-time codes of authenticator apps (RFC 6238): HMAC-SHA-1, six digits, thirty seconds, which is what all apps know.
 * Pure: which codes have been used is for the caller to remember.
 */
public final class Totp {
    /** How long a code is shown. */
    public static final Duration STEP = Duration.ofSeconds(30);

    public static final int DIGITS = 6;

    /** How many steps before and after the present one count as well, for clocks that differ. */
    static final int WINDOW = 1;

    /** As long as the output of the hash, as RFC 4226 recommends. */
    static final int SECRET_BYTES = 20;

    private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int MODULUS = 1_000_000;

    private Totp() {}

    /** The time step of an instant. */
    public static long step(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), STEP.toSeconds());
    }

    /** The code of a time step. */
    public static String code(byte[] secret, long step) {
        byte[] hash = hmac(
                "HmacSHA1",
                secret,
                java.nio.ByteBuffer.allocate(Long.BYTES).putLong(step).array());
        int offset = hash[hash.length - 1] & 0xf;
        int number = java.nio.ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & Integer.MAX_VALUE;
        return "%06d".formatted(number % MODULUS);
    }

    /** The step after the last one used whose code this is, if there is one now; looks at every step, whichever it is. */
    static OptionalLong match(byte[] secret, String code, Instant now, long lastStep) {
        byte[] given = code.getBytes(StandardCharsets.UTF_8);
        long present = step(now);
        OptionalLong found = OptionalLong.empty();
        for (long step = present - WINDOW; step <= present + WINDOW; step++) {
            boolean fits = MessageDigest.isEqual(given, code(secret, step).getBytes(StandardCharsets.UTF_8));
            if (fits && step > lastStep) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    /** The address by which authenticator apps take a secret over. */
    static String uri(String account, byte[] secret) {
        return "otpauth://totp/Sallyport:" + encoded(account) + "?secret=" + base32(secret)
                + "&issuer=Sallyport&algorithm=SHA1&digits=" + DIGITS + "&period=" + STEP.toSeconds();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Base 32 of RFC 4648 without padding. */
    static String base32(byte[] bytes) {
        var text = new StringBuilder();
        int held = 0;
        int bits = 0;
        for (byte next : bytes) {
            held = held << 8 | next & 0xff;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(BASE_32.charAt(held >> bits & 31));
            }
            held &= (1 << bits) - 1;
        }
        if (bits > 0) {
            text.append(BASE_32.charAt(held << 5 - bits & 31));
        }
        return text.toString();
    }

    static byte[] hmac(String algorithm, byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has " + algorithm, e);
        }
    }
}
