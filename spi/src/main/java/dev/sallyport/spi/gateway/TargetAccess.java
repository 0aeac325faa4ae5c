package dev.sallyport.spi.gateway;

import java.util.List;

/**
 * How the gateway reaches the target and knows it again.
 *
 * @param knownHosts lines in the format of known_hosts under the target's name: a pinned key, or authorities that sign
 *     host keys; never empty, because a target that is not known is not trusted
 * @param oldAlgorithms whether algorithms that are off by default may be used with this target
 */
public record TargetAccess(
        String host, int port, List<String> knownHosts, boolean oldAlgorithms, Credential credential) {
    public TargetAccess {
        knownHosts = List.copyOf(knownHosts);
    }

    /** What the gateway shows to the target. */
    public enum Credential {
        /** A fresh key and a certificate for it ({@code certify}). */
        CERTIFICATE,
        /** A stored password ({@code secret}). */
        PASSWORD,
        /** A stored private key in OpenSSH's format ({@code secret}). */
        KEY
    }
}
