package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import dev.sallyport.testkit.Authenticator;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page of oneself: where one is signed in, the second factor, and who decides in one's place. */
class PortalMeTest {
    private static final Pattern URI = Pattern.compile("<code>(otpauth://[^<]+)</code>");
    private static final Pattern CODE = Pattern.compile("<li><code>([^<]+)</code></li>");
    private static final Pattern PICTURE = Pattern.compile(
            "<svg class=\"qr\" viewBox=\"0 0 (\\d+) \\d+\" role=\"img\" aria-label=\"[^\"]+\"><path d=\"([^\"]+)\"/>");

    private static ApiWorld world;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        List.of("dev", "lead", "guard", "other").forEach(world::signIn);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static String page(TestClient browser) {
        return PortalTest.page(browser, "/me").body();
    }

    private static HttpResponse<String> send(TestClient browser, String path, Map<String, String> fields) {
        return PortalTest.send(browser, path, fields);
    }

    private static List<String> all(Pattern pattern, String html) {
        var found = new ArrayList<String>();
        Matcher matcher = pattern.matcher(html);
        while (matcher.find()) {
            found.add(matcher.group(1).replace("&amp;", "&"));
        }
        return found;
    }

    // Where one is signed in
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void oneSignsOutElsewhereOneByOneOrAll() {
        TestClient here = world.browser("dev");
        TestClient there = world.browser("dev");
        TestClient further = world.browser("dev");
        assertThat(page(here)).contains("this one", "/me/sessions/end-others", "Java-http-client");
        String newest = all(Pattern.compile("action=\"/me/sessions/(ses_[0-9a-z]+)/end\""), page(here))
                .getFirst();

        HttpResponse<String> one = send(here, "/me/sessions/" + newest + "/end", Map.of());

        assertThat(PortalTest.location(one)).isEqualTo("/me?said=signed-out");
        assertThat(PortalTest.location(PortalTest.page(further, "/"))).isEqualTo("/login");
        assertThat(PortalTest.page(there, "/").statusCode()).isEqualTo(200);
        assertThat(PortalTest.location(send(here, "/me/sessions/end-others", Map.of())))
                .isEqualTo("/me?said=signed-out-elsewhere");
        assertThat(PortalTest.location(PortalTest.page(there, "/"))).isEqualTo("/login");
        assertThat(PortalTest.page(here, "/me?said=signed-out-elsewhere").body())
                .contains("Signed out everywhere else.", "this one")
                .doesNotContain("action=\"/me/sessions/ses_");
    }

    @Test
    void somebodyElsesSignInIsRefusedWhenForged() {
        TestClient lead = world.browser("lead");
        String theirs =
                all(Pattern.compile("<code>(ses_[0-9a-z]+)</code>"), page(lead)).getFirst();

        HttpResponse<String> forged = send(world.browser("dev"), "/me/sessions/" + theirs + "/end", Map.of());

        assertThat(forged.statusCode()).isEqualTo(404);
        assertThat(forged.body()).contains("sign-in.unknown");
        assertThat(PortalTest.page(lead, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void aFormWithoutItsTokenSignsNobodyOut() {
        TestClient here = world.browser("lead");
        TestClient there = world.browser("lead");

        assertThat(send(here, "/me/sessions/end-others", Map.of("_csrf", "x")).statusCode())
                .isEqualTo(403);
        assertThat(send(here, "/me/totp", Map.of("_csrf", "x")).statusCode()).isEqualTo(403);
        assertThat(send(here, "/me/delegations", Map.of("_csrf", "x")).statusCode())
                .isEqualTo(403);
        assertThat(PortalTest.page(there, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void howABrowserNamesItselfIsText() {
        var hostile = new TestClient(world.server());
        String form = hostile.formToken("/login");
        hostile.send(hostile.request("/login")
                .header("User-Agent", "<script>alert(1)</script>")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(TestClient.body(Map.of("_csrf", form, "username", "lead", "password", ApiWorld.PASSWORD))));

        assertThat(page(world.browser("lead")))
                .contains("&lt;script&gt;alert(1)")
                .doesNotContain("<script>alert");
    }

    // The second factor
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void anAuthenticatorIsSetUpRenewedAndRemoved() throws Exception {
        TestClient browser = world.browser("guard");
        assertThat(page(browser)).contains("your password alone signs you in", "Set up an authenticator app");

        HttpResponse<String> offered = send(browser, "/me/totp", Map.of());
        String uri = all(URI, offered.body()).getFirst();
        assertThat(scanned(offered.body())).isEqualTo(uri);
        assertThat(offered.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(offered.headers().firstValue("Location")).isEmpty();
        assertThat(offered.body()).doesNotContain("style=\"");
        var app = new Authenticator(uri);

        HttpResponse<String> wrong = send(browser, "/me/totp/confirm", Map.of("code", "000000x"));
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(wrong.body())
                .contains("role=\"alert\"", "This code is wrong", "/me/totp/confirm")
                .doesNotContain("otpauth");

        HttpResponse<String> confirmed = send(browser, "/me/totp/confirm", Map.of("code", app.code(Instant.now())));
        assertThat(confirmed.statusCode()).as(confirmed.body()).isEqualTo(200);
        assertThat(confirmed.headers().firstValue("Cache-Control")).contains("no-store");
        List<String> codes = all(CODE, confirmed.body());
        assertThat(codes).hasSize(10).doesNotHaveDuplicates();
        assertThat(confirmed.body()).contains("data-copy=\"" + String.join("\n", codes) + "\"");
        assertThat(page(browser)).contains("set up", "Make new recovery codes").doesNotContain(codes.getFirst());

        HttpResponse<String> refused = send(browser, "/me/totp/recovery-codes", Map.of("code", "000000x"));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body())
                .contains("role=\"alert\"", "this code is wrong", "Make new recovery codes")
                .doesNotContain("000000x");
        HttpResponse<String> renewed = send(browser, "/me/totp/recovery-codes", Map.of("code", codes.getFirst()));
        List<String> others = all(CODE, renewed.body());
        assertThat(others).hasSize(10).doesNotContainAnyElementsOf(codes);

        assertThat(send(browser, "/me/totp", Map.of()).body()).contains("role=\"alert\"", "you have an authenticator");
        HttpResponse<String> removed = send(browser, "/me/totp/remove", Map.of("code", others.getFirst()));
        assertThat(PortalTest.location(removed)).isEqualTo("/me?said=factor-removed");
        assertThat(page(browser)).contains("your password alone signs you in");
    }

    @Test
    void aCodeOpensTheWayToAFirstFactorOnThePage() {
        world.person("fresh-one");
        world.signIn("fresh-one");
        TestClient browser = world.browser("fresh-one");
        world.passwordsWereSetLongAgo();
        assertThat(page(browser))
                .contains("Use the enrolment code")
                .doesNotContain("Set up an authenticator app", "Add a passkey");
        assertThat(send(browser, "/me/totp", Map.of()).statusCode()).isEqualTo(403);
        assertThat(send(browser, "/me/enrolment-code", Map.of("code", "0000 0000 0000 0000"))
                        .body())
                .contains("role=\"alert\"", "this code is wrong");
        world.holder("code-desk", "catalog.read", "person.reset-factor");
        TestClient desk = world.browser("code-desk");
        assertThat(desk.get("/people/fresh-one").body()).contains("Make a code for a first second factor");
        HttpResponse<String> made =
                send(desk, "/people/fresh-one/enrolment-code", Map.of("reason", "first day", "duration", "1h"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
        Matcher code = Pattern.compile("\\b([0-9a-z]{4}-){3}[0-9a-z]{4}\\b").matcher(made.body());
        assertThat(code.find()).isTrue();

        assertThat(PortalTest.location(send(browser, "/me/enrolment-code", Map.of("code", code.group()))))
                .isEqualTo("/me?said=may-enrol");

        assertThat(page(browser)).contains("Set up an authenticator app").doesNotContain("Use the enrolment code");
    }

    /** What an app would read off the page. */
    private static String scanned(String html) throws Exception {
        Matcher picture = PICTURE.matcher(html);
        assertThat(picture.find()).isTrue();
        int size = Integer.parseInt(picture.group(1));
        var modules = new BitMatrix(size - 8);
        Matcher run = Pattern.compile("M(\\d+) (\\d+)h(\\d+)v1h-\\d+z").matcher(picture.group(2));
        while (run.find()) {
            int from = Integer.parseInt(run.group(1)) - 4;
            modules.setRegion(from, Integer.parseInt(run.group(2)) - 4, Integer.parseInt(run.group(3)), 1);
        }
        return new Decoder().decode(modules).getText();
    }

    @Test
    void whoSignedInLongAgoIsToldWhatHelps() {
        TestClient browser = world.browser("other");
        world.signedInLongAgo();

        HttpResponse<String> refused = send(browser, "/me/totp", Map.of());

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body())
                .contains("role=\"alert\"", "Sign out, sign in with your password again")
                .doesNotContain("otpauth", "sallyport login --fresh");
    }

    @Test
    void whatWasNotOfferedIsNotConfirmed() {
        HttpResponse<String> refused = send(world.browser("other"), "/me/totp/confirm", Map.of("code", "123456"));

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("role=\"alert\"", "Set it up again from here.");
    }

    // Who decides in one's place
    // ----------------------------------------------------------------------------------------------------------

    private static String local(Duration ahead) {
        return LocalDateTime.now(ZoneOffset.UTC).plus(ahead).withNano(0).toString();
    }

    @Test
    void theRightToDecideIsHandedOverAndTakenBack() {
        TestClient lead = world.browser("lead");
        Map<String, String> handing = Map.of(
                "to", "other", "until", local(Duration.ofDays(1)), "zone", "UTC", "role", "ops", "reason", "on leave");

        assertThat(PortalTest.location(send(lead, "/me/delegations", handing))).isEqualTo("/me?said=handed-over");

        String mine = page(lead);
        assertThat(mine).contains("running", "on leave", "href=\"/people/other\"", "href=\"/roles/ops\"");
        assertThat(page(world.browser("other"))).contains("on leave");
        assertThat(page(world.browser("dev"))).doesNotContain("on leave");
        assertThat(PortalTest.page(lead, "/me?list=delegations&as=csv").body())
                .startsWith("Delegation,State,Who decides,")
                .contains("on leave");
        String id = all(Pattern.compile("/me/delegations/(dlg_[0-9a-z]+)/end"), mine)
                .getFirst();
        assertThat(send(world.browser("dev"), "/me/delegations/" + id + "/end", Map.of())
                        .statusCode())
                .isEqualTo(404);
        assertThat(PortalTest.location(send(lead, "/me/delegations/" + id + "/end", Map.of())))
                .isEqualTo("/me?said=ended");
        assertThat(page(lead)).doesNotContain("/me/delegations/" + id + "/end");
    }

    @Test
    void aHandingThatIsWrongIsShownAgainWithWhatWasTyped() {
        TestClient lead = world.browser("lead");

        HttpResponse<String> nobody = send(
                lead,
                "/me/delegations",
                Map.of("to", "no-such", "until", local(Duration.ofDays(1)), "reason", "away \"for\" good"));
        HttpResponse<String> never =
                send(lead, "/me/delegations", Map.of("to", "other", "until", "soon", "reason", "away"));
        HttpResponse<String> open = send(lead, "/me/delegations", Map.of("to", "other", "reason", "away"));

        assertThat(nobody.statusCode()).isEqualTo(400);
        assertThat(nobody.body())
                .contains(
                        "role=\"alert\"", "expected: an active person", "value=\"no-such\"", "away &#34;for&#34; good");
        assertThat(never.body()).contains("role=\"alert\"", "until: ");
        assertThat(open.body()).contains("role=\"alert\"", "until: missing");
        assertThat(page(lead)).doesNotContain("no-such");
    }
}
