package dev.sallyport.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** As much CBOR (RFC 8949) as an authenticator writes. */
final class Cbor {
    private static final int TEXT = 3;
    private static final int BYTES = 2;
    private static final int MAP = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Cbor map(int entries) {
        return head(MAP, entries);
    }

    Cbor number(long value) {
        return value < 0 ? head(1, -1 - value) : head(0, value);
    }

    Cbor text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        head(TEXT, bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    Cbor bytes(byte[] value) {
        head(BYTES, value.length);
        out.writeBytes(value);
        return this;
    }

    private Cbor head(int major, long value) {
        int type = major << 5;
        if (value < 24) {
            out.write(type | (int) value);
        } else if (value < 256) {
            out.write(type | 24);
            out.write((int) value);
        } else {
            out.write(type | 25);
            out.writeBytes(ByteBuffer.allocate(2).putShort((short) value).array());
        }
        return this;
    }

    byte[] done() {
        return out.toByteArray();
    }
}
