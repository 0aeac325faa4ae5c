package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.server.notification.MailServer;
import dev.sallyport.testkit.Authenticator;
import dev.sallyport.testkit.Await;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RQ2: the link in a letter leads to a page on which the approver decides, after signing in. */
class DecisionPagesTest {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Pattern LINK = Pattern.compile("https://localhost:\\d+(/decide/[A-Za-z0-9_-]{43})");

    private static MailWorld world;
    private static Someone dev;

    @BeforeAll
    static void start() {
        world = new MailWorld();
        dev = world.api.signIn("dev");
        world.api.signIn("lead");
        world.api.signIn("other");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private record Asked(String id, String link) {}

    private static Asked ask() {
        return letterAbout(dev.ask("ops", "web-1", "PT1H").text("id"));
    }

    private static Asked letterAbout(String id) {
        Await.until(
                "a mail",
                SOON,
                () -> world.mail.got().stream().anyMatch(got -> text(got).contains(id)));
        String text = world.mail.got().stream()
                .map(DecisionPagesTest::text)
                .filter(each -> each.contains(id))
                .findFirst()
                .orElseThrow();
        Matcher link = LINK.matcher(text);
        assertThat(link.find()).as(text).isTrue();
        return new Asked(id, link.group(1));
    }

    private static String text(MailServer.Got got) {
        try {
            return String.valueOf(
                    ((jakarta.mail.internet.MimeMultipart) got.message().getContent())
                            .getBodyPart(0)
                            .getContent());
        } catch (jakarta.mail.MessagingException | java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestClient browser() {
        return new TestClient(world.api.server());
    }

    @Test
    void theApproverSignsInSeesWhatIsAskedAndApprovesOnce() {
        Asked asked = ask();
        TestClient browser = browser();

        HttpResponse<String> first = browser.get(asked.link());
        assertThat(TestClient.location(first)).isEqualTo("/login");
        HttpResponse<String> signedIn = browser.login("lead", ApiWorld.PASSWORD);
        assertThat(TestClient.location(signedIn)).isEqualTo(asked.link());

        HttpResponse<String> page = browser.get(asked.link());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("ops on web-1", "because of a test", asked.id(), "Approve")
                .contains("times in 90 days", "held now by", "nobody");

        String form = browser.formToken(asked.link());
        HttpResponse<String> done =
                browser.post(asked.link(), Map.of("_csrf", form, "verdict", "approve", "duration", "30m"));
        HttpResponse<String> again = browser.post(asked.link(), Map.of("_csrf", form, "verdict", "approve"));

        assertThat(done.body()).contains("You have approved it", "approved");
        assertThat(dev.get("/requests/" + asked.id()).text("state")).isEqualTo("approved");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(browser.get(asked.link()).statusCode()).isEqualTo(404);
    }

    @Test
    void nobodyElseSeesOrDecidesAnythingWithIt() {
        Asked asked = ask();
        TestClient stranger = browser();
        stranger.login("other", ApiWorld.PASSWORD);
        TestClient asker = browser();
        asker.login("dev", ApiWorld.PASSWORD);

        String form = stranger.formToken("/login");
        HttpResponse<String> seen = stranger.get(asked.link());
        HttpResponse<String> decided = stranger.post(asked.link(), Map.of("_csrf", form, "verdict", "approve"));
        HttpResponse<String> own = asker.get(asked.link());
        HttpResponse<String> nobody = browser().get(asked.link());

        assertThat(seen.statusCode()).isEqualTo(404);
        assertThat(seen.body()).doesNotContain("because of a test");
        assertThat(decided.statusCode()).isEqualTo(404);
        assertThat(own.statusCode()).isEqualTo(404);
        assertThat(nobody.body()).doesNotContain("because of a test");
        assertThat(dev.get("/requests/" + asked.id()).text("state")).isEqualTo("pending");
    }

    @Test
    void aFormFromElsewhereDecidesNothing() {
        Asked asked = ask();
        TestClient browser = browser();
        browser.login("lead", ApiWorld.PASSWORD);

        HttpResponse<String> forged = browser.post(asked.link(), Map.of("verdict", "approve"));

        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(dev.get("/requests/" + asked.id()).text("state")).isEqualTo("pending");
    }

    @Test
    void denyingNeedsAReasonAndAWordThatIsNoneDecidesNothing() {
        Asked asked = ask();
        TestClient browser = browser();
        browser.login("lead", ApiWorld.PASSWORD);
        String form = browser.formToken(asked.link());

        HttpResponse<String> silent = browser.post(asked.link(), Map.of("_csrf", form, "verdict", "deny"));
        HttpResponse<String> neither =
                browser.post(asked.link(), Map.of("_csrf", form, "verdict", "maybe", "comment", "x"));
        assertThat(dev.get("/requests/" + asked.id()).text("state")).isEqualTo("pending");
        HttpResponse<String> denied =
                browser.post(asked.link(), Map.of("_csrf", form, "verdict", "deny", "comment", "not today"));

        assertThat(silent.statusCode()).isEqualTo(400);
        assertThat(neither.statusCode()).isEqualTo(400);
        assertThat(denied.body()).contains("You have denied it");
        assertThat(dev.get("/requests/" + asked.id()).text("state")).isEqualTo("denied");
    }

    @Test
    void whereAFreshFactorIsWantedItSaysWithWhatToDecideAndTheLinkStaysGood() {
        world.api.person("careful");
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: careful-look}
                spec: {role: look, subjects: {people: [careful]}}
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: fresh}
                spec:
                  match: {roles: [look]}
                  rules:
                    - name: factor
                      effect: allow
                      approvals: [{groups: [leads]}]
                      obligations: {mfaWithin: 15m}
                """);
        world.api.server().feature(PolicySets.class).enforce(Actor.system("test"), "draft", "a fresh factor");
        Someone careful = world.api.signIn("careful");
        Asked asked = letterAbout(askWithAFactor(careful));
        TestClient browser = browser();
        browser.login("lead", ApiWorld.PASSWORD);
        String form = browser.formToken(asked.link());

        HttpResponse<String> approved = browser.post(asked.link(), Map.of("_csrf", form, "verdict", "approve"));
        String state = careful.get("/requests/" + asked.id()).text("state");
        HttpResponse<String> denied =
                browser.post(asked.link(), Map.of("_csrf", form, "verdict", "deny", "comment", "not today"));

        assertThat(approved.statusCode()).isEqualTo(401);
        assertThat(approved.body()).contains("a second factor no older than 15m", "sallyport approve " + asked.id());
        assertThat(state).isEqualTo("pending");
        assertThat(denied.body()).contains("You have denied it");
    }

    private static String askWithAFactor(Someone careful) {
        ApiWorld.Reply offer = careful.post("/me/totp", Map.of());
        var app = new Authenticator(offer.text("uri"));
        careful.post("/me/totp/confirm", Map.of("code", app.code(Instant.now())));
        world.api.forgetUsedCodes();
        ApiWorld.Reply refused = careful.ask("look", "web-1", "PT1H");
        ApiWorld.Reply proof = careful.post(
                "/me/step-up", Map.of("code", app.code(Instant.now()), "for", refused.text("step_up_for")));
        return careful.call(
                        "POST",
                        "/requests",
                        Map.of("Sallyport-Step-Up", proof.text("proof")),
                        Json.text(Someone.wish("look", "web-1", "PT1H")))
                .text("id");
    }
}
