package dev.sallyport.formats.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sallyport.formats.json.CanonicalJson;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What stands in clear at the start of a recording.
 *
 * @param session the session's id
 * @param started when the session began, which is time 0 of its events; in milliseconds
 * @param metadata canonical JSON: who, target, login, grant, request, mode …
 * @param sealed the session's secret
 */
public record RecordingHeader(String session, Instant started, String metadata, RecordingKey.Sealed sealed) {
    static final byte[] MAGIC = "SALLYREC".getBytes(US_ASCII);
    static final int VERSION = 1;
    static final int MAX_METADATA = 64 * 1024;
    static final int SEALED_SIZE = SessionKey.SIZE + SessionKey.TAG;

    private static final Pattern SESSION = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    public RecordingHeader {
        if (!SESSION.matcher(session).matches()) {
            throw new IllegalArgumentException("session: " + session + " (expected: " + SESSION + ")");
        }
        if (metadata.getBytes(UTF_8).length > MAX_METADATA) {
            throw new IllegalArgumentException("metadata: larger than " + MAX_METADATA + " bytes");
        }
    }

    static RecordingHeader seal(
            String session, Instant started, Map<String, ?> metadata, RecordingKey key, byte[] secret) {
        String text = new String(CanonicalJson.bytes(metadata), UTF_8);
        var none = new RecordingKey.Sealed(key.id(), new byte[0], new byte[0]);
        byte[] bound = new RecordingHeader(session, started, text, none).bound();
        return new RecordingHeader(session, started, text, key.seal(secret, bound));
    }

    /** Everything before the sealed secret, which is bound to it. */
    byte[] bound() {
        return new Packer()
                .raw(MAGIC)
                .octet(VERSION)
                .text(session)
                .varint(started.toEpochMilli())
                .text(metadata)
                .text(sealed.keyId())
                .toBytes();
    }

    byte[] toBytes() {
        return new Packer()
                .raw(bound())
                .raw(sealed.encapsulated())
                .raw(sealed.ciphertext())
                .toBytes();
    }

    static RecordingHeader read(Bounded in) {
        if (!Arrays.equals(in.raw("magic", MAGIC.length), MAGIC)) {
            throw in.refuse("not a recording (expected: the magic SALLYREC)");
        }
        int version = in.octet("version");
        if (version != VERSION) {
            throw RecordingRefusal.OTHER_VERSION.because(
                    "a recording of version " + version + " (expected: " + VERSION + ")");
        }
        String session = in.text("session", 64);
        long started = in.varint("start", 1L << 48);
        String metadata = in.text("metadata", MAX_METADATA);
        String keyId = in.text("key id", 64);
        if (!SESSION.matcher(session).matches()
                || !RecordingKey.ID.matcher(keyId).matches()) {
            throw in.refuse("session or key id: not a name");
        }
        var sealed = new RecordingKey.Sealed(
                keyId, in.raw("encapsulated key", RecordingKey.PUBLIC_SIZE), in.raw("sealed secret", SEALED_SIZE));
        return new RecordingHeader(session, Instant.ofEpochMilli(started), metadata, sealed);
    }
}
