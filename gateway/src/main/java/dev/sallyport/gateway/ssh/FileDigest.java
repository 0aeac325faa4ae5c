package dev.sallyport.gateway.ssh;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Counts a file's bytes and hashes them, as long as they come in order from the first. */
final class FileDigest {
    private final MessageDigest digest;
    private long bytes;
    private boolean whole = true;

    FileDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void add(long offset, byte[] data, int from, int length) {
        if (offset == bytes && whole) {
            digest.update(data, from, length);
        } else {
            whole = false;
        }
        bytes += length;
    }

    void add(byte[] data, int from, int length) {
        add(bytes, data, from, length);
    }

    long bytes() {
        return bytes;
    }

    void broken() {
        whole = false;
    }

    /** The hash, or nothing where something is missing. */
    @Nullable
    String hash() {
        return whole ? HexFormat.of().formatHex(digest.digest()) : null;
    }
}
