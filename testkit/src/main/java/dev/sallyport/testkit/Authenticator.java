package dev.sallyport.testkit;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An authenticator app of its own: takes an {@code otpauth} address over and shows codes (RFC 4226, RFC 6238). */
public final class Authenticator {
    private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final Pattern SECRET = Pattern.compile("^otpauth://totp/.*[?&]secret=([A-Z2-7]{32})(&.*)?$");
    private static final int BYTES = 20;

    private final byte[] secret;

    public Authenticator(String uri) {
        var found = SECRET.matcher(uri);
        if (!found.matches()) {
            throw new IllegalArgumentException("no otpauth address: " + uri);
        }
        BigInteger number = BigInteger.ZERO;
        for (char next : found.group(1).toCharArray()) {
            number = number.shiftLeft(5).or(BigInteger.valueOf(BASE_32.indexOf(next)));
        }
        var bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = number.shiftRight(8 * (BYTES - 1 - i)).byteValue();
        }
        this.secret = bytes;
    }

    /** What it shows at this time. */
    public String code(Instant at) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            BigInteger step = BigInteger.valueOf(at.getEpochSecond() / 30);
            var counter = new byte[8];
            for (int i = 0; i < 8; i++) {
                counter[i] = step.shiftRight(8 * (7 - i)).byteValue();
            }
            byte[] hash = mac.doFinal(counter);
            int from = hash[19] & 15;
            int number = (hash[from] & 127) << 24
                    | (hash[from + 1] & 255) << 16
                    | (hash[from + 2] & 255) << 8
                    | hash[from + 3] & 255;
            return String.format(java.util.Locale.ROOT, "%06d", number % 1_000_000);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The secret, to look for where it must not be. */
    public byte[] secret() {
        return secret.clone();
    }
}
