package dev.sallyport.server.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.base.Bytes;
import dev.sallyport.base.Refusal;
import dev.sallyport.identity.Login;
import dev.sallyport.server.ServerConfig;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes and reads access tokens: JWTs in the profile of RFC 9068, for this API and ten minutes only. */
final class AccessTokens {
    static final Duration SKEW = Duration.ofSeconds(30);
    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");
    private static final int LONGEST = 8_192;

    private final TokenKeys keys;
    private final String issuer;
    private final String audience;
    private final CheckedTokens checked = new CheckedTokens();

    AccessTokens(TokenKeys keys, ServerConfig config) {
        this.keys = keys;
        this.issuer = config.url().toString();
        this.audience = config.apiUrl();
    }

    /**
     * What a token says.
     *
     * @param thumbprint of the key it is bound to
     */
    record Claims(
            String person,
            String session,
            long epoch,
            @Nullable String thumbprint) {}

    /** A signed token. */
    record Made(String text, Instant issuedAt, Instant expiresAt, Map<String, Object> claims) {}

    Made make(Login login, String session, @Nullable String thumbprint, String client, String scope) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Instant end = now.plus(Clients.ACCESS_TOKEN_LIFE);
        var claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience(audience)
                .subject(login.person().value())
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(end))
                .claim("client_id", client)
                .claim("scope", scope)
                .claim("sid", session)
                .claim("idn", login.identity().value())
                .claim("epoch", login.epoch())
                .claim("amr", login.amr())
                .claim("auth_time", login.authTime().getEpochSecond());
        login.acr().ifPresent(acr -> claims.claim("acr", acr));
        if (thumbprint != null) {
            claims.claim("cnf", Map.of("jkt", thumbprint));
        }
        try {
            ECKey key = keys.active();
            var jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .type(TYPE)
                            .keyID(key.getKeyID())
                            .build(),
                    claims.build());
            jwt.sign(new ECDSASigner(key));
            return new Made(jwt.serialize(), now, end, jwt.getJWTClaimsSet().toJSONObject());
        } catch (JOSEException | ParseException e) {
            throw new IllegalStateException("an access token cannot be signed", e);
        }
    }

    /** @throws Refusal {@code auth.token-invalid} or {@code auth.token-expired} */
    Claims read(String token) {
        if (token.length() > LONGEST) {
            throw invalid();
        }
        Bytes hash = CheckedTokens.hash(token);
        CheckedTokens.Checked known = checked.find(hash).orElse(null);
        if (known == null) {
            known = check(token);
            checked.add(hash, known);
        } else if (!keys.publishes(known.key())) {
            checked.forget(hash);
            throw invalid();
        }
        if (known.end().plus(SKEW).isBefore(Instant.now())) {
            checked.forget(hash);
            throw AuthRefusal.TOKEN_EXPIRED.because("the access token has expired", "refresh it, or sign in again");
        }
        return known.claims();
    }

    private CheckedTokens.Checked check(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            String id = jwt.getHeader().getKeyID();
            if (!TYPE.equals(jwt.getHeader().getType())
                    || !JWSAlgorithm.ES256.equals(jwt.getHeader().getAlgorithm())
                    || id == null) {
                throw invalid();
            }
            ECKey key = keys.find(id).orElseThrow(AccessTokens::invalid);
            if (!jwt.verify(Signatures.verifier(key))) {
                throw invalid();
            }
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Date end = claims.getExpirationTime();
            if (!issuer.equals(claims.getIssuer()) || !List.of(audience).equals(claims.getAudience()) || end == null) {
                throw invalid();
            }
            return new CheckedTokens.Checked(claims(claims), end.toInstant(), key);
        } catch (ParseException | JOSEException _) {
            throw invalid();
        }
    }

    private static Claims claims(JWTClaimsSet claims) throws ParseException {
        String session = claims.getStringClaim("sid");
        Long epoch = claims.getLongClaim("epoch");
        if (session == null || epoch == null || claims.getSubject() == null) {
            throw invalid();
        }
        Map<String, Object> confirmation = claims.getJSONObjectClaim("cnf");
        if (confirmation == null) {
            return new Claims(claims.getSubject(), session, epoch, null);
        }
        if (!(confirmation.get("jkt") instanceof String thumbprint)) {
            throw invalid();
        }
        return new Claims(claims.getSubject(), session, epoch, thumbprint);
    }

    private static Refusal invalid() {
        return AuthRefusal.TOKEN_INVALID.because("the access token is not one of ours", "sign in again");
    }
}
