package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Rows;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Authenticator;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Browsers that are signed in: how long, under which cookie, where they may be shown, where they are led, and what nobody learns. */
class BrowserSessionsTest {
    private static final String COOKIE = "__Host-sallyport-session";

    private static ApiWorld world;
    private static Someone dev;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        dev = world.signIn("dev");
        world.signIn("lead");
        world.signIn("other");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static String cookie(TestClient browser) {
        return Objects.requireNonNull(browser.cookies().get(COOKIE));
    }

    private static TestClient holding(String cookie) {
        var browser = new TestClient(world.server());
        browser.cookies().put(COOKIE, cookie);
        return browser;
    }

    private static boolean isIn(TestClient browser) {
        HttpResponse<String> page = PortalTest.page(browser, "/me");
        if (page.statusCode() == 302) {
            assertThat(TestClient.location(page)).isEqualTo("/login");
        }
        return page.statusCode() == 200;
    }

    /** Sets how long all browsers may still do nothing. */
    private static void idleFor(Duration left) {
        world.database()
                .run(
                        Actor.system("test"),
                        tx -> tx.update(
                                "update web_session set expires_at = ?",
                                tx.now().plus(left)));
    }

    private static Duration idle() {
        return world.database()
                .read(rx -> Duration.between(
                        rx.now(),
                        rx.one("select max(expires_at) from web_session", row -> Rows.instant(row, "max"))
                                .orElseThrow()));
    }

    // How long
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void aBrowserThatDoesNothingForAnHourIsSignedOut() {
        TestClient browser = world.browser("dev");
        assertThat(idle()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
        assertThat(isIn(browser)).isTrue();

        idleFor(Duration.ofSeconds(-1));

        assertThat(isIn(browser)).isFalse();
        assertThat(TestClient.location(browser.authorize(TestClient.authorizeRequest())))
                .isEqualTo("/login");
    }

    @Test
    void usingAPageBeginsTheHourAnew() {
        TestClient browser = world.browser("dev");
        idleFor(Duration.ofMinutes(5));

        assertThat(isIn(browser)).isTrue();

        assertThat(idle()).isGreaterThan(Duration.ofMinutes(59));
    }

    @Test
    void aPageThatRefreshesByItselfKeepsNobodySignedIn() {
        TestClient browser = world.browser("lead");
        idleFor(Duration.ofMinutes(5));

        browser.send(browser.request("/decide")
                .header("Accept", "text/html")
                .header("HX-Request", "true")
                .GET());

        assertThat(idle()).isLessThan(Duration.ofMinutes(6));
    }

    @Test
    void aBrowserIsSignedOutAfterItsFullLengthHoweverMuchItIsUsed() {
        TestClient browser = world.browser("lead");
        assertThat(isIn(browser)).isTrue();

        world.signInsAreOver();

        assertThat(idle()).as("it was used just now").isPositive();
        assertThat(isIn(browser)).isFalse();
        dev = world.signIn("dev");
    }

    @Test
    void signingOutMakesTheCookieWorthless() {
        TestClient browser = world.browser("lead");
        String cookie = cookie(browser);

        browser.post("/sign-out", Map.of("_csrf", browser.formToken("/")));

        assertThat(isIn(holding(cookie))).isFalse();
    }

    // Under which cookie (session fixation)
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void theCookieIsAnotherAtEachSignInAndTheOneBeforeIsWorthNothing() {
        TestClient browser = world.browser("lead");
        String first = cookie(browser);

        browser.login("lead", ApiWorld.PASSWORD);

        assertThat(cookie(browser)).isNotEqualTo(first);
        assertThat(isIn(browser)).isTrue();
        assertThat(isIn(holding(first))).isFalse();
    }

    @Test
    void aCookieThatSomebodyPutThereBeforeTheSignInIsWorthNothing() {
        TestClient victim = holding("chosen-by-an-attacker");

        victim.login("lead", ApiWorld.PASSWORD);

        assertThat(cookie(victim)).isNotEqualTo("chosen-by-an-attacker");
        assertThat(isIn(holding("chosen-by-an-attacker"))).isFalse();
    }

    @Test
    void signingInAsSomebodyElseLeavesNothingOfTheOneBefore() {
        TestClient browser = world.browser("lead");
        String leads = cookie(browser);

        browser.login("other", ApiWorld.PASSWORD);

        assertThat(PortalTest.page(browser, "/me").body()).contains("other");
        assertThat(isIn(holding(leads))).isFalse();
    }

    // Where they may be shown (clickjacking)
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void noPageIsShownInAFrame() {
        TestClient browser = world.browser("lead");
        for (String path : new String[] {
            "/login", "/login/code", "/activate", "/authorize?state=x", "/", "/decide", "/decide/x", "/me", "/nowhere"
        }) {
            var headers = PortalTest.page(browser, path).headers();
            assertThat(headers.firstValue("X-Frame-Options")).as(path).hasValue("DENY");
            assertThat(headers.firstValue("Content-Security-Policy"))
                    .as(path)
                    .hasValueSatisfying(policy -> assertThat(policy).contains("frame-ancestors 'none'"));
        }
    }

    // Where they are led (open redirects)
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void noParameterLeadsABrowserToAnotherPlace() {
        TestClient browser = world.browser("lead");
        String request = dev.ask("ops", "web-1", "PT1H").text("id");
        for (String elsewhere : new String[] {"https://evil.example/", "//evil.example/", "/\\evil.example"}) {
            String place = java.net.URLEncoder.encode(elsewhere, java.nio.charset.StandardCharsets.UTF_8);
            assertThat(PortalTest.page(browser, "/login?next=" + place + "&continue=" + place)
                            .body())
                    .doesNotContain("evil");
            HttpResponse<String> denied = PortalTest.send(
                    browser, "/requests/" + request + "/withdraw", Map.of("next", elsewhere, "comment", "x"));
            assertThat(denied.headers().firstValue("Location").orElse("/")).doesNotContain("evil");
        }
        HttpResponse<String> decided = PortalTest.send(
                browser,
                "/requests/" + request + "/deny",
                Map.of("next", "https://evil.example/", "comment", "not today"));
        assertThat(TestClient.location(decided)).isEqualTo("/requests/" + request + "?said=denied");
    }

    @Test
    void whereAHostHeaderPointsDecidesNothing() {
        var stranger = new TestClient(world.server());

        HttpResponse<String> sent = stranger.send(stranger.request("/grants")
                .header("X-Forwarded-Host", "evil.example")
                .GET());

        assertThat(TestClient.location(sent)).isEqualTo("/login");
    }

    // What nobody learns (enumeration)
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void aWrongPasswordIsAnsweredTheSameWhoeverThePersonIsAndWhateverTheyHave() {
        world.person("frozen");
        world.signIn("frozen");
        world.holder("keeper", "person.quarantine").post("/quarantines", Map.of("person", "frozen", "reason", "x"));
        world.person("passwordless");
        world.person("factored");
        Someone factored = world.signIn("factored");
        var app = new Authenticator(factored.post("/me/totp", Map.of()).text("uri"));
        factored.post("/me/totp/confirm", Map.of("code", app.code(Instant.now())));

        for (String name : new String[] {"dev", "frozen", "passwordless", "factored", "nobody-at-all", "x' or 1=1"}) {
            var browser = new TestClient(world.server(), "127.0.4." + (1 + Math.floorMod(name.hashCode(), 250)));
            HttpResponse<String> answer = browser.login(name, "not the password");
            assertThat(answer.statusCode()).as(name).isEqualTo(302);
            assertThat(TestClient.location(answer)).as(name).isEqualTo("/login?error");
            assertThat(answer.body()).as(name).isEmpty();
        }
        assertThat(TestClient.location(new TestClient(world.server()).login("frozen", ApiWorld.PASSWORD)))
                .as("not even with the right one")
                .isEqualTo("/login?error");
    }

    @Test
    void whatIsNotThereAndWhatOneMayNotSeeLookTheSame() {
        TestClient browser = world.browser("other");
        String hidden = dev.ask("ops", "web-1", "PT1H").text("id");

        HttpResponse<String> seen = PortalTest.page(browser, "/requests/" + hidden);
        HttpResponse<String> none = PortalTest.page(browser, "/requests/req_00000000000000000000000000");

        assertThat(seen.statusCode()).isEqualTo(404).isEqualTo(none.statusCode());
        assertThat(plain(seen, hidden)).isEqualTo(plain(none, "req_00000000000000000000000000"));
    }

    private static String plain(HttpResponse<String> page, String id) {
        return page.body().replace(id, "ID").replaceAll("name=\"_csrf\" value=\"[^\"]+\"", "");
    }
}
