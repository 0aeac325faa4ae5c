package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** PO1, PO4, PO5 over HTTP: who may look at policies, who may let them decide, and what they are asked. */
class PoliciesApiTest {
    private static final String CLOSED = """
            apiVersion: sallyport/v1
            kind: Policy
            metadata: {name: closed}
            spec:
              match: {roles: [ops]}
              rules: [{name: never, when: 'target.name == "web-1"', effect: deny, message: the shop is closed}]
            """;

    private static ApiWorld world;
    private static Someone dev;
    private static Someone reader;
    private static Someone enforcer;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        dev = world.signIn("dev");
        reader = world.holder("reader", "policy.read");
        enforcer = world.holder("enforcer", "policy.read", "policy.enforce");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void onlyWhoHoldsTheRightsLooksAtPoliciesOrLetsThemDecide() {
        assertThat(dev.get("/policy").code()).isEqualTo("auth.missing-right");
        assertThat(dev.post("/policy/replay", Map.of()).code()).isEqualTo("auth.missing-right");
        assertThat(reader.get("/policy").status()).isEqualTo(200);
        assertThat(reader.post("/policy/enforce", Map.of("reason", "x")).code()).isEqualTo("auth.missing-right");
        assertThat(reader.post("/policy/rollback", Map.of("reason", "x")).code())
                .isEqualTo("auth.missing-right");
        assertThat(reader.post("/policy/shadow", Map.of("reason", "x")).code()).isEqualTo("auth.missing-right");
    }

    @Test
    void aSetIsReplayedShadowedEnforcedExplainedAndRolledBack() {
        String before = dev.ask("ops", "web-1", "PT1H").text("id");
        world.apply(CLOSED);

        Reply status = reader.get("/policy");
        Reply replayed = reader.post("/policy/replay", Map.of());
        Reply simulated = reader.post(
                "/policy/simulate",
                Map.of("person", "dev", "role", "ops", "target", "web-1", "reason", "x", "set", "draft"));
        Reply could = reader.post("/policy/who-can", Map.of("role", "ops", "target", "web-1", "set", "draft"));
        Reply shadow = enforcer.post("/policy/shadow", Map.of("set", "draft", "reason", "trying"));
        String shadowed = dev.ask("ops", "web-1", "PT50M").text("state");
        Reply differences = reader.get("/policy/shadow/differences");
        Reply enforced = enforcer.post("/policy/enforce", Map.of("reason", "agreed"));
        Reply denied = dev.ask("ops", "web-1", "PT40M");
        Reply own = dev.get("/requests/" + denied.text("id") + "/explanation");
        Reply whole = reader.get("/requests/" + denied.text("id") + "/explanation");
        var pages = new TestClient(world.server());
        pages.login("reader", ApiWorld.PASSWORD);
        String shadows = PortalTest.page(pages, "/policy/differences").body();
        String draft = PortalTest.page(pages, "/policy/sets/draft").body();
        String status2 = PortalTest.page(pages, "/policy").body();
        Reply back = enforcer.post("/policy/rollback", Map.of("reason", "too early"));

        assertThat(status.body()).contains("\"differs\":true");
        assertThat(replayed.body()).contains(before, "the shop is closed", "closed/never");
        assertThat(replayed.body()).contains("\"unused\":[]");
        assertThat(reader.post("/policy/replay", Map.of("since", "2100-01-01T00:00:00Z"))
                        .body())
                .contains("\"decided\":0", "\"unused\":[\"closed/never\"]");
        assertThat(simulated.body()).contains("\"effect\":\"deny\"", "deny  closed/never: its condition holds");
        assertThat(could.body()).contains("\"person\":\"dev\"", "the shop is closed");
        assertThat(shadow.status()).as(shadow.body()).isEqualTo(200);
        assertThat(shadowed).isEqualTo("pending");
        assertThat(differences.body()).contains("the shop is closed");
        assertThat(shadows).contains("the shop is closed", "What the shadow says");
        assertThat(draft).contains("Policy closed", "the shop is closed", "the same");
        assertThat(status2).contains("href=\"/policy/sets/");
        assertThat(enforced.status()).as(enforced.body()).isEqualTo(200);
        assertThat(denied.text("state")).isEqualTo("denied");
        assertThat(own.body()).contains("the shop is closed").doesNotContain("closed/never");
        assertThat(whole.body()).contains("closed/never", "\"facts\"", enforced.text("set"));
        assertThat(back.status()).as(back.body()).isEqualTo(200);
        assertThat(dev.ask("ops", "web-1", "PT39M").text("state")).isEqualTo("pending");
    }

    @Test
    void whatIfIsAskedForAnotherTimeToo() {
        String rules = """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: hours}
                spec:
                  match: {roles: [ops]}
                  rules:
                    - {name: never-in-2099, when: 'context.time.getFullYear("UTC") == 2099', effect: deny, message: not then}
                """;
        var asked = new HashMap<String, Object>(Map.of(
                "person",
                "dev",
                "role",
                "ops",
                "target",
                "web-1",
                "reason",
                "x",
                "files",
                List.of(Map.of("name", "p.yaml", "text", rules))));
        Reply now = reader.post("/policy/simulate", asked);
        asked.put("starts_at", "2099-05-05T08:00:00Z");
        Reply then = reader.post("/policy/simulate", asked);

        assertThat(now.body()).doesNotContain("not then");
        assertThat(then.body()).contains("not then");
    }

    @Test
    void badInputIsAnsweredWithWhatWasExpected() {
        Reply unsound = reader.post(
                "/policy/replay",
                Map.of(
                        "files",
                        List.of(Map.of("name", "p.yaml", "text", CLOSED.replace("target.name", "target.nam")))));
        var both = new HashMap<String, Object>(Map.of("set", "draft", "files", List.of()));

        assertThat(unsound.status()).isEqualTo(400);
        assertThat(unsound.body()).contains("p.yaml", "did you mean target.name?");
        assertThat(reader.post("/policy/replay", both).body()).contains("set: stands beside files");
        assertThat(reader.get("/policy/sets/nonsense").body())
                .contains("expected: draft, enforced, shadow, none, or six or more characters of a hash");
        assertThat(reader.post("/policy/simulate", Map.of("person", "nobody", "role", "ops", "target", "web-1"))
                        .code())
                .isEqualTo("catalog.not-found");
        assertThat(enforcer.post("/policy/enforce", Map.of("set", "abcdef123")).body())
                .contains("reason: missing");
        assertThat(enforcer.post("/policy/enforce", Map.of("set", "abcdef123", "reason", "x"))
                        .code())
                .isEqualTo("policy.unknown");
    }
}
