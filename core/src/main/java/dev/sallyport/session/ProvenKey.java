package dev.sallyport.session;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.ssh.SshCertificate;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A key whose holder signed an SSH handshake (RFC 4252, 7): checked here again, because a gateway is believed nothing. The
 * signature covers the session identifier and the user name, so it counts for one connection and one destination.
 *
 * @param certificate where a certificate was shown; signed by the authority that it names, whoever that is
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record ProvenKey(SshPublicKey key, Optional<SshCertificate> certificate, byte[] hash) {
    private static final byte USERAUTH_REQUEST = 50;
    private static final int SESSION_ID_MAX = 128;
    private static final int USER_MAX = 256;

    /** @throws Refusal {@code gateway.bad-evidence} when the signature does not hold, or is for another destination */
    static ProvenKey of(Evidence.Handshake handshake, Destination destination) {
        if (handshake.sessionId().size() < 16
                || handshake.sessionId().size() > SESSION_ID_MAX
                || handshake.user().length() > USER_MAX) {
            throw bad("the session identifier or the user name has an impossible length");
        }
        String wanted = destination.target();
        boolean same = destination
                .login()
                .map(login -> handshake.user().equals(login + "@" + wanted)
                        || handshake.user().equals(login + "%" + wanted))
                .orElse(handshake.user().equals(wanted));
        if (!same) {
            throw bad("the user name that was signed names another destination");
        }
        byte[] blob = handshake.key().toArray();
        try {
            Optional<SshCertificate> certificate =
                    isCertificate(blob) ? Optional.of(SshCertificate.ofBlob(blob)) : Optional.empty();
            SshPublicKey key = certificate.map(SshCertificate::publicKey).orElseGet(() -> SshPublicKey.ofBlob(blob));
            if (!key.verifies(signed(handshake), handshake.signature().toArray())) {
                throw bad("the signature is not one of the key over this handshake");
            }
            return new ProvenKey(
                    key, certificate, Digests.of(handshake.sessionId().toArray(), key.blob()));
        } catch (Refusal refusal) {
            throw bad(refusal.sentence());
        }
    }

    private static byte[] signed(Evidence.Handshake handshake) {
        var out = new ByteArrayOutputStream();
        string(out, handshake.sessionId().toArray());
        out.write(USERAUTH_REQUEST);
        string(out, handshake.user());
        string(out, "ssh-connection");
        string(out, "publickey");
        out.write(1);
        string(out, handshake.algorithm());
        string(out, handshake.key().toArray());
        return out.toByteArray();
    }

    private static boolean isCertificate(byte[] blob) {
        if (blob.length < 8) {
            return false;
        }
        int length = ByteBuffer.wrap(blob).getInt();
        return length > 0
                && length <= 64
                && length <= blob.length - 4
                && new String(blob, 4, length, StandardCharsets.ISO_8859_1).endsWith("-cert-v01@openssh.com");
    }

    private static void string(ByteArrayOutputStream out, String text) {
        string(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void string(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static Refusal bad(String why) {
        return SessionRefusal.BAD_EVIDENCE.because("evidence: " + why);
    }
}
