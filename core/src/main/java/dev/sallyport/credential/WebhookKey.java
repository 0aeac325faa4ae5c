package dev.sallyport.credential;

import dev.sallyport.base.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key that signs what goes over webhooks: HMAC-SHA-256, with key and signatures as Standard Webhooks writes them. */
public final class WebhookKey {
    private static final String PREFIX = "whsec_";
    private static final String VERSION = "v1,";
    private static final int MIN = 24;
    private static final int MAX = 64;

    /** The most signatures that are looked at; while a key is changed there are two. */
    private static final int SIGNATURES_MAX = 5;

    /** What is expected of a secret that is to be one. */
    public static final String EXPECTED = PREFIX + " and " + MIN + " to " + MAX + " bytes in base 64";

    /** How to make one. */
    public static final String HINT = "echo \"" + PREFIX + "$(openssl rand -base64 32)\" makes one";

    private final byte[] key;

    private WebhookKey(byte[] key) {
        this.key = key;
    }

    /** Nothing when the secret is no such key. */
    public static Optional<WebhookKey> of(Secret secret) {
        if (!secret.reveal().startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            byte[] key = Base64.getDecoder().decode(secret.reveal().substring(PREFIX.length()));
            return key.length >= MIN && key.length <= MAX ? Optional.of(new WebhookKey(key)) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Over the context, a dot, and the body: {@code v1,…}. */
    public String sign(String context, byte[] body) {
        return VERSION + Base64.getEncoder().encodeToString(mac(context, body));
    }

    /** Whether one of the signatures, with spaces between them, is over just this; how long it takes tells nothing. */
    public boolean verifies(String signatures, String context, byte[] body) {
        byte[] expected = sign(context, body).getBytes(StandardCharsets.US_ASCII);
        return Arrays.stream(signatures.split(" ", SIGNATURES_MAX + 1))
                .limit(SIGNATURES_MAX)
                .anyMatch(given -> MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8)));
    }

    private byte[] mac(String context, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((context + ".").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
