package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ApiTest {
    private static final String PASSWORD = "correct horse battery";
    private static TestDatabase database;
    private static RunningServer server;
    private static TestClient client;
    private static TestClient.Tokens tokens;

    @BeforeAll
    static void start() {
        database = TestServers.database();
        server = TestServers.start(database, TestServers.folder());
        TestPeople.make(server, "ada", PASSWORD);
        client = new TestClient(server);
        tokens = client.signIn("ada", PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
    }

    private static HttpResponse<String> post(String path, String type, String body) {
        return client.apiPost(path, tokens.access(), type, body);
    }

    private static void problem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(TestClient.json(answer)).containsEntry("code", code).containsKeys("type", "title", "detail");
    }

    @Test
    void everyWayToBeWrongIsAProblemWithItsCode() {
        String path = "/api/v1/me/password";

        problem(post(path, "application/json", "{"), 400, "input.malformed");
        problem(post(path, "application/json", "[]"), 400, "input.malformed");
        problem(post(path, "application/json", ""), 400, "input.malformed");
        problem(post(path, "application/json", "{\"current\":\"x\",\"current\":\"y\"}"), 400, "input.malformed");
        problem(
                post(path, "application/json", "{\"current\":\"x\",\"new\":\"y\",\"sudo\":true}"),
                400,
                "input.unknown-field");
        problem(post(path, "text/plain", "x"), 415, "input.media-type");
        problem(client.api("DELETE", path, tokens.access()), 405, "input.method");
        problem(client.api("GET", "/api/v1/no-such-thing", tokens.access()), 404, "input.unknown-path");
    }

    @Test
    void aBodyBeyondItsLimitIsRefusedAlsoWithoutALength() {
        String large = "{\"current\":\"" + "x".repeat(1 << 20) + "\"}";

        problem(post("/api/v1/me/password", "application/json", large), 413, "input.too-large");
        problem(
                client.send(client.request("/api/v1/me/password")
                        .header("Authorization", "DPoP " + tokens.access())
                        .header("DPoP", client.proof("POST", server.url() + "/api/v1/me/password", tokens.access()))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(
                                large.getBytes(java.nio.charset.StandardCharsets.UTF_8))))),
                413,
                "input.too-large");
    }

    @Test
    void controlCharactersNeverComeBackRaw() {
        HttpResponse<String> answer = post("/api/v1/me/password", "application/json", "{\"\\u001b[31mred\\u202e\":1}");

        problem(answer, 400, "input.unknown-field");
        assertThat(answer.body())
                .doesNotContain("\u001b")
                .doesNotContain("\\u001b")
                .doesNotContain("\u202e");
    }

    @Test
    void aRightThatIsMissingIsNamed() {
        HttpResponse<String> answer = client.api("GET", "/api/v1/audit/events", tokens.access());

        problem(answer, 403, "auth.missing-right");
        assertThat(answer.body()).contains("audit.read");
    }

    @Test
    void securityHeadersAreThereOnPagesAndApi() {
        for (String path : new String[] {"/login", "/api/v1/me", "/livez", "/nothing-here"}) {
            var headers = client.get(path).headers();

            assertThat(headers.firstValue("Content-Security-Policy"))
                    .as(path)
                    .hasValueSatisfying(
                            policy -> assertThat(policy).contains("default-src 'none'", "frame-ancestors 'none'"));
            assertThat(headers.firstValue("X-Content-Type-Options")).as(path).hasValue("nosniff");
            assertThat(headers.firstValue("Referrer-Policy")).as(path).hasValue("no-referrer");
            assertThat(headers.firstValue("Strict-Transport-Security")).as(path).isPresent();
            assertThat(headers.firstValue("X-Request-Id")).as(path).isPresent();
        }
    }

    @Test
    void cookiesAreBoundToThisHostAndOutOfReachOfScripts() {
        var browser = new TestClient(server);
        HttpResponse<String> answer = browser.login("ada", PASSWORD);

        assertThat(answer.headers().allValues("Set-Cookie"))
                .isNotEmpty()
                .allSatisfy(cookie -> assertThat(cookie)
                        .startsWith("__Host-")
                        .contains("Secure")
                        .contains("HttpOnly")
                        .contains("SameSite=Lax")
                        .contains("Path=/")
                        .doesNotContain("Domain"));
    }

    @Test
    void aSessionCookieKnownBeforeTheSignInIsWorthNothing() {
        var browser = new TestClient(server);
        browser.cookies().put("__Host-sallyport-session", "chosen-by-an-attacker");
        browser.login("ada", PASSWORD);

        assertThat(browser.cookies().get("__Host-sallyport-session")).isNotEqualTo("chosen-by-an-attacker");
        var attacker = new TestClient(server);
        attacker.cookies().put("__Host-sallyport-session", "chosen-by-an-attacker");
        assertThat(TestClient.location(attacker.get("/"))).isEqualTo("/login");
    }

    @Test
    void theWayBackFromTheFormLeadsNowhereElse() {
        for (String elsewhere :
                new String[] {"https://evil.example/", "//evil.example/", "/oauth2/authorize\\@evil", "/x"}) {
            var browser = new TestClient(server);
            browser.cookies()
                    .put(
                            "__Host-sallyport-continue",
                            java.util.Base64.getUrlEncoder()
                                    .withoutPadding()
                                    .encodeToString(elsewhere.getBytes(java.nio.charset.StandardCharsets.UTF_8)));

            assertThat(TestClient.location(browser.login("ada", PASSWORD))).isEqualTo("/");
        }
    }

    @Test
    void saysThatItLivesAndIsReadyAndWhomToTrust() {
        assertThat(client.get("/livez").statusCode()).isEqualTo(200);
        HttpResponse<String> ready = client.get("/readyz");
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
        assertThat(client.get("/ca.pem").body())
                .startsWith("-----BEGIN CERTIFICATE-----")
                .doesNotContain("PRIVATE");
        HttpResponse<String> metadata = client.get("/.well-known/oauth-authorization-server");
        assertThat(TestClient.json(metadata))
                .containsEntry("issuer", server.url().toString())
                .containsEntry("device_authorization_endpoint", server.url() + "/oauth2/device_authorization");
    }

    @Test
    void aPasswordChangeNeedsTheCurrentOneAndEndsTheOtherSessions() {
        TestPeople.make(server, "carol", PASSWORD);
        var laptop = new TestClient(server);
        TestClient.Tokens there = laptop.signIn("carol", PASSWORD);
        var here = new TestClient(server);
        TestClient.Tokens mine = here.signIn("carol", PASSWORD);
        String path = "/api/v1/me/password";
        String change = "{\"current\":\"%s\",\"new\":\"%s\"}";

        problem(
                here.apiPost(path, mine.access(), "application/json", change.formatted("wrong", "a new long password")),
                403,
                "password.wrong-current");
        problem(
                here.apiPost(path, mine.access(), "application/json", change.formatted(PASSWORD, "short")),
                400,
                "password.invalid");
        HttpResponse<String> changed = here.apiPost(
                path, mine.access(), "application/json", change.formatted(PASSWORD, "a new long password"));

        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(204);
        TokensTest.awaitRefusal(laptop, there.access(), "auth.session-ended");
        assertThat(here.api("GET", "/api/v1/me", mine.access()).statusCode()).isEqualTo(200);
        assertThat(TestClient.location(new TestClient(server).login("carol", "a new long password")))
                .isEqualTo("/");
    }

    @Test
    void aDeviceIsLetInByThePersonWhoTypesItsCode() {
        var device = new TestClient(server);
        Map<String, Object> asked = TestClient.json(device.post(
                "/oauth2/device_authorization", Map.of("client_id", "sallyport-cli", "scope", "sallyport")));
        Map<String, String> poll = Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:device_code",
                "client_id", "sallyport-cli",
                "device_code", String.valueOf(asked.get("device_code")));
        assertThat(asked).containsEntry("verification_uri", server.url() + "/activate");
        assertThat(TestClient.json(device.token(poll))).containsEntry("error", "authorization_pending");

        var browser = new TestClient(server);
        assertThat(TestClient.location(browser.get("/activate"))).isEqualTo("/login");
        assertThat(TestClient.location(browser.login("ada", PASSWORD))).isEqualTo("/activate");
        String code = String.valueOf(asked.get("user_code")).toLowerCase(java.util.Locale.ROOT);
        HttpResponse<String> shown =
                browser.post("/activate", Map.of("_csrf", browser.formToken("/activate"), "user_code", code));
        assertThat(shown.body()).contains("sallyport-cli", "127.0.0.1", "ada");
        HttpResponse<String> decided = browser.post(
                "/activate/decide",
                Map.of("_csrf", browser.formToken("/activate"), "user_code", code, "verdict", "allow"));
        assertThat(decided.statusCode()).as(decided.body()).isEqualTo(200);

        TestClient.Tokens let = TestClient.tokens(device.token(poll));
        assertThat(device.api("GET", "/api/v1/me", let.access()).statusCode()).isEqualTo(200);
        assertThat(TestClient.json(device.token(poll))).containsEntry("error", "invalid_grant");
        TokensTest.awaitRefusal(device, let.access(), "auth.session-ended");
    }

    @Test
    void aDeviceThatIsRefusedGetsNothing() {
        var device = new TestClient(server);
        Map<String, Object> asked = TestClient.json(device.post(
                "/oauth2/device_authorization", Map.of("client_id", "sallyport-cli", "scope", "sallyport")));
        var browser = new TestClient(server);
        browser.login("ada", PASSWORD);
        String code = String.valueOf(asked.get("user_code"));

        HttpResponse<String> forged = browser.post("/activate/decide", Map.of("user_code", code, "verdict", "allow"));
        browser.post(
                "/activate/decide",
                Map.of("_csrf", browser.formToken("/activate"), "user_code", code, "verdict", "refuse"));

        assertThat(forged.statusCode()).isEqualTo(403);
        HttpResponse<String> polled = device.token(Map.of(
                "grant_type", "urn:ietf:params:oauth:grant-type:device_code",
                "client_id", "sallyport-cli",
                "device_code", String.valueOf(asked.get("device_code"))));
        assertThat(TestClient.json(polled)).containsEntry("error", "access_denied");
    }
}
