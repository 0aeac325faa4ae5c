package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Json;
import dev.sallyport.identity.Directory;
import dev.sallyport.identity.Rights;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Await;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IdentitiesApiTest {
    private static final String ISSUER = "https://id.example.org";
    private static ApiWorld world;
    private static Someone root;
    private static Someone helpdesk;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        world.apply("""
                apiVersion: sallyport/v1
                kind: OidcProvider
                metadata: {name: corp}
                spec: {issuer: 'https://id.example.org', clientId: sallyport, groups: claims.groups}
                """);
        root = world.holder("root", Rights.ALL.toArray(String[]::new));
        helpdesk = world.holder("helpdesk", "person.reset-password", "identity.link", "identity.read");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static Someone person(String name, String more) {
        world.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: %s}
                spec: {%s}
                """.formatted(name, more));
        return world.signIn(name);
    }

    private static Reply link(Someone as, String person, String subject) {
        return as.post(
                "/identities", Map.of("person", person, "issuer", ISSUER, "subject", subject, "reason", "a test"));
    }

    private static Reply move(String id, String from, String to) {
        return root.post("/identities/" + id + "/move", Map.of("from", from, "to", to, "reason", "one human"));
    }

    private static Reply unlink(Someone as, String id) {
        return as.call("DELETE", "/identities/" + id, Map.of(), Json.text(Map.of("reason", "a test")));
    }

    private static Reply reset(Someone as, String name) {
        return as.post("/people/" + name + "/password-reset", Map.of("reason", "lost it"));
    }

    private static HttpResponse<String> open(String url, String password, String again) {
        var browser = new TestClient(world.server(), "127.0.3.1");
        String path = url.substring(world.server().url().toString().length());
        return browser.post(
                "/reset-password",
                Map.of(
                        "_csrf",
                        browser.formToken(path),
                        "token",
                        TestClient.parameter(url, "token"),
                        "password",
                        password,
                        "again",
                        again));
    }

    @Test
    void twoPersonsOfOneHumanBecomeOne() {
        person("ann", "");
        Someone second = person("ann-2", "groups: [developers]");
        Reply linked = link(root, "ann-2", "sub-ann");
        String grant = second.grant("look", "web-1");

        Reply taken = link(root, "ann", "sub-ann");
        Reply moved = move(linked.text("id"), "ann-2", "ann");

        assertThat(linked.status()).as(linked.body()).isEqualTo(201);
        assertThat(taken.code()).isEqualTo("identity.taken");
        assertThat(taken.body()).contains("move " + linked.text("id") + " --from ann-2 --to ann");
        assertThat(moved.status()).as(moved.body()).isEqualTo(200);
        assertThat(moved.body()).contains("\"disabled\":\"ann-2\"", grant);
        Await.until(
                "the end of the session is heard",
                Duration.ofSeconds(10),
                () -> second.get("/me").status() == 401);
        assertThat(root.get("/grants/" + grant).text("state")).isIn("ending", "ended");
        assertThat(root.get("/identities/" + linked.text("id")).text("person")).isEqualTo("ann");
        assertThat(root.get("/identities?person=ann").items()).hasSize(2);
        boolean disabled = world.database()
                .read(rx -> Directory.person(rx, "ann-2").orElseThrow().disabled());
        assertThat(disabled).isTrue();
        assertThat(root.get("/audit/events?activity=identity.moved").body()).contains(linked.text("id"));
    }

    @Test
    void aLoginThatIsTakenAwayOpensNothingAnyMore() {
        Someone bea = person("bea", "");
        link(root, "bea", "sub-bea");
        List<Map<String, Object>> logins = root.get("/identities?person=bea").items();
        String local = String.valueOf(logins.stream()
                .filter(login -> "local".equals(login.get("issuer")))
                .findFirst()
                .orElseThrow()
                .get("id"));

        Reply unlinked = unlink(root, local);

        assertThat(unlinked.status()).as(unlinked.body()).isEqualTo(200);
        assertThat(String.valueOf(unlinked.json().get("sessions_ended")))
                .as("the browser and the client")
                .startsWith("2");
        assertThat(bea.get("/me").status()).isEqualTo(401);
        assertThat(new TestClient(world.server(), "127.0.3.2")
                        .login("bea", ApiWorld.PASSWORD)
                        .headers()
                        .firstValue("Location"))
                .hasValue("/login?error");
        assertThat(unlink(root, local).code()).isEqualTo("identity.unknown");
    }

    @Test
    void nobodyWithoutTheRightOrWithLessAdministrationLinks() {
        Someone eve = person("eve", "");

        assertThat(link(eve, "eve", "sub-eve").code()).isEqualTo("auth.missing-right");
        assertThat(link(helpdesk, "root", "sub-eve").code()).isEqualTo("person.administers-more");
        assertThat(link(helpdesk, "eve", "sub-eve").status()).isEqualTo(201);
        assertThat(root.post(
                                "/identities",
                                Map.of("person", "eve", "issuer", "https://else", "subject", "x", "reason", "a test"))
                        .code())
                .isEqualTo("identity.unknown-issuer");
    }

    @Test
    void theLastLoginOfAnAdministratorStays() {
        String only = String.valueOf(
                root.get("/identities?person=root").items().getFirst().get("id"));

        Reply refused = unlink(root, only);

        assertThat(refused.code()).isEqualTo("identity.administrator");
        assertThat(refused.body()).contains("link another login first");
    }

    @Test
    void aLostPasswordIsSetAnewByALinkThatWorksOnce() {
        Someone lee = person("lee", "");

        Reply made = reset(helpdesk, "lee");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        HttpResponse<String> differ = open(made.text("url"), "staple staple staple", "other words here");
        HttpResponse<String> set = open(made.text("url"), "staple staple staple", "staple staple staple");
        HttpResponse<String> again = open(made.text("url"), "staple staple stapler", "staple staple stapler");

        assertThat(differ.statusCode()).isEqualTo(400);
        assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(403);
        assertThat(lee.get("/me").status()).isEqualTo(401);
        assertThat(new TestClient(world.server(), "127.0.3.4")
                        .signIn("lee", "staple staple staple")
                        .access())
                .isNotEmpty();
        assertThat(root.get("/audit/events?activity=password.reset").items()).isNotEmpty();
        assertThat(root.get("/audit/events?activity=password.reset-link-made").items())
                .isNotEmpty();
    }

    @Test
    void linksThatAreGoodForNothingAreRefusedAlike() {
        String url = world.server().url() + "/reset-password?token=nothing-of-ours";

        HttpResponse<String> wrong = open(url, "staple staple staple", "staple staple staple");

        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(wrong.body()).contains("unknown, used, replaced by a newer one, or older than 30 minutes");
    }

    @Test
    void helpdeskResetsNeitherItselfNorAdministrators() {
        assertThat(reset(helpdesk, "root").code()).isEqualTo("person.administers-more");
        assertThat(reset(helpdesk, "helpdesk").code()).isEqualTo("password.reset-own");
        assertThat(reset(root, "helpdesk").status()).isEqualTo(201);
        assertThat(reset(root, "no-such").status()).isEqualTo(404);
    }
}
