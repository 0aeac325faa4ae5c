package dev.sallyport.identity;

import dev.sallyport.base.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes and checks passwords with Argon2id (RFC 9106), stored as PHC strings. At most a few run at a time and at most
 * {@value #QUEUE} wait, so that a burst of sign-ins can take neither memory nor all processors.
 */
public final class Passwords {
    /** OWASP's choice for Argon2id: 19 MiB, two passes, one lane. */
    public static final int MEMORY_KIB = 19 * 1024;

    public static final int PASSES = 2;
    public static final int LANES = 1;
    public static final int MIN_CHARACTERS = 12;
    public static final int MAX_BYTES = 256;

    /** How many may wait for their turn. */
    public static final int QUEUE = 64;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final long WAIT_SECONDS = 5;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern PHC = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

    private final int memoryKib;
    private final Semaphore running =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()), true);
    private final AtomicInteger waiting = new AtomicInteger();
    private final String nobody;

    public Passwords() {
        this(MEMORY_KIB);
    }

    /** Less memory only where thousands are hashed for a test. */
    public Passwords(int memoryKib) {
        this.memoryKib = memoryKib;
        this.nobody = hash(Secret.of("nobody has this password"));
    }

    /**
     * Returns the password if it is long enough and not too long.
     *
     * @throws dev.sallyport.base.Refusal {@code password.invalid}, without repeating it
     */
    public static Secret check(Secret password) {
        String text = password.reveal();
        int characters = text.codePointCount(0, text.length());
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (characters < MIN_CHARACTERS || bytes > MAX_BYTES) {
            throw IdentityRefusal.PASSWORD_FORM.because(
                    "password: " + characters + " characters, " + bytes + " bytes (expected: at least " + MIN_CHARACTERS
                            + " characters and at most " + MAX_BYTES + " bytes)");
        }
        return password;
    }

    /** The PHC string of a new hash. */
    public String hash(Secret password) {
        var salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        byte[] hash = inTurn(() -> argon(password, salt, memoryKib, PASSES, LANES, HASH_BYTES));
        var base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(memoryKib, PASSES, LANES, base64.encodeToString(salt), base64.encodeToString(hash));
    }

    /** Whether the password fits; without a stored hash it works as long and says no. */
    public boolean verify(Secret password, Optional<String> stored) {
        boolean fits = matches(password, stored.orElse(nobody));
        return fits && stored.isPresent();
    }

    private boolean matches(Secret password, String phc) {
        if (password.reveal().length() > MAX_BYTES) {
            return false;
        }
        Matcher parts = PHC.matcher(phc);
        if (!parts.matches()) {
            throw new IllegalStateException("a stored password is not an Argon2id PHC string");
        }
        byte[] salt = Base64.getDecoder().decode(parts.group(4));
        byte[] expected = Base64.getDecoder().decode(parts.group(5));
        byte[] actual = inTurn(() -> argon(
                password,
                salt,
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                Integer.parseInt(parts.group(3)),
                expected.length));
        return MessageDigest.isEqual(expected, actual);
    }

    private byte[] inTurn(Supplier<byte[]> work) {
        if (waiting.incrementAndGet() > QUEUE) {
            waiting.decrementAndGet();
            throw busy();
        }
        boolean admitted = false;
        try {
            admitted = running.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.decrementAndGet();
        }
        if (!admitted) {
            throw busy();
        }
        try {
            return work.get();
        } finally {
            running.release();
        }
    }

    private static RuntimeException busy() {
        return IdentityRefusal.BUSY.because("too many are signing in right now", "try again in a few seconds");
    }

    private static byte[] argon(Secret password, byte[] salt, int memoryKib, int passes, int lanes, int length) {
        byte[] bytes = password.reveal().getBytes(StandardCharsets.UTF_8);
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withSalt(salt)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .build());
        var hash = new byte[length];
        generator.generateBytes(bytes, hash);
        Arrays.fill(bytes, (byte) 0);
        return hash;
    }
}
