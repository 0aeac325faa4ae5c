package dev.sallyport.server.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.SeenProofs;
import java.text.ParseException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;

/**
 * Makes the tokens of the authorization server: access tokens bound to the key of the client's proof, which is demanded
 * and may not be sent twice, and refresh tokens that end with their session.
 */
final class Tokens implements OAuth2TokenGenerator<OAuth2Token> {
    private final AccessTokens tokens;
    private final SeenProofs proofs;
    private final Authorizations authorizations;

    Tokens(AccessTokens tokens, SeenProofs proofs, Authorizations authorizations) {
        this.tokens = tokens;
        this.proofs = proofs;
        this.authorizations = authorizations;
    }

    @Override
    public @Nullable OAuth2Token generate(OAuth2TokenContext context) {
        if (OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
            return accessToken(context);
        }
        if (OAuth2TokenType.REFRESH_TOKEN.equals(context.getTokenType())) {
            return refreshToken(context);
        }
        return null;
    }

    private OAuth2Token accessToken(OAuth2TokenContext context) {
        Stored stored = stored(context);
        String thumbprint = provenKey(context);
        if (stored.keyThumbprint() != null && !stored.keyThumbprint().equals(thumbprint)) {
            throw proof("the proof is made with another key than the sign-in is bound to");
        }
        Login login = authorizations.current(stored);
        AccessTokens.Made made = tokens.make(
                login,
                stored.session(),
                thumbprint,
                context.getRegisteredClient().getClientId(),
                String.join(" ", context.getAuthorizedScopes()));
        return new Jwt(made.text(), made.issuedAt(), made.expiresAt(), Map.of("alg", "ES256"), made.claims());
    }

    private OAuth2Token refreshToken(OAuth2TokenContext context) {
        Instant end = stored(context).refreshEnd();
        return new OAuth2RefreshToken(Hashes.random(), Instant.now(), end);
    }

    private static Stored stored(OAuth2TokenContext context) {
        OAuth2Authorization authorization = context.getAuthorization();
        Stored stored = authorization == null ? null : authorization.getAttribute(Stored.ATTRIBUTE);
        if (stored == null) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
        }
        return stored;
    }

    private String provenKey(OAuth2TokenContext context) {
        Jwt proof = context.get(OAuth2TokenContext.DPOP_PROOF_KEY);
        if (proof == null) {
            throw proof("a proof of possession is required (header DPoP)");
        }
        try {
            @SuppressWarnings("unchecked") // the framework has parsed it as a JSON object
            var key = (Map<String, Object>) proof.getHeaders().get("jwk");
            String thumbprint = JWK.parse(key).computeThumbprint().toString();
            if (proof.getId() == null) {
                throw proof("the proof has no jti");
            }
            proofs.unspent(thumbprint, proof.getId(), () -> proof("the proof was used before"))
                    .spend();
            return thumbprint;
        } catch (ParseException | JOSEException _) {
            throw proof("the key of the proof does not parse");
        }
    }

    private static OAuth2AuthenticationException proof(String why) {
        return new OAuth2AuthenticationException(new OAuth2Error(OAuth2ErrorCodes.INVALID_DPOP_PROOF, why, null));
    }
}
