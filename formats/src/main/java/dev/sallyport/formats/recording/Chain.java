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

    static byte[] next(byte[] before, byte[] header, byte[] body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(before);
            digest.update(header);
            digest.update(body);
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
