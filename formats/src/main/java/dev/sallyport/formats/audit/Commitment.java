package dev.sallyport.formats.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stands in the log for a personal field: HMAC-SHA-256 of the value under a salt of its own. Value and salt are kept
 * beside the log; once both are erased the commitment says nothing about the person, and every proof still holds.
 */
public final class Commitment {
    /** Bytes of a salt. */
    public static final int SALT_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    private Commitment() {}

    /** A new salt; each field of each event gets its own. */
    public static byte[] salt() {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return salt;
    }

    /** 43 characters of unpadded base64url. */
    public static String of(byte[] salt, String value) {
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("salt: " + salt.length + " bytes (expected: " + SALT_BYTES + ")");
        }
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt, "HmacSHA256"));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(value.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the commitment was made to this value under this salt, found out in constant time. */
    public static boolean verify(String commitment, byte[] salt, String value) {
        return salt.length == SALT_BYTES
                && MessageDigest.isEqual(
                        commitment.getBytes(US_ASCII), of(salt, value).getBytes(US_ASCII));
    }
}
