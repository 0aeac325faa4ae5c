package dev.sallyport.server.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jwk.ECKey;
import java.util.LinkedHashMap;
import java.util.Map;

/** Verifiers of clients' keys by their thumbprints (RFC 7638): reading a key costs as much as checking a signature by it. */
final class Verifiers {
    static final int MAX = 20_000;

    private final Map<String, JWSVerifier> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, JWSVerifier> eldest) {
            return size() > MAX;
        }
    };

    /** The verifier of a key whose thumbprint was found to be this one. */
    JWSVerifier of(ECKey key, String thumbprint) throws JOSEException {
        synchronized (known) {
            JWSVerifier verifier = known.get(thumbprint);
            if (verifier != null) {
                return verifier;
            }
        }
        JWSVerifier verifier = Signatures.verifier(key);
        synchronized (known) {
            known.put(thumbprint, verifier);
        }
        return verifier;
    }
}
