package dev.sallyport.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.claims.AccessTokenHash;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.IDTokenClaimsVerifier;
import com.nimbusds.openid.connect.sdk.validators.InvalidHashException;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Checks ID tokens (OpenID Connect Core 1.0, 3.1.3.7): signed by the provider's key, for us, for this sign-in, now. */
final class IdTokens {
    /** How long ago the provider may have seen the person itself. */
    static final Duration MAX_AGE = Duration.ofHours(1);

    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final int LONGEST_SUBJECT = 255;

    /** Signatures that only the provider can make: never {@code none}, never a secret that we know as well. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private IdTokens() {}

    static JWTClaimsSet check(
            String token,
            Optional<String> accessToken,
            String issuer,
            String clientId,
            String nonce,
            JWKSource<SecurityContext> keys) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            var processor = new DefaultJWTProcessor<SecurityContext>();
            processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
            var verifier = new IDTokenClaimsVerifier(
                    new Issuer(issuer), new ClientID(clientId), new Nonce(nonce), (int) SKEW.toSeconds());
            processor.setJWTClaimsSetVerifier(verifier::verify);
            JWTClaimsSet claims = processor.process(jwt, null);
            checkMore(claims, clientId);
            String hash = claims.getStringClaim("at_hash");
            if (hash != null && accessToken.isPresent()) {
                AccessTokenValidator.validate(
                        new BearerAccessToken(accessToken.get()),
                        jwt.getHeader().getAlgorithm(),
                        new AccessTokenHash(hash));
            }
            return claims;
        } catch (KeySourceException _) {
            throw ProviderRefusal.DOWN.because(
                    "the provider's keys cannot be had", "try again later, or sign in another way");
        } catch (ParseException | BadJOSEException | JOSEException | InvalidHashException e) {
            throw notProven(String.valueOf(e.getMessage()));
        }
    }

    private static void checkMore(JWTClaimsSet claims, String clientId) throws ParseException {
        String party = claims.getStringClaim("azp");
        if (party == null ? claims.getAudience().size() != 1 : !party.equals(clientId)) {
            throw notProven("the token was made for somebody else");
        }
        String subject = claims.getSubject();
        if (subject.isBlank()
                || subject.length() > LONGEST_SUBJECT
                || subject.codePoints().anyMatch(Text::isUnprintable)) {
            throw notProven("the subject is empty, too long or no plain text");
        }
        Long seen = claims.getLongClaim("auth_time");
        if (seen != null && Instant.ofEpochSecond(seen).plus(MAX_AGE).plus(SKEW).isBefore(Instant.now())) {
            throw notProven("you proved who you are more than " + MAX_AGE.toHours() + " h ago");
        }
    }

    static Refusal notProven(String why) {
        return ProviderRefusal.NOT_PROVEN.because(
                "the provider's answer does not prove who you are: " + Text.quoted(why), "start the sign-in again");
    }
}
