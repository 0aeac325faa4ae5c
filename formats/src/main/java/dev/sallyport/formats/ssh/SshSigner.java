package dev.sallyport.formats.ssh;

/** Signs as SSH does; the private key may be here, in an HSM or in a key service. Safe for use by many threads. */
public interface SshSigner {
    SshPublicKey publicKey();

    /** The signature blob over the data: a string with the algorithm, a string with the signature (RFC 4253, 6.6). */
    byte[] sign(byte[] data);
}
