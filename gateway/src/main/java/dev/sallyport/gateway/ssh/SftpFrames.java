package dev.sallyport.gateway.ssh;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/** Cuts a stream into SFTP packets, each a length and so many bytes. */
final class SftpFrames {
    /** OpenSSH's own limit. */
    static final int MAX = 256 * 1024;

    private byte[] buffer = new byte[1024];
    private int filled;

    /** A packet that holds less than it says. */
    static final class Malformed extends RuntimeException {
        Malformed() {
            super("malformed", null, false, false);
        }
    }

    /** Hands out each packet that is complete; false if this is no SFTP. */
    boolean add(byte[] bytes, int offset, int length, Consumer<ByteBuffer> reader) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int wanted = filled < 4 ? 4 : 4 + size();
            int take = Math.min(wanted - filled, end - at);
            if (filled + take > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.max(filled + take, Math.min(2 * buffer.length, MAX + 4)));
            }
            System.arraycopy(bytes, at, buffer, filled, take);
            filled += take;
            at += take;
            if (filled == 4 && (size() < 1 || size() > MAX)) {
                return false;
            }
            if (filled > 4 && filled == 4 + size()) {
                filled = 0;
                if (!read(reader)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean read(Consumer<ByteBuffer> reader) {
        try {
            reader.accept(ByteBuffer.wrap(buffer, 4, size()));
            return true;
        } catch (BufferUnderflowException | Malformed _) {
            return false;
        }
    }

    private int size() {
        return (buffer[0] & 0xff) << 24 | (buffer[1] & 0xff) << 16 | (buffer[2] & 0xff) << 8 | buffer[3] & 0xff;
    }
}
