package dev.sallyport.server.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.identity.SeenProofs;
import dev.sallyport.identity.UnspentProof;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

/** Checks proofs of possession (RFC 9449) that come with calls of the API: ES256, a minute old at most, never twice. */
final class Proofs {
    static final Duration WINDOW = Duration.ofSeconds(60);
    private static final int LONGEST = 4_096;
    private static final int LONGEST_ID = 256;

    private final SeenProofs seen;
    private final Verifiers verifiers = new Verifiers();

    Proofs(SeenProofs seen) {
        this.seen = seen;
    }

    /**
     * Checks everything but whether it came before: that is said by what is returned, when it is spent.
     *
     * @throws dev.sallyport.base.Refusal {@code auth.dpop-invalid} saying what is wrong
     */
    UnspentProof check(String proof, String method, String url, String accessToken, String thumbprint) {
        try {
            if (proof.length() > LONGEST) {
                throw invalid("is longer than " + LONGEST + " characters");
            }
            SignedJWT jwt = SignedJWT.parse(proof);
            if (jwt.getHeader().getType() == null
                    || !jwt.getHeader().getType().getType().equals("dpop+jwt")
                    || !JWSAlgorithm.ES256.equals(jwt.getHeader().getAlgorithm())
                    || !(jwt.getHeader().getJWK() instanceof ECKey key)
                    || key.isPrivate()) {
                throw invalid("is not a dpop+jwt with ES256 and its public key");
            }
            if (!same(key.computeThumbprint().toString(), thumbprint)) {
                throw invalid("is made with another key than the access token is bound to");
            }
            if (!jwt.verify(verifiers.of(key, thumbprint))) {
                throw invalid("has a wrong signature");
            }
            String id = checkClaims(jwt.getJWTClaimsSet(), method, url, accessToken);
            return seen.unspent(thumbprint, id, () -> invalid("was used before"));
        } catch (ParseException | JOSEException _) {
            throw invalid("does not parse");
        }
    }

    private static String checkClaims(JWTClaimsSet claims, String method, String url, String accessToken)
            throws ParseException {
        if (!method.equals(claims.getStringClaim("htm")) || !url.equals(claims.getStringClaim("htu"))) {
            throw invalid("is for another call (expected: " + method + " " + url + ")");
        }
        Date issued = claims.getIssueTime();
        Instant now = Instant.now();
        if (issued == null
                || issued.toInstant().isBefore(now.minus(WINDOW))
                || issued.toInstant().isAfter(now.plus(WINDOW))) {
            throw invalid("is older or newer than " + WINDOW.toSeconds() + " s: look at both clocks");
        }
        String hash = Base64.getUrlEncoder().withoutPadding().encodeToString(Hashes.sha256(accessToken));
        String ath = claims.getStringClaim("ath");
        if (ath == null || !same(ath, hash)) {
            throw invalid("is for another access token");
        }
        String id = claims.getJWTID();
        if (id == null || id.isEmpty() || id.length() > LONGEST_ID) {
            throw invalid("has no jti, or one longer than " + LONGEST_ID + " characters");
        }
        return id;
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                other.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static dev.sallyport.base.Refusal invalid(String why) {
        return AuthRefusal.PROOF_INVALID.because("the DPoP proof " + why);
    }
}
