package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Database;
import dev.sallyport.testkit.TestDatabase;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page that asks before a client on loopback is let in: a link alone, followed by a signed-in browser, gives nothing. */
class ClientConfirmationTest {
    private static final String PASSWORD = "correct horse battery";
    private static TestDatabase database;
    private static RunningServer server;

    @BeforeAll
    static void start() {
        database = TestServers.database();
        server = TestServers.start(database, TestServers.folder());
        TestPeople.make(server, "ada", PASSWORD);
        TestPeople.make(server, "eve", PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
    }

    private static TestClient signedIn(String name) {
        var browser = new TestClient(server);
        browser.login(name, PASSWORD);
        return browser;
    }

    /** The page that an authorize link leads this browser to. */
    private static String followed(TestClient browser) {
        return TestClient.location(browser.authorize(TestClient.authorizeRequest()));
    }

    private static HttpResponse<String> post(TestClient browser, String page, String token) {
        return browser.post(
                "/authorize", Map.of("_csrf", token, "state", TestClient.parameter(page, "state"), "verdict", "allow"));
    }

    private static long count(String sql) {
        return server.feature(Database.class).read(rx -> rx.count(sql));
    }

    private static long decided(String outcome) {
        return count(
                "select count(*) from event where activity = 'session.client-decided' and outcome = '" + outcome + "'");
    }

    private static void nothing(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
        assertThat(answer.body()).contains("Nothing waits here", "sallyport login");
        assertThat(answer.headers().firstValue("Location")).isEmpty();
    }

    // What it permits
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void aBrowserThatIsSignedInIsShownWhatAsksAndFromWhereAndGivesNoCodeByItself() {
        TestClient browser = signedIn("ada");

        String page = followed(browser);
        HttpResponse<String> shown = browser.get(page);

        assertThat(page).startsWith(server.url() + "/authorize?").doesNotContain("code=", TestClient.REDIRECT);
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.body())
                .contains("act as you, ada", "the sallyport command line", "port 45678", "127.0.0.1", "<time datetime=")
                .contains("Allow", "Deny");
        assertThat(shown.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("frame-ancestors 'none'"));
        assertThat(shown.headers().firstValue("X-Frame-Options")).hasValue("DENY");
    }

    @Test
    void allowingGivesACodeThatBecomesASession() {
        TestClient browser = signedIn("ada");
        long before = decided("success");

        HttpResponse<String> back = browser.answer(browser.authorize(TestClient.authorizeRequest()), "allow");

        assertThat(TestClient.location(back))
                .startsWith(TestClient.REDIRECT + "?code=")
                .endsWith("&state=xyz");
        String code = TestClient.parameter(TestClient.location(back), "code");
        TestClient.Tokens tokens = TestClient.tokens(browser.token(browser.codeExchange(code)));
        assertThat(browser.api("GET", "/api/v1/me", tokens.access()).statusCode())
                .isEqualTo(200);
        assertThat(decided("success")).isEqualTo(before + 1);
        assertThat(count("""
                select count(*) from event e join web_session b on b.session_id = e.session_id
                 where e.activity = 'session.client-decided'
                """)).isPositive();
        assertThat(count("select count(*) from event where activity = 'session.client-decided' and session_id is null"))
                .isZero();
    }

    @Test
    void whatWasAllowedBeforeIsAskedAgain() {
        TestClient browser = signedIn("ada");
        browser.answer(browser.authorize(TestClient.authorizeRequest()), "allow");

        assertThat(followed(browser)).startsWith(server.url() + "/authorize?");
    }

    @Test
    void aStateOfTheClientComesBackAsItWas() {
        TestClient browser = signedIn("ada");
        Map<String, String> request = TestClient.authorizeRequest();
        request.put("state", "a b&code=forged#ä");

        String back = TestClient.location(browser.answer(browser.authorize(request), "allow"));

        assertThat(back).endsWith("&state=a+b%26code%3Dforged%23%C3%A4").doesNotContain("code=forged");
    }

    // What it refuses
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void programsAskAPersonSoOftenAMinuteAndNobodyElseIsHeldUp() {
        ServerConfig config = TestServers.config(database, TestServers.folder());
        try (var strict = RunningServer.start(new ServerConfig(
                config.url(),
                config.bind(),
                config.port(),
                config.tls(),
                config.data(),
                config.database(),
                server.feature(ServerConfig.class).rootKey(),
                new ServerConfig.Limits(200, 200, 1)))) {
            var ada = new TestClient(strict);
            ada.login("ada", PASSWORD);
            var eve = new TestClient(strict);
            eve.login("eve", PASSWORD);

            HttpResponse<String> allowed = ada.answer(ada.authorize(TestClient.authorizeRequest()), "allow");
            String page = TestClient.location(ada.authorize(TestClient.authorizeRequest()));
            HttpResponse<String> refused = ada.authorize(TestClient.authorizeRequest());

            assertThat(TestClient.location(allowed)).contains("code=");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("sign_in_questions_per_person: 1 in 60 s");
            // what is asked too often takes nobody's answer away
            String token = ada.formToken(page);
            assertThat(TestClient.location(post(ada, page, token))).contains("code=");
            assertThat(post(ada, page, token).statusCode()).isEqualTo(429);
            String others = TestClient.location(eve.authorize(TestClient.authorizeRequest()));
            assertThat(TestClient.location(post(eve, others, eve.formToken(others))))
                    .contains("code=");
        }
    }

    @Test
    void denyingTellsTheClientAndGivesNoCode() {
        TestClient browser = signedIn("ada");
        long before = decided("refused");
        String page = followed(browser);

        HttpResponse<String> back = browser.post(
                "/authorize",
                Map.of(
                        "_csrf",
                        browser.formToken(page),
                        "state",
                        TestClient.parameter(page, "state"),
                        "verdict",
                        "deny"));

        assertThat(TestClient.location(back)).isEqualTo(TestClient.REDIRECT + "?error=access_denied&state=xyz");
        assertThat(decided("refused")).isEqualTo(before + 1);
        nothing(browser.get(page));
    }

    @Test
    void aVerdictThatIsNeitherIsADenial() {
        TestClient browser = signedIn("ada");

        assertThat(TestClient.location(browser.answer(browser.authorize(TestClient.authorizeRequest()), "Allow")))
                .contains("error=access_denied");
    }

    @Test
    void aFormWithoutTheTokenOfThisBrowserIsRefused() {
        TestClient browser = signedIn("ada");
        String page = followed(browser);
        String foreign = signedIn("eve").formToken("/activate");

        for (String token : new String[] {"", "forged", foreign}) {
            HttpResponse<String> answer = post(browser, page, token);
            assertThat(answer.statusCode()).as(token).isEqualTo(403);
            assertThat(answer.body()).contains("auth.form-expired");
        }
        assertThat(browser.get(page).statusCode()).as("it still waits").isEqualTo(200);
    }

    @Test
    void theEndpointOfTheFrameworkTakesNoConsentBesideThePage() {
        TestClient browser = signedIn("ada");
        String page = followed(browser);

        HttpResponse<String> answer = browser.post(
                "/oauth2/authorize",
                Map.of(
                        "client_id",
                        "sallyport-cli",
                        "state",
                        TestClient.parameter(page, "state"),
                        "scope",
                        "sallyport"));

        assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(answer.headers().firstValue("Location")).isEmpty();
    }

    @Test
    void aQuestionToSomebodyElseOrToAnotherBrowserIsNobodyElses() {
        String page = followed(signedIn("ada"));

        for (TestClient other : new TestClient[] {signedIn("eve"), signedIn("ada"), new TestClient(server)}) {
            nothing(other.get(page));
            nothing(post(other, page, other.formToken("/login")));
        }
    }

    @Test
    void aQuestionIsAnsweredOnce() {
        TestClient browser = signedIn("ada");
        String page = followed(browser);
        String token = browser.formToken(page);
        assertThat(TestClient.location(post(browser, page, token))).contains("code=");

        nothing(post(browser, page, token));
    }

    @Test
    void aQuestionEndsWithItsTimeAndWithTheSignIn() {
        TestClient browser = signedIn("ada");
        String late = followed(browser);
        String token = browser.formToken(late);
        server.feature(Database.class)
                .run(
                        Actor.system("test"),
                        tx -> tx.update("update oauth_grant set expires_at = created_at where state_hash is not null"));
        nothing(post(browser, late, token));

        String left = followed(browser);
        browser.post("/sign-out", Map.of("_csrf", token));
        nothing(post(browser, left, browser.formToken("/login")));
        browser.login("ada", PASSWORD);
        nothing(post(browser, left, browser.formToken("/login")));
    }

    @Test
    void whatAnotherSiteBroughtHereHasNoAnswerUnderThePointer() {
        TestClient browser = signedIn("ada");
        String page = followed(browser);

        String first = browser.send(browser.request(page)
                        .header("Sec-Fetch-Site", "cross-site")
                        .GET())
                .body();
        String then = browser.send(browser.request(page)
                        .header("Sec-Fetch-Site", "same-origin")
                        .GET())
                .body();

        assertThat(first)
                .contains("Another page brought you here", "port 45678")
                .doesNotContain("<button", "<form");
        assertThat(then).contains("Allow", "Deny").doesNotContain("Another page brought you here");
    }

    @Test
    void whatASignInAllowedIsWorthNothingOnceItHasEndedAndNobodyCameForIt() {
        TestClient browser = signedIn("ada");
        HttpResponse<String> back = browser.answer(browser.authorize(TestClient.authorizeRequest()), "allow");
        String code = TestClient.parameter(TestClient.location(back), "code");

        browser.post("/sign-out", Map.of("_csrf", browser.formToken(followed(browser))));

        assertThat(browser.token(browser.codeExchange(code)).statusCode()).isEqualTo(400);
    }

    @Test
    void aLinkThatNamesNoPlaceToListenIsRefused() {
        TestClient browser = signedIn("ada");

        Map<String, String> nowhere = TestClient.authorizeRequest();
        nowhere.remove("redirect_uri");

        HttpResponse<String> answer = browser.authorize(nowhere);

        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @Test
    void aPageThatOpensManyLinksPushesOutTheOldest() {
        TestClient browser = signedIn("ada");
        String first = followed(browser);
        String last = first;
        for (int i = 0; i < 10; i++) {
            last = followed(browser);
        }

        nothing(browser.get(first));
        assertThat(browser.get(last).statusCode()).isEqualTo(200);
    }

    @Test
    void whatCannotBeAStateIsNoQuestion() {
        TestClient browser = signedIn("ada");

        nothing(browser.get("/authorize?state=" + "x".repeat(3000)));
        nothing(browser.get("/authorize?state=%00"));
    }
}
