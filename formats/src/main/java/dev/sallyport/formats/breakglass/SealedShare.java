package dev.sallyport.formats.breakglass;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.base.Secret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A share under a passphrase: AES-256-GCM by a key that Argon2id derives. Whose it is stands in clear and is
 * authenticated, so that a wrong passphrase can be told with the number of the share.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record SealedShare(byte[] kitTag, int number, int memoryKib, int passes, int lanes, byte[] body) {
    /** Characters that a passphrase must have. */
    public static final int PASSPHRASE_MIN = 12;

    static final int VERSION = 1;

    /** RFC 9106, section 4, second recommendation. */
    private static final int MEMORY_KIB = 64 * 1024;

    private static final int PASSES = 3;
    private static final int LANES = 4;

    /** A file cannot make us use more than a gibibyte. */
    private static final int MEMORY_KIB_MAX = 1024 * 1024;

    private static final int PASSES_MAX = 16;
    private static final int LANES_MAX = 16;
    private static final int SALT = 16;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final int HEAD = 1 + Kit.TAG + 1 + 4 + 1 + 1;
    private static final int BODY = SALT + NONCE + Share.LENGTH + TAG_BITS / 8;

    /** @throws dev.sallyport.base.Refusal {@code breakglass.weak-passphrase} */
    public static SealedShare seal(Share share, Secret passphrase, SecureRandom random) {
        int length = passphrase.reveal().codePointCount(0, passphrase.reveal().length());
        if (length < PASSPHRASE_MIN) {
            throw KitRefusal.WEAK_PASSPHRASE.because("passphrase for share " + share.number() + ": " + length
                    + " characters (expected: at least " + PASSPHRASE_MIN + ")");
        }
        var salted = new byte[SALT + NONCE];
        random.nextBytes(salted);
        var head = new SealedShare(share.kitTag(), share.number(), MEMORY_KIB, PASSES, LANES, salted);
        byte[] plain = share.bytes();
        try {
            byte[] sealed = head.cipher(Cipher.ENCRYPT_MODE, passphrase).doFinal(plain);
            byte[] body = ByteBuffer.allocate(BODY).put(salted).put(sealed).array();
            return new SealedShare(head.kitTag(), head.number(), MEMORY_KIB, PASSES, LANES, body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** @throws dev.sallyport.base.Refusal {@code breakglass.wrong-passphrase} */
    public Share open(Secret passphrase) {
        byte[] plain = {};
        try {
            plain = cipher(Cipher.DECRYPT_MODE, passphrase).doFinal(body, SALT + NONCE, body.length - SALT - NONCE);
            return Share.ofBytes(plain);
        } catch (AEADBadTagException _) {
            throw KitRefusal.WRONG_PASSPHRASE.because(
                    "the passphrase does not open share " + number + ", or the share was changed");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    static SealedShare ofBytes(byte[] bytes) {
        if (bytes.length > 0 && (bytes[0] & 0xff) > VERSION) {
            throw KitRefusal.NEWER_VERSION.because(
                    "sealed share of version " + (bytes[0] & 0xff) + " (expected: " + VERSION + ")",
                    "use a newer sallyport");
        }
        if (bytes.length != HEAD + BODY || bytes[0] != VERSION) {
            throw KitRefusal.MALFORMED_SHARE.because(
                    "sealed share: " + bytes.length + " bytes (expected: " + (HEAD + BODY) + ")");
        }
        var in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        var tag = new byte[Kit.TAG];
        in.get(tag);
        int number = in.get() & 0xff;
        int memory = in.getInt();
        int passes = in.get() & 0xff;
        int lanes = in.get() & 0xff;
        if (number == 0
                || passes < 1
                || passes > PASSES_MAX
                || lanes < 1
                || lanes > LANES_MAX
                || memory < 8 * lanes
                || memory > MEMORY_KIB_MAX) {
            throw KitRefusal.MALFORMED_SHARE.because("sealed share " + number + ": Argon2id with " + memory + " KiB, "
                    + passes + " passes, " + lanes + " lanes (expected: at most " + MEMORY_KIB_MAX + ", " + PASSES_MAX
                    + ", " + LANES_MAX + ")");
        }
        return new SealedShare(tag, number, memory, passes, lanes, Arrays.copyOfRange(bytes, HEAD, bytes.length));
    }

    byte[] bytes() {
        return ByteBuffer.allocate(HEAD + body.length).put(head()).put(body).array();
    }

    private byte[] head() {
        return ByteBuffer.allocate(HEAD)
                .put((byte) VERSION)
                .put(kitTag)
                .put((byte) number)
                .putInt(memoryKib)
                .put((byte) passes)
                .put((byte) lanes)
                .array();
    }

    private Cipher cipher(int mode, Secret passphrase) throws GeneralSecurityException {
        byte[] words =
                Normalizer.normalize(passphrase.reveal(), Normalizer.Form.NFC).getBytes(UTF_8);
        var key = new byte[32];
        try {
            var argon2 = new Argon2BytesGenerator();
            argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withMemoryAsKB(memoryKib)
                    .withIterations(passes)
                    .withParallelism(lanes)
                    .withSalt(Arrays.copyOf(body, SALT))
                    .build());
            argon2.generateBytes(words, key);
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    mode,
                    new SecretKeySpec(key, "AES"),
                    new GCMParameterSpec(TAG_BITS, Arrays.copyOfRange(body, SALT, SALT + NONCE)));
            cipher.updateAAD(head());
            return cipher;
        } finally {
            Arrays.fill(words, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "SealedShare[" + number + "]";
    }
}
