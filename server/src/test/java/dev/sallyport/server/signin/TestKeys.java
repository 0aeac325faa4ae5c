package dev.sallyport.server.signin;

import com.nimbusds.jose.jwk.ECKey;

/** Reaches the signing key, for tokens that only we could have made. */
public final class TestKeys {
    private TestKeys() {}

    public static ECKey active(TokenKeys keys) {
        return keys.active();
    }
}
