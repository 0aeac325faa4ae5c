package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Actor;
import dev.sallyport.database.Json;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Authenticator;
import dev.sallyport.testkit.SecurityKey;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several requests decided at once where the rules want a fresh second factor for some of them. */
class PortalFactorTest {
    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\">");

    private static PasskeyWorld world;
    private static Someone dev;

    @BeforeAll
    static void start() {
        world = new PasskeyWorld();
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: keen}
                spec: {groups: [leads]}
                ---
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: sharp}
                spec: {groups: [leads]}
                ---
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: bare}
                spec: {groups: [leads]}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: tend}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [tender]}
                  access: direct
                  request: {approval: {group: leads, count: 1}, maxDuration: 8h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: developers-tend}
                spec: {role: tend, subjects: {groups: [developers]}}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: guarded}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [guarded]}
                  access: direct
                  request: {approval: {group: guards, count: 1}, maxDuration: 8h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: developers-guarded}
                spec: {role: guarded, subjects: {groups: [developers]}}
                """);
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: fresh}
                spec:
                  match: {roles: [ops]}
                  rules:
                    - name: factor
                      effect: allow
                      approvals: [{groups: [leads]}]
                      obligations: {mfaWithin: 15m}
                """);
        world.api.server().feature(PolicySets.class).enforce(Actor.system("test"), "draft", "a fresh factor");
        Authenticator app = enrolled(world.api.signIn("dev"));
        TestClient client = world.browser();
        dev = new Someone(
                client,
                Optional.of(client.signIn("dev", ApiWorld.PASSWORD, app.code(Instant.now()))
                        .access()));
    }

    private static Authenticator enrolled(Someone someone) {
        var app = new Authenticator(someone.post("/me/totp", Map.of()).text("uri"));
        someone.post("/me/totp/confirm", Map.of("code", app.code(Instant.now())));
        world.api.forgetUsedCodes();
        return app;
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static String ask(String role) {
        return dev.ask(role, "web-1", "PT1H").text("id");
    }

    /** A browser that was signed in by a password alone. */
    private static TestClient browser(String name) {
        world.api.signIn(name);
        TestClient browser = world.browser();
        browser.login(name, ApiWorld.PASSWORD);
        return browser;
    }

    private static HttpResponse<String> post(TestClient browser, List<Map.Entry<String, String>> fields) {
        String form = fields.stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .reduce((a, b) -> a + "&" + b)
                .orElseThrow();
        return browser.send(browser.request("/decide")
                .header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private static HttpResponse<String> approve(TestClient browser, String... ids) {
        var fields = new ArrayList<Map.Entry<String, String>>();
        fields.add(Map.entry("_csrf", browser.formToken("/")));
        fields.add(Map.entry("verdict", "approve"));
        fields.add(Map.entry("comment", "agreed <b>"));
        List.of(ids).forEach(id -> fields.add(Map.entry("id", id)));
        return post(browser, fields);
    }

    /** The form of the page that asks for a factor, as it would be sent, with what was shown. */
    private static HttpResponse<String> show(
            TestClient browser, HttpResponse<String> page, String field, String shown) {
        String form = page.body().substring(page.body().indexOf("<form class=\"stack\""));
        var fields = new ArrayList<Map.Entry<String, String>>();
        HIDDEN.matcher(form.substring(0, form.indexOf("</form>")))
                .results()
                .map(found -> Map.entry(
                        found.group(1),
                        found.group(2).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")))
                .filter(entry -> !entry.getKey().equals(field))
                .forEach(fields::add);
        fields.add(Map.entry(field, shown));
        return post(browser, fields);
    }

    private static String state(String id) {
        return dev.get("/requests/" + id).text("state");
    }

    @Test
    void oneCodeCountsForAllThatWantAFactorAndTheOthersDoNotWait() {
        String first = ask("ops");
        String second = ask("ops");
        String free = ask("tend");
        TestClient browser = browser("keen");
        Authenticator app = enrolled(world.api.signIn("keen"));

        HttpResponse<String> asked = approve(browser, first, free, second, "req_nothing");

        assertThat(asked.body())
                .contains("Show a second factor", "wanted for " + first + ", " + second)
                .contains("name=\"comment\" value=\"agreed &lt;b>\"", "name=\"done\" value=\"" + free + "\"")
                .doesNotContain("name=\"id\" value=\"" + free + "\"");
        assertThat(asked.body())
                .containsSubsequence(
                        "Done already: 2 of 4",
                        "approved",
                        "/requests/" + free,
                        "Waiting for your factor: 2 of 4",
                        "/requests/" + first,
                        "/requests/" + second);
        assertThat(state(free)).isEqualTo("approved");
        assertThat(state(first)).isEqualTo("pending");

        HttpResponse<String> wrong = show(browser, asked, "step_up_code", "000000");
        assertThat(wrong.body())
                .contains("This code is wrong", "name=\"done\" value=\"" + free + "\"", "Done already: 2 of 4");
        assertThat(state(first)).isEqualTo("pending");

        HttpResponse<String> decided = show(browser, wrong, "step_up_code", app.code(Instant.now()));
        assertThat(decided.body()).contains(first, second, free, "req_nothing").doesNotContain("pending");
        assertThat(state(first)).isEqualTo("approved");
        assertThat(state(second)).isEqualTo("approved");
        assertThat(dev.get("/requests/" + first).body()).contains("agreed <b>");
    }

    /** What would count by now was not agreed to then. */
    @Test
    void whatWasRefusedForAnotherReasonIsNotTriedAgainBehindTheFactor() {
        String wanting = ask("ops");
        String theirs = ask("guarded");
        world.api.person("late");
        TestClient browser = browser("late");
        joined("leads");
        Someone late = world.api.signIn("late");
        Authenticator app = enrolled(late);

        HttpResponse<String> asked = approve(browser, theirs, wanting);
        joined("leads, guards");
        HttpResponse<String> decided = show(browser, asked, "step_up_code", app.code(Instant.now()));

        assertThat(asked.body())
                .contains("wanted for " + wanting + "<", "name=\"done\" value=\"" + theirs + "\"")
                .doesNotContain("name=\"id\" value=\"" + theirs + "\"");
        assertThat(state(wanting)).isEqualTo("approved");
        assertThat(state(theirs)).isEqualTo("pending");
        assertThat(decided.body()).contains(wanting, theirs, "approved", "pending");
        assertThat(late.post("/requests/" + theirs + "/approve", Map.of()).status())
                .as("they could decide it by now")
                .isEqualTo(200);
    }

    private static void joined(String groups) {
        world.api.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: late}
                spec: {groups: [%s]}
                """.formatted(groups));
    }

    @Test
    void onePasskeyCountsForAllThatItsPageNamedAndForNothingElse() {
        String first = ask("ops");
        String second = ask("ops");
        String other = ask("ops");
        TestClient browser = browser("sharp");
        SecurityKey key = world.key();
        world.register(world.api.signIn("sharp"), key);

        HttpResponse<String> asked = approve(browser, first, second);
        assertThat(asked.body()).contains("data-passkey=\"get\"").doesNotContain("step_up_code");
        String purposes = hidden(asked, "step_up_for");
        assertThat(purposes.split(" ")).hasSize(2);
        Map<String, Object> options = world.asked(browser, "/me/step-up/passkey", Map.of("step_up_for", purposes));
        String shown = Json.text(key.show(options));

        HttpResponse<String> elsewhere = approve(browser, other);
        assertThat(show(browser, elsewhere, "step_up_passkey", shown).body()).contains("This passkey was not accepted");
        assertThat(state(other)).isEqualTo("pending");

        options = world.asked(browser, "/me/step-up/passkey", Map.of("step_up_for", purposes));
        HttpResponse<String> decided = show(browser, asked, "step_up_passkey", Json.text(key.show(options)));
        assertThat(decided.body()).contains(first, second, "approved");
        assertThat(state(first)).isEqualTo("approved");
        assertThat(state(second)).isEqualTo("approved");
        assertThat(state(other)).isEqualTo("pending");
    }

    private static String hidden(HttpResponse<String> page, String name) {
        return HIDDEN.matcher(page.body())
                .results()
                .filter(found -> found.group(1).equals(name))
                .findFirst()
                .orElseThrow()
                .group(2);
    }

    @Test
    void whoHasNoFactorIsToldAndDenyingWantsNone() {
        String first = ask("ops");
        TestClient browser = browser("bare");

        assertThat(approve(browser, first).body())
                .contains("Decided", "this wants a second factor no older than 15m", "enrol an authenticator app");
        assertThat(state(first)).isEqualTo("pending");
        HttpResponse<String> denied = post(
                browser,
                List.of(
                        Map.entry("_csrf", browser.formToken("/")),
                        Map.entry("verdict", "deny"),
                        Map.entry("comment", "no"),
                        Map.entry("id", first)));
        assertThat(denied.body()).contains("denied");
    }

    @Test
    void aFactorIsShownForSoManyCallsAtMost() {
        Someone lead = world.api.signIn("lead");
        String purpose = TestClient.hash("something");

        assertThat(lead.post("/me/step-up", Map.of("code", "1", "for", purpose, "also", many(purpose, 20)))
                        .body())
                .contains("also: 20 more calls (expected: at most 19)");
        assertThat(lead.post("/me/step-up/passkey", Map.of("for", purpose, "also", many("x", 1)))
                        .status())
                .isEqualTo(400);
        assertThat(lead.post("/me/step-up", Map.of("code", "1", "for", purpose, "also", many(purpose, 19)))
                        .code())
                .isEqualTo("factor.none");
    }

    private static List<String> many(String text, int times) {
        return java.util.Collections.nCopies(times, text);
    }
}
