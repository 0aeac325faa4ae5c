package dev.sallyport.formats.recording;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** The hash chain over a recording's bytes: each value is SHA-256 of the one before and the record that follows it. */
final class Chain {
    static final int SIZE = 32;

    private Chain() {}

    static byte[] start(byte[] header) {
        return next("sallyport recording 1".getBytes(java.nio.charset.StandardCharsets.US_ASCII), header, new byte[0]);
    }

    /** Of a record that is in the first so many bytes. */
    static byte[] next(byte[] before, byte[] record, int length) {
        var digest = sha256();
        digest.update(before);
        digest.update(record, 0, length);
        return digest.digest();
    }

    static byte[] next(byte[] before, byte[] header, byte[] body) {
        var digest = sha256();
        digest.update(before);
        digest.update(header);
        digest.update(body);
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
