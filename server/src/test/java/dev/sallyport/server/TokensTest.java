package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.server.signin.TokenKeys;
import dev.sallyport.testkit.TestDatabase;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokensTest {
    private static final String PASSWORD = "correct horse battery";
    private static TestDatabase database;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        database = TestServers.database();
        server = TestServers.start(database, TestServers.folder());
        TestPeople.make(server, "ada", PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
    }

    @Test
    void anAccessTokenFollowsItsProfile() throws ParseException {
        var client = new TestClient(server);

        SignedJWT jwt = SignedJWT.parse(client.signIn("ada", PASSWORD).access());

        assertThat(jwt.getHeader().getType().getType()).isEqualTo("at+jwt");
        assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.ES256);
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo(server.url().toString());
        assertThat(claims.getAudience()).containsExactly(server.url() + "/api/v1");
        assertThat(claims.getClaims().keySet())
                .contains("sub", "sid", "idn", "epoch", "amr", "auth_time", "jti", "client_id", "scope", "cnf")
                .doesNotContain("groups");
        assertThat(claims.getExpirationTime().toInstant())
                .isEqualTo(claims.getIssueTime().toInstant().plusSeconds(600));
    }

    @Test
    void aCodeCountsOnceAndItsSecondUseEndsTheSession() {
        var client = new TestClient(server);
        Map<String, String> exchange = client.codeExchange(client.code("ada", PASSWORD));
        TestClient.Tokens tokens = TestClient.tokens(client.token(exchange));
        assertThat(client.api("GET", "/api/v1/me", tokens.access()).statusCode())
                .isEqualTo(200);

        HttpResponse<String> again = client.token(exchange);

        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(TestClient.json(again)).containsEntry("error", "invalid_grant");
        awaitRefusal(client, tokens.access(), "auth.session-ended");
    }

    @Test
    void aCodeNeedsTheVerifierItWasAskedWith() {
        var client = new TestClient(server);
        Map<String, String> wrong = client.codeExchange(client.code("ada", PASSWORD));
        wrong.put("code_verifier", "another-code-verifier-of-more-than-forty-three-characters-01");
        Map<String, String> missing = client.codeExchange(client.code("ada", PASSWORD));
        missing.remove("code_verifier");

        assertThat(client.token(wrong).statusCode()).isEqualTo(400);
        assertThat(client.token(missing).statusCode()).isBetween(400, 401);
    }

    @Test
    void anAuthorizeRequestWithoutAChallengeIsRefused() {
        var client = new TestClient(server);
        client.login("ada", PASSWORD);
        Map<String, String> request = TestClient.authorizeRequest();
        request.remove("code_challenge");
        request.remove("code_challenge_method");

        HttpResponse<String> answer = client.authorize(request);

        assertThat(TestClient.location(answer))
                .contains("error=invalid_request")
                .doesNotContain("code=");
    }

    @Test
    void aRedirectToElsewhereIsRefusedWithoutARedirect() {
        var client = new TestClient(server);
        client.login("ada", PASSWORD);
        for (String uri : new String[] {
            "https://evil.example/callback", "http://127.0.0.1:4000/other", "http://127.0.0.1.evil.example/callback"
        }) {
            Map<String, String> request = TestClient.authorizeRequest();
            request.put("redirect_uri", uri);

            HttpResponse<String> answer = client.authorize(request);

            assertThat(answer.statusCode()).as(uri).isEqualTo(400);
            assertThat(answer.headers().firstValue("Location")).as(uri).isEmpty();
        }
    }

    @Test
    void aTokenRequestWithoutAProofOfPossessionIsRefused() {
        var client = new TestClient(server);
        Map<String, String> exchange = client.codeExchange(client.code("ada", PASSWORD));

        HttpResponse<String> answer = client.token(exchange, null);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestClient.json(answer)).containsEntry("error", "invalid_dpop_proof");
    }

    @Test
    void aProofCountsOnce() {
        var client = new TestClient(server);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);
        String proof = client.proof("GET", server.url() + "/api/v1/me", tokens.access());

        assertThat(client.api("GET", "/api/v1/me", tokens.access(), proof).statusCode())
                .isEqualTo(200);
        refuses(client.api("GET", "/api/v1/me", tokens.access(), proof), "auth.dpop-invalid");
    }

    @Test
    void aProofIsForOneCallOneTokenOneKeyAndAMinute() throws JOSEException {
        var client = new TestClient(server);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);
        String me = server.url() + "/api/v1/me";
        var thief = new ECKeyGenerator(Curve.P_256).generate();
        Instant now = Instant.now();

        for (String proof : new String[] {
            client.proof("POST", me, tokens.access()),
            client.proof("GET", server.url() + "/api/v1/grants", tokens.access()),
            client.proof("GET", me, "another token"),
            TestClient.proof("GET", me, tokens.access(), now, thief),
            TestClient.proof("GET", me, tokens.access(), now.minusSeconds(90), client.key),
            TestClient.proof("GET", me, tokens.access(), now.plusSeconds(90), client.key),
            "not.a.proof"
        }) {
            refuses(client.api("GET", "/api/v1/me", tokens.access(), proof), "auth.dpop-invalid");
        }
    }

    @Test
    void aBoundTokenIsNoBearerToken() {
        var client = new TestClient(server);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);

        HttpResponse<String> answer = client.send(client.request("/api/v1/me")
                .header("Authorization", "Bearer " + tokens.access())
                .GET());

        refuses(answer, "auth.dpop-required");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    }

    @Test
    void nobodyIsRefused() {
        var client = new TestClient(server);

        refuses(client.get("/api/v1/me"), "auth.required");
        refuses(client.get("/api/v1/there-is-no-such-path"), "auth.required");
    }

    @Test
    void anExpiredForgedOrForeignTokenIsRefused() throws JOSEException, ParseException {
        var client = new TestClient(server);
        SignedJWT real = SignedJWT.parse(client.signIn("ada", PASSWORD).access());
        var forger = new ECKeyGenerator(Curve.P_256)
                .keyID(real.getHeader().getKeyID())
                .generate();

        String forged = resigned(real, real.getJWTClaimsSet(), forger, "at+jwt");
        String[] parts = real.serialize().split("\\.", -1);
        String unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + parts[1] + ".";

        for (String token : new String[] {forged, unsigned, "x", parts[0] + "." + parts[1] + ".AAAA"}) {
            refuses(client.api("GET", "/api/v1/me", token), "auth.token-invalid");
        }
    }

    @Test
    void tokensOfOursForAnotherAudienceIssuerOrTimeAreRefused() throws JOSEException, ParseException {
        var client = new TestClient(server);
        SignedJWT real = SignedJWT.parse(client.signIn("ada", PASSWORD).access());
        var key = dev.sallyport.server.signin.TestKeys.active(server.feature(TokenKeys.class));
        JWTClaimsSet claims = real.getJWTClaimsSet();
        Instant now = Instant.now();

        var audience = new JWTClaimsSet.Builder(claims)
                .audience("https://elsewhere/api/v1")
                .build();
        var issuer =
                new JWTClaimsSet.Builder(claims).issuer("https://elsewhere").build();
        var expired = new JWTClaimsSet.Builder(claims)
                .expirationTime(java.util.Date.from(now.minusSeconds(40)))
                .build();
        var justExpired = new JWTClaimsSet.Builder(claims)
                .expirationTime(java.util.Date.from(now.minusSeconds(5)))
                .build();

        refuses(client.api("GET", "/api/v1/me", resigned(real, audience, key, "at+jwt")), "auth.token-invalid");
        refuses(client.api("GET", "/api/v1/me", resigned(real, issuer, key, "at+jwt")), "auth.token-invalid");
        refuses(client.api("GET", "/api/v1/me", resigned(real, claims, key, "JWT")), "auth.token-invalid");
        refuses(client.api("GET", "/api/v1/me", resigned(real, expired, key, "at+jwt")), "auth.token-expired");
        assertThat(client.api("GET", "/api/v1/me", resigned(real, justExpired, key, "at+jwt"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aRefreshTokenRotatesAndItsSecondUseEndsTheFamily() {
        var client = new TestClient(server);
        TestClient.Tokens first = client.signIn("ada", PASSWORD);

        TestClient.Tokens second = TestClient.tokens(client.refresh(first.refresh()));
        assertThat(second.refresh()).isNotEqualTo(first.refresh());
        assertThat(client.api("GET", "/api/v1/me", second.access()).statusCode())
                .isEqualTo(200);

        assertThat(TestClient.json(client.refresh(first.refresh()))).containsEntry("error", "invalid_grant");
        assertThat(TestClient.json(client.refresh(second.refresh()))).containsEntry("error", "invalid_grant");
        awaitRefusal(client, second.access(), "auth.session-ended");
        long events = server.feature(Database.class)
                .read(rx -> rx.count("select count(*) from event where activity = 'session.token-reused'"));
        assertThat(events).isPositive();
        long findings = server.feature(Database.class)
                .read(rx -> rx.count("select count(*) from finding where kind = 'token-reused' and closed_at is null"));
        assertThat(findings).isPositive();
    }

    @Test
    void aRefreshTokenNeedsTheKeyOfItsFamily() {
        var client = new TestClient(server);
        var thief = new TestClient(server);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);

        assertThat(thief.refresh(tokens.refresh()).statusCode()).isEqualTo(400);
        assertThat(client.refresh(tokens.refresh()).statusCode()).isEqualTo(200);
    }

    @Test
    void ofTwoExchangesAtTheSameInstantAtMostOneWins() throws InterruptedException {
        var client = new TestClient(server);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);
        var won = new java.util.concurrent.atomic.AtomicInteger();
        var threads = new java.util.ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                if (client.refresh(tokens.refresh()).statusCode() == 200) {
                    won.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(won.get()).isLessThanOrEqualTo(1);
        awaitRefusal(client, tokens.access(), "auth.session-ended");
    }

    @Test
    void revokingEitherTokenEndsTheSession() {
        var client = new TestClient(server);
        for (boolean refresh : new boolean[] {true, false}) {
            TestClient.Tokens tokens = client.signIn("ada", PASSWORD);

            HttpResponse<String> answer = client.post(
                    "/oauth2/revoke",
                    Map.of("client_id", "sallyport-cli", "token", refresh ? tokens.refresh() : tokens.access()));

            assertThat(answer.statusCode()).isEqualTo(200);
            awaitRefusal(client, tokens.access(), "auth.session-ended");
        }
    }

    @Test
    void loggingOutEndsTheSession() {
        var client = new TestClient(server);
        TestClient.Tokens tokens = client.signIn("ada", PASSWORD);

        assertThat(client.api("POST", "/api/v1/logout", tokens.access()).statusCode())
                .isEqualTo(204);

        awaitRefusal(client, tokens.access(), "auth.session-ended");
        assertThat(client.refresh(tokens.refresh()).statusCode()).isEqualTo(400);
    }

    @Test
    void keysRotateWithoutAnybodySigningInAgain() {
        var client = new TestClient(server);
        TestClient.Tokens before = client.signIn("ada", PASSWORD);

        server.feature(TokenKeys.class).rotate(Actor.system("test"));

        assertThat(client.api("GET", "/api/v1/me", before.access()).statusCode())
                .isEqualTo(200);
        TestClient.Tokens after = client.signIn("ada", PASSWORD);
        assertThat(client.api("GET", "/api/v1/me", after.access()).statusCode()).isEqualTo(200);
        assertThat(client.get("/oauth2/jwks").body()).doesNotContain("\"d\"").contains("\"kid\"");
    }

    static String resigned(SignedJWT jwt, JWTClaimsSet claims, com.nimbusds.jose.jwk.ECKey key, String type)
            throws JOSEException {
        var signed = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(new JOSEObjectType(type))
                        .keyID(jwt.getHeader().getKeyID())
                        .build(),
                claims);
        signed.sign(new ECDSASigner(key));
        return signed.serialize();
    }

    static void refuses(HttpResponse<String> answer, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(TestClient.json(answer)).containsEntry("code", code);
    }

    /** Refused within a second, on the server the client talks to. */
    static void awaitRefusal(TestClient client, String token, String code) {
        long deadline = System.nanoTime() + 1_000_000_000L;
        HttpResponse<String> answer = client.api("GET", "/api/v1/me", token);
        while (answer.statusCode() == 200 && System.nanoTime() < deadline) {
            answer = client.api("GET", "/api/v1/me", token);
        }
        refuses(answer, code);
    }
}
