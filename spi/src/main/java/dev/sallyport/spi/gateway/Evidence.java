package dev.sallyport.spi.gateway;

import dev.sallyport.base.Bytes;
import java.util.Optional;

/**
 * What a gateway knows of who is at the other end. At least one of the two is there; with neither, the answer can only be
 * a link to sign in by.
 *
 * @param handshake a key that was proved in this SSH handshake; a certificate of the access authority, or a plain key
 * @param link the code that the person typed back after signing in by a link
 */
public record Evidence(Optional<Handshake> handshake, Optional<LinkAnswer> link) {
    public static final Evidence NONE = new Evidence(Optional.empty(), Optional.empty());

    /**
     * The signature of an SSH public-key authentication (RFC 4252, 7), which the control plane checks again: it is made
     * over the session identifier, the user name, the service, and the key, so it counts for this connection alone.
     *
     * @param sessionId the exchange hash of the first key exchange (RFC 4253, 7.2)
     * @param user the user name as sent, with target and login in it
     * @param algorithm the signature algorithm as sent
     * @param key the key blob as sent: a public key or a certificate
     * @param signature the signature blob as sent
     */
    public record Handshake(Bytes sessionId, String user, String algorithm, Bytes key, Bytes signature) {}

    /** The link that an answer named, and the code that the page showed. */
    public record LinkAnswer(String link, String code) {}
}
