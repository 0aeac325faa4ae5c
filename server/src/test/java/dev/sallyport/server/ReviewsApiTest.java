package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** BG1, BG3, BG4 over HTTP: an emergency, the review it owes, and how many there were. */
class ReviewsApiTest {
    private static ApiWorld world;
    private static Someone dev;
    private static Someone reviewer;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        dev = world.signIn("dev");
        reviewer = world.holder("reviewer", "review.decide");
        world.apply("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: emergencies}
                spec:
                  match: {roles: [ops]}
                  rules:
                    - name: developers
                      when: request.breakGlass && "developers" in groups
                      effect: allow
                      override: true
                      approvals: none
                """);
        Reply enforced = world.holder("enforcer", "policy.enforce").post("/policy/enforce", Map.of("reason", "agreed"));
        assertThat(enforced.status()).as(enforced.body()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static String page(String who, String review) {
        var browser = new TestClient(world.server());
        browser.login(who, ApiWorld.PASSWORD);
        return PortalTest.page(browser, "/reviews/" + review).body();
    }

    private static Reply emergency(String reason) {
        return dev.post(
                "/requests",
                Map.of(
                        "items",
                        List.of(Map.of("role", "ops", "target", "web-1")),
                        "duration",
                        "PT30M",
                        "reason",
                        reason,
                        "break_glass",
                        true));
    }

    @Test
    void anEmergencyIsGrantedAndReviewedBySomebodyWithTheRight() {
        Reply refused = emergency("fix it");
        Reply granted = emergency("the shop is down, INC-9");
        Reply without = dev.get("/reviews");
        Reply owed = reviewer.get("/reviews");
        String id = owed.body().replaceAll("(?s).*\"id\":\"(rev_[a-z0-9]+)\".*", "$1");
        String bare = page("reviewer", id);
        world.holder(
                "auditor-2", "review.decide", "request.read-all", "session.read-all", "session.view", "audit.read");
        String whole = page("auditor-2", id);
        Reply wrong = reviewer.post("/reviews/" + id + "/close", Map.of("verdict", "fine", "comment", "x"));
        Reply silent = reviewer.post("/reviews/" + id + "/close", Map.of("verdict", "justified"));
        Reply closed = reviewer.post(
                "/reviews/" + id + "/close", Map.of("verdict", "not-justified", "comment", "it was not down"));
        Reply twice = reviewer.post("/reviews/" + id + "/close", Map.of("verdict", "justified", "comment", "x"));

        assertThat(bare)
                .contains("dev broke glass on web-1", "the shop is down, INC-9", "No session went through a gateway")
                .doesNotContain("What happened</h2>");
        assertThat(whole)
                .contains("What happened</h2>", "break-glass.used", "<h2>ops on web-1</h2>")
                .contains(
                        "sallyport sessions --grant " + owed.items().getFirst().get("grant"));
        assertThat(refused.body()).contains("at least 10 characters for an emergency");
        assertThat(granted.text("state")).as(granted.body()).isEqualTo("approved");
        Await.until("the measures", Duration.ofSeconds(60), () -> {
            var client = reviewer.client();
            return client.send(client.request("/metrics").GET())
                    .body()
                    .contains("sallyport_emergencies{team=\"none\"} 1.0");
        });
        assertThat(without.code()).isEqualTo("auth.missing-right");
        assertThat(owed.body()).contains("\"break_glass\":true", "the shop is down, INC-9");
        assertThat(wrong.body()).contains("expected: justified or not-justified");
        assertThat(silent.body()).contains("comment: missing");
        assertThat(closed.text("verdict")).as(closed.body()).isEqualTo("not justified");
        assertThat(twice.code()).isEqualTo("review.done-already");
        assertThat(reviewer.get("/reviews?state=done").body()).contains(id);
        assertThat(reviewer.get("/reviews?state=nonsense").body()).contains("expected: open or done");
        assertThat(reviewer.get("/reviews/rev_nothing").code()).isEqualTo("review.unknown");
    }
}
