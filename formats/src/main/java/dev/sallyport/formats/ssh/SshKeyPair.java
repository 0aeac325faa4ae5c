package dev.sallyport.formats.ssh;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import java.security.PrivateKey;
import java.security.Provider;
import org.jspecify.annotations.Nullable;

/** A private key and its public half. Prints only the public half. */
public record SshKeyPair(SshPublicKey publicKey, PrivateKey privateKey) {
    /**
     * A signer for this pair.
     *
     * @throws Refusal {@code ssh.malformed-private-key} if the halves do not belong together
     */
    public SshSigner signer(@Nullable Provider provider) {
        return SshKeys.signer(privateKey, publicKey, provider);
    }

    /** The private half as PKCS#8, to be stored encrypted. */
    public byte[] pkcs8() {
        byte[] encoded = privateKey.getEncoded();
        if (encoded == null) {
            throw new IllegalStateException("the private key of " + publicKey + " does not leave its provider");
        }
        return encoded;
    }

    /** The text of an unencrypted private-key file as {@code ssh} and {@code sshd} read it (Ed25519 and P-256). */
    public Secret openSshText() {
        return PrivateKeyFile.write(this);
    }

    /**
     * Reads an unencrypted private-key file of OpenSSH (Ed25519 and P-256).
     *
     * @throws Refusal {@code ssh.malformed-private-key}, {@code ssh.unsupported-key}
     */
    public static SshKeyPair ofOpenSshText(Secret text) {
        return PrivateKeyFile.read(text);
    }

    @Override
    public String toString() {
        return "SshKeyPair[" + publicKey + "]";
    }
}
