package dev.sallyport.server;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/**
 * The calls of the API that spend the proof of possession (DPoP) in the transaction of what they do, and take an {@link
 * dev.sallyport.identity.UnspentProof} for that; each says why. For all others it is spent before they begin.
 */
final class LateProofs {
    /** Methods and paths, as they are written by who follows the documentation; another spelling spends at once. */
    static final Set<String> CALLS = Set.of(
            // thousands a second: a transaction of its own for each proof would be half of what a certificate costs
            "POST /api/v1/credentials/ssh");

    private LateProofs() {}

    static boolean include(HttpServletRequest request) {
        return CALLS.contains(request.getMethod() + " " + request.getRequestURI());
    }
}
