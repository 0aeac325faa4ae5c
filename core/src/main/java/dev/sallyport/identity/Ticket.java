package dev.sallyport.identity;

import dev.sallyport.base.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** Random values that let their holder do one thing once; the database knows their hash alone. */
public final class Ticket {
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ticket() {}

    /** 256 random bits, in characters that may stand in URLs and headers. */
    public static Secret next() {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    public static byte[] hash(Secret ticket) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(ticket.reveal().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
