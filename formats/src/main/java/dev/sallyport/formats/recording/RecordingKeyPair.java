package dev.sallyport.formats.recording;

import static dev.sallyport.formats.recording.RecordingRefusal.NOT_OPENED;

import dev.sallyport.base.Secret;
import java.util.HexFormat;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;

/** Both halves of a recording key. */
public final class RecordingKeyPair implements RecordingKeys {
    private final RecordingKey publicKey;
    private final AsymmetricCipherKeyPair pair;

    private RecordingKeyPair(String id, AsymmetricCipherKeyPair pair) {
        this.pair = pair;
        this.publicKey = new RecordingKey(
                id, HexFormat.of().formatHex(RecordingKey.suite().serializePublicKey(pair.getPublic())));
    }

    public static RecordingKeyPair generate(String id) {
        return new RecordingKeyPair(id, RecordingKey.suite().generatePrivateKey());
    }

    /** From its 32 private bytes in hexadecimal and the public half. */
    public static RecordingKeyPair of(RecordingKey publicKey, Secret privateHex) {
        var hex = HexFormat.of();
        var pair = new RecordingKeyPair(
                publicKey.id(),
                RecordingKey.suite()
                        .deserializePrivateKey(
                                hex.parseHex(privateHex.reveal()), hex.parseHex(publicKey.publicKeyHex())));
        if (!pair.publicKey.equals(publicKey)) {
            throw new IllegalArgumentException(
                    "recording key " + publicKey.id() + ": its halves do not belong together");
        }
        return pair;
    }

    public RecordingKey publicKey() {
        return publicKey;
    }

    public Secret privateHex() {
        return Secret.of(HexFormat.of().formatHex(RecordingKey.suite().serializePrivateKey(pair.getPrivate())));
    }

    @Override
    public byte[] open(RecordingKey.Sealed sealed, byte[] associated) {
        if (!sealed.keyId().equals(publicKey.id())) {
            throw NOT_OPENED.because(
                    "the recording is sealed to the key " + sealed.keyId() + " (expected: " + publicKey.id() + ")");
        }
        try {
            return RecordingKey.suite()
                    .open(
                            sealed.encapsulated(),
                            pair,
                            RecordingKey.INFO,
                            associated,
                            sealed.ciphertext(),
                            null,
                            null,
                            null);
        } catch (InvalidCipherTextException | IllegalArgumentException | IllegalStateException _) {
            throw NOT_OPENED.because("the key " + publicKey.id() + " does not open this recording");
        }
    }
}
