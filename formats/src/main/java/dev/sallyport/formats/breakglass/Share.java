package dev.sallyport.formats.breakglass;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** One share in clear. Prints no secret; {@link #close} overwrites it. */
public final class Share implements AutoCloseable {
    static final int VERSION = 1;
    static final int LENGTH = 1 + Kit.TAG + 1 + 1 + KitKey.SEED;

    private static final byte[] DOMAIN = "sallyport-breakglass-share\0".getBytes(US_ASCII);

    private final byte[] kitTag;
    private final int threshold;
    private final int number;
    private final byte[] value;

    Share(byte[] kitTag, int threshold, int number, byte[] value) {
        this.kitTag = kitTag.clone();
        this.threshold = threshold;
        this.number = number;
        this.value = value;
    }

    static Share ofBytes(byte[] bytes) {
        if (bytes.length > 0 && (bytes[0] & 0xff) > VERSION) {
            throw KitRefusal.NEWER_VERSION.because(
                    "share of version " + (bytes[0] & 0xff) + " (expected: " + VERSION + ")", "use a newer sallyport");
        }
        if (bytes.length != LENGTH || bytes[0] != VERSION) {
            throw KitRefusal.MALFORMED_SHARE.because(
                    "share: " + bytes.length + " bytes (expected: " + LENGTH + ", of version " + VERSION + ")");
        }
        var in = ByteBuffer.wrap(bytes, 1, LENGTH - 1);
        var tag = new byte[Kit.TAG];
        in.get(tag);
        int threshold = in.get() & 0xff;
        int number = in.get() & 0xff;
        if (number == 0 || threshold < Kit.THRESHOLD_MIN) {
            throw KitRefusal.MALFORMED_SHARE.because("share " + number + ", any " + threshold
                    + " open the kit (expected: a number from 1 and at least " + Kit.THRESHOLD_MIN + ")");
        }
        var value = new byte[KitKey.SEED];
        in.get(value);
        return new Share(tag, threshold, number, value);
    }

    byte[] bytes() {
        return ByteBuffer.allocate(LENGTH)
                .put((byte) VERSION)
                .put(kitTag)
                .put((byte) threshold)
                .put((byte) number)
                .put(value)
                .array();
    }

    byte[] kitTag() {
        return kitTag;
    }

    int threshold() {
        return threshold;
    }

    public int number() {
        return number;
    }

    byte[] value() {
        return value;
    }

    /** Tells this share from every other one, and tells nobody what it is: 256 random bits are in it. */
    String digest() {
        byte[] bytes = bytes();
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(DOMAIN);
            return Kit.hex(sha256.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public void close() {
        Arrays.fill(value, (byte) 0);
    }

    @Override
    public String toString() {
        return "Share[" + number + "]";
    }
}
