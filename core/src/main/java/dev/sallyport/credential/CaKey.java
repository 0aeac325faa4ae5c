package dev.sallyport.credential;

import dev.sallyport.formats.ssh.SshPublicKey;

/** The public side of a signing key. */
public record CaKey(String id, CaPurpose purpose, State state, SshPublicKey publicKey) {
    /** Next keys are published before they sign; retired ones stay trusted until what they signed has expired. */
    public enum State {
        NEXT,
        ACTIVE,
        RETIRED
    }
}
