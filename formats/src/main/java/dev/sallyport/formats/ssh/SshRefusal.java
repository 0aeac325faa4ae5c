package dev.sallyport.formats.ssh;

import dev.sallyport.base.Refusal;

/** Why bytes from outside were not taken for what they claim to be, or why something may not be signed. */
public enum SshRefusal implements Refusal.Code {
    MALFORMED_KEY("ssh.malformed-key"),
    UNSUPPORTED_KEY("ssh.unsupported-key"),
    WEAK_KEY("ssh.weak-key"),
    MALFORMED_PRIVATE_KEY("ssh.malformed-private-key"),
    MALFORMED_CERTIFICATE("ssh.malformed-certificate"),
    INVALID_CERTIFICATE("ssh.invalid-certificate"),
    CERTIFICATE_FOR_ANYONE("ssh.certificate-for-anyone"),
    MALFORMED_KRL("ssh.malformed-krl"),
    INVALID_KRL("ssh.invalid-krl"),
    MALFORMED_SIGNATURE("ssh.malformed-signature"),
    BAD_SIGNATURE("ssh.bad-signature");

    private final String code;

    SshRefusal(String code) {
        this.code = code;
    }

    @Override
    public Refusal.Kind kind() {
        return Refusal.Kind.INVALID;
    }

    @Override
    public String code() {
        return code;
    }
}
