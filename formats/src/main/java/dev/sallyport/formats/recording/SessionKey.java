package dev.sallyport.formats.recording;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of one recording, which moves on with every chunk so that what is known now opens nothing sealed before:
 * keys for a chunk, for its journal and for commitments come from it by HKDF-Expand (RFC 5869), and so does the next.
 */
final class SessionKey {
    static final int SIZE = 32;
    static final int TAG = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] secret;

    SessionKey(byte[] secret) {
        this.secret = secret.clone();
    }

    static byte[] random() {
        var secret = new byte[SIZE];
        RANDOM.nextBytes(secret);
        return secret;
    }

    /** The secret for the next chunk; this one is forgotten and must not be used again. */
    SessionKey next() {
        var next = new SessionKey(expand("next"));
        Arrays.fill(secret, (byte) 0);
        return next;
    }

    /** The secret so many chunks on; this one stays. */
    SessionKey after(long chunks) {
        var key = new SessionKey(secret);
        for (long i = 0; i < chunks; i++) {
            key = key.next();
        }
        return key;
    }

    Gcm chunk() {
        return new Gcm(expand("chunk"));
    }

    Gcm journal() {
        return new Gcm(expand("journal"));
    }

    byte[] commitment(byte[] events) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(expand("commit"), "HmacSHA256"));
            return mac.doFinal(events);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] expand(String purpose) {
        try {
            byte[] info = ("sallyport recording 1 " + purpose).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(secret, "Generic"), info, SIZE));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** AES-256-GCM under one key; every nonce is used once. */
    static final class Gcm {
        private final SecretKeySpec key;

        private Gcm(byte[] key) {
            this.key = new SecretKeySpec(key, "AES");
        }

        /** Writes the sealed bytes, {@link #TAG} more than there are, behind others. */
        void seal(long high, int low, byte[] before, byte[] header, Packer plain, byte[] into, int at) {
            try {
                int _ = cipher(Cipher.ENCRYPT_MODE, high, low, before, header)
                        .doFinal(plain.array(), 0, plain.length(), into, at);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        byte[] open(long high, int low, byte[] before, byte[] header, byte[] sealed) throws AEADBadTagException {
            try {
                return cipher(Cipher.DECRYPT_MODE, high, low, before, header).doFinal(sealed);
            } catch (AEADBadTagException e) {
                throw e;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private Cipher cipher(int mode, long high, int low, byte[] before, byte[] header)
                throws GeneralSecurityException {
            byte[] nonce = ByteBuffer.allocate(12).putLong(high).putInt(low).array();
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG * 8, nonce));
            cipher.updateAAD(before);
            cipher.updateAAD(header);
            return cipher;
        }
    }
}
