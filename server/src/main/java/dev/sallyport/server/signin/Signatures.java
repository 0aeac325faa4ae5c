package dev.sallyport.server.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import dev.sallyport.credential.SigningProvider;

/** Checks ES256 signatures by the fastest provider there is: each call of the API has two, once the costliest part of it. */
final class Signatures {
    private Signatures() {}

    static JWSVerifier verifier(ECKey key) throws JOSEException {
        var verifier = new ECDSAVerifier(key);
        verifier.getJCAContext().setProvider(SigningProvider.get());
        return verifier;
    }
}
