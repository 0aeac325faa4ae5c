package dev.sallyport.formats.recording;

import java.util.HexFormat;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;

/**
 * The public half of a recording key: whoever has it can seal a recording, not open one. Sealing is HPKE (RFC 9180) in
 * base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM.
 *
 * @param id names the key in recordings, so that keys can rotate
 * @param publicKeyHex the 32 bytes of the X25519 public key
 */
public record RecordingKey(String id, String publicKeyHex) {
    static final Pattern ID = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    static final int PUBLIC_SIZE = 32;
    static final byte[] INFO = "sallyport recording 1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    public RecordingKey {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("recording key: " + id + " (expected: " + ID + ")");
        }
        if (!publicKeyHex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "recording key " + id + ": " + publicKeyHex + " (expected: 64 hexadecimal digits in lower case)");
        }
    }

    static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }

    Sealed seal(byte[] secret, byte[] associated) {
        try {
            var suite = suite();
            byte[][] parts = suite.seal(
                    suite.deserializePublicKey(HexFormat.of().parseHex(publicKeyHex)),
                    INFO,
                    associated,
                    secret,
                    null,
                    null,
                    null);
            return new Sealed(id, parts[1], parts[0]);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A session's secret as it stands in a recording.
     *
     * @param keyId which recording key opens it
     * @param encapsulated HPKE's {@code enc}
     * @param ciphertext HPKE's {@code ct}
     */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    public record Sealed(String keyId, byte[] encapsulated, byte[] ciphertext) {}
}
