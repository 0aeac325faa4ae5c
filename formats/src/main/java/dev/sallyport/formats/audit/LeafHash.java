package dev.sallyport.formats.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of a leaf of the audit log's Merkle tree: SHA-256 over a zero byte and the event's bytes (RFC 6962, 2.1). */
public final class LeafHash {
    private LeafHash() {}

    public static byte[] of(byte[] event) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((byte) 0);
            return sha256.digest(event);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
