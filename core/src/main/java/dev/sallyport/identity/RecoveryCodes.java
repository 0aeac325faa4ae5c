package dev.sallyport.identity;

import dev.sallyport.base.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Codes on paper for who has lost the authenticator: 60 random bits each, so that nobody guesses one at the door, and
 * kept as HMAC-SHA-256 under a key that the database does not know, so that nobody tries them out on a copy of it.
 */
final class RecoveryCodes {
    static final int COUNT = 10;
    static final int KEY_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int CHARACTERS = 12;
    private static final int CHARACTERS_LONGER = 16;
    private static final int GROUP = 4;

    /** Crockford's: without letters that are taken for digits. */
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

    private RecoveryCodes() {}

    /** New codes, such as {@code 4f7k-29xm-hq0d}. */
    static List<Secret> make() {
        return IntStream.range(0, COUNT).mapToObj(_ -> one(CHARACTERS)).toList();
    }

    /** A code of 80 bits, for which a plain hash is enough to keep. */
    static Secret longer() {
        return one(CHARACTERS_LONGER);
    }

    private static Secret one(int characters) {
        var code = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            if (i > 0 && i % GROUP == 0) {
                code.append('-');
            }
            code.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return Secret.of(code.toString());
    }

    /** What is kept of a code. */
    static byte[] hash(byte[] key, Secret code) {
        return Totp.hmac("HmacSHA256", key, plain(code).getBytes(StandardCharsets.UTF_8));
    }

    /** As it was made, however it was typed; letters that look like digits are read as those. */
    static String plain(Secret code) {
        return code.reveal()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\s-]", "")
                .replace('o', '0')
                .replace('i', '1')
                .replace('l', '1');
    }
}
