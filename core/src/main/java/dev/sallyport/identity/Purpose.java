package dev.sallyport.identity;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a proof of a second factor is for: the SHA-256 of all that the call would do, in base 64 for URLs. Whoever computes
 * it names everything that matters, so that a proof for one thing is worth nothing for another.
 */
public record Purpose(String hash) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

    public Purpose {
        if (!FORM.matcher(hash).matches()) {
            throw InputRefusal.INVALID_VALUE.because(
                    "for: " + Text.quoted(hash) + " (expected: what step_up_for said, 43 characters)");
        }
    }

    /** Each part with its length before it, so that no two lists of parts come to the same. */
    public static Purpose of(List<?> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Object part : parts) {
                byte[] bytes = String.valueOf(part).getBytes(StandardCharsets.UTF_8);
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                digest.update(bytes);
            }
            return new Purpose(Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
