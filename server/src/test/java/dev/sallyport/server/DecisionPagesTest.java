package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RQ2: the link in a letter leads to a page on which the approver decides, after signing in. */
class DecisionPagesTest {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Pattern LINK = Pattern.compile("https://localhost:\\d+(/decide/[A-Za-z0-9_-]{43})");

    private static MailWorld world;
    private static Someone dev;
    private static boolean enforced;

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
        return letterAbout(id, "lead@example.org");
    }

    private static Asked letterAbout(String id, String to) {
        Await.until("a mail", SOON, () -> letters(id, to).findAny().isPresent());
        String text = letters(id, to).findFirst().orElseThrow();
        Matcher link = LINK.matcher(text);
        assertThat(link.find()).as(text).isTrue();
        return new Asked(id, link.group(1));
    }

    private static Stream<String> letters(String id, String to) {
        return world.mail.got().stream()
                .filter(got -> got.to().equals(to))
                .map(DecisionPagesTest::text)
                .filter(each -> each.contains(id));
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
                .contains("times in 90 days", "held now by", "nobody", "/assets/alone-")
                .containsPattern(
                        "<dt>decided by</dt>\\s*<dd><time datetime=\"[^\"]+Z\">\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC</time></dd>");

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
    void ofSeveralItemsOnlyThoseThatAreTickedAreDecided() {
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: Target
                metadata: {name: web-2, labels: {tier: web}}
                spec: {type: ssh, address: {host: 127.0.0.1, port: 2202}}
                """);
        Asked asked = letterAbout(dev.post(
                        "/requests",
                        Map.of(
                                "items",
                                List.of(
                                        Map.of("role", "ops", "target", "web-1"),
                                        Map.of("role", "ops", "target", "web-2")),
                                "duration",
                                "PT1H",
                                "reason",
                                "both of them"))
                .text("id"));
        TestClient browser = browser();
        browser.login("lead", ApiWorld.PASSWORD);
        String page = browser.get(asked.link()).body();
        String form = browser.formToken(asked.link());
        List<String> items = Pattern.compile("name=\"item\" value=\"(itm_[0-9a-z]+)\" checked> (ops on web-[12])")
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .toList();

        HttpResponse<String> none =
                browser.post(asked.link(), Map.of("_csrf", form, "apart", "true", "verdict", "approve"));
        String before = dev.get("/requests/" + asked.id()).body();
        HttpResponse<String> one = browser.post(
                asked.link(), Map.of("_csrf", form, "apart", "true", "verdict", "approve", "item", items.getFirst()));

        assertThat(items).hasSize(2);
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("item: none is ticked (expected: at least one to decide)");
        assertThat(before).doesNotContain("grt_");
        assertThat(one.body()).contains("You have approved it", "What you left out still waits for your word");
        assertThat(dev.get("/requests/" + asked.id()).items())
                .extracting(item -> item.get("target"), item -> item.get("state"))
                .containsExactly(tuple("web-1", "approved"), tuple("web-2", "pending"));
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

    /** Looking wants a fresh factor of who asks and of who approves. */
    private static Someone careful(String name) {
        world.api.person(name);
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: keen}
                spec: {groups: [leads], email: keen@example.org}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: %1$s-look}
                spec: {role: look, subjects: {people: [%1$s]}}
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
                """.formatted(name));
        if (!enforced) {
            enforced = true;
            world.api.server().feature(PolicySets.class).enforce(Actor.system("test"), "draft", "a fresh factor");
        }
        return world.api.signIn(name);
    }

    @Test
    void whereAFreshFactorIsWantedThePageAsksForItAndKeepsWhatWasTyped() {
        Someone careful = careful("careful");
        Authenticator carefuls = enrolled(careful);
        world.api.signIn("keen");
        TestClient browser = browser();
        browser.login("keen", ApiWorld.PASSWORD);
        Authenticator keens = enrolled(world.api.signIn("keen"));
        Asked asked = letterAbout(askWithAFactor(careful, carefuls), "keen@example.org");
        Map<String, String> form = Map.of(
                "_csrf", browser.formToken(asked.link()),
                "verdict", "approve",
                "comment", "agreed <b>",
                "duration", "20m");

        HttpResponse<String> page = browser.post(asked.link(), form);
        HttpResponse<String> wrong = browser.post(asked.link(), with(form, "000000"));
        assertThat(careful.get("/requests/" + asked.id()).text("state")).isEqualTo("pending");
        HttpResponse<String> other = browser.post(asked.link(), with(form, carefuls.code(Instant.now())));
        HttpResponse<String> right = browser.post(asked.link(), with(form, keens.code(Instant.now())));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("a second factor no older than 15m", "name=\"step_up_code\"", "value=\"20m\"")
                .contains("value=\"agreed &lt;b>\"", "value=\"approve\"");
        assertThat(wrong.body()).contains("role=\"alert\"", "value=\"20m\"");
        assertThat(other.body()).contains("role=\"alert\"");
        assertThat(right.body()).contains("You have approved it");
        assertThat(careful.get("/requests/" + asked.id()).body()).contains("agreed <b>", "PT20M");
        assertThat(browser.get(asked.link()).statusCode())
                .as("the link is used up")
                .isEqualTo(404);
    }

    private static Map<String, String> with(Map<String, String> form, String code) {
        var more = new java.util.HashMap<>(form);
        more.put("step_up_code", code);
        return more;
    }

    @Test
    void whoHasNoFactorIsToldHowToGetOneAndTheLinkStaysGood() {
        Someone careful = careful("wary");
        Asked asked = letterAbout(askWithAFactor(careful, enrolled(careful)), "lead@example.org");
        TestClient browser = browser();
        browser.login("lead", ApiWorld.PASSWORD);
        String form = browser.formToken(asked.link());

        HttpResponse<String> approved = browser.post(asked.link(), Map.of("_csrf", form, "verdict", "approve"));
        String state = careful.get("/requests/" + asked.id()).text("state");
        HttpResponse<String> denied =
                browser.post(asked.link(), Map.of("_csrf", form, "verdict", "deny", "comment", "not today"));

        assertThat(approved.statusCode()).isEqualTo(401);
        assertThat(approved.body()).contains("a second factor no older than 15m", "enrol an authenticator app");
        assertThat(state).isEqualTo("pending");
        assertThat(denied.body()).contains("You have denied it");
    }

    private static Authenticator enrolled(Someone someone) {
        ApiWorld.Reply offer = someone.post("/me/totp", Map.of());
        var app = new Authenticator(offer.text("uri"));
        someone.post("/me/totp/confirm", Map.of("code", app.code(Instant.now())));
        world.api.forgetUsedCodes();
        return app;
    }

    private static String askWithAFactor(Someone careful, Authenticator app) {
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
