package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Await;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RQ7 over HTTP and on two servers: opened by a person at one or by PagerDuty at the other, and over for both. */
class IncidentsApiTest {
    private static final String SECRET = "a-secret-of-pagerduty";

    private static ApiWorld world;
    private static RunningServer second;
    private static Someone dev;
    private static Someone opener;
    private static Someone steward;

    @BeforeAll
    static void start() throws IOException {
        world = new ApiWorld();
        second = world.start();
        dev = world.signIn("dev");
        opener = world.holder("opener", "incident.open");
        steward = world.holder("steward", "incident.change");
        world.apply("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: incidents}
                spec:
                  match: {roles: [ops]}
                  rules:
                    - name: responders
                      when: context.incidents.exists(i, principal.name in i.responders && target.name in i.targets)
                      effect: allow
                      override: true
                      approvals: none
                ---
                apiVersion: sallyport/v1
                kind: IncidentSource
                metadata: {name: pagerduty}
                spec:
                  shape: pagerduty
                  secretFile: incident-pagerduty
                  services: [{service: Shop, targets: {names: [web-1]}}]
                  responders: {groups: [developers]}
                """);
        for (RunningServer server : List.of(world.server(), second)) {
            Files.writeString(
                    Files.createDirectories(
                                    server.feature(ServerConfig.class).data().resolve("secrets"))
                            .resolve("incident-pagerduty"),
                    SECRET + "\n");
        }
        Reply enforced = world.holder("enforcer", "policy.enforce").post("/policy/enforce", Map.of("reason", "agreed"));
        assertThat(enforced.status()).as(enforced.body()).isEqualTo(200);
    }

    @Test
    void respondersAreAddedAndRemovedOnThePageOfTheIncident() {
        String id = opener.post(
                        "/incidents", Map.of("title", "on its page", "severity", "low", "targets", List.of("web-1")))
                .text("id");
        String path = "/incidents/" + id;
        world.holder("overseer", "incident.change", "incident.read");
        var stewards = new TestClient(world.server());
        stewards.login("overseer", ApiWorld.PASSWORD);
        var openers = new TestClient(world.server());
        openers.login("opener", ApiWorld.PASSWORD);
        assertThat(PortalTest.page(stewards, path).body())
                .contains(">Add responders</button>")
                .doesNotContain(">Remove</button>");
        assertThat(PortalTest.page(openers, path).body()).doesNotContain("Add responders");
        assertThat(PortalTest.send(openers, path + "/responders/add", Map.of("responders", "dev"))
                        .body())
                .contains("auth.missing-right");

        HttpResponse<String> added = PortalTest.send(
                stewards, path + "/responders/add", Map.of("responders", "dev lead", "responder_groups", "developers"));

        assertThat(PortalTest.location(added)).isEqualTo(path + "?said=changed");
        assertThat(PortalTest.page(stewards, path).body())
                .contains("href=\"/people/dev\"", "href=\"/people/lead\"", ">Remove</button>")
                .contains("value=\"responder_groups developers\"", "data-confirm=\"Remove them, and end");
        assertThat(PortalTest.send(stewards, path + "/responders/add", Map.of("responders", "overseer"))
                        .body())
                .contains("incident.self");

        PortalTest.send(stewards, path + "/responders/remove", Map.of("responder", "responders dev"));
        PortalTest.send(stewards, path + "/responders/remove", Map.of("responder", "responder_groups developers"));
        assertThat(PortalTest.send(stewards, path + "/responders/remove", Map.of("responder", "targets web-1"))
                        .body())
                .contains("expected: one of those that the page names");
        assertThat(opener.get("/incidents/" + id).json())
                .containsEntry("responders", List.of("lead"))
                .containsEntry("responder_groups", List.of());
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static Reply message(Someone someone, String path, String body, String secret) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return someone.call(
                "POST",
                path,
                Map.of(
                        "X-PagerDuty-Signature",
                        "v1=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)))),
                body);
    }

    private static String event(String id, String type, Instant at) {
        return """
                {"event": {"id": "%s", "event_type": "%s", "resource_type": "incident", "occurred_at": "%s",
                           "data": {"id": "Q1", "title": "checkout is failing", "urgency": "high",
                                    "service": {"id": "PF9KMXH", "summary": "Shop"}}}}
                """.formatted(id, type, at);
    }

    private static void ended(Someone someone, String grant) {
        Await.until(
                "the grant ends",
                Duration.ofSeconds(30),
                () -> someone.get("/grants/" + grant).text("end_reason").equals("policy"));
    }

    private static String grantOf(Reply asked) {
        return asked.body().replaceAll("(?s).*\"grant\":\"(grt_[a-z0-9]+)\".*", "$1");
    }

    @Test
    void aPersonOpensOneAndAnotherClosesItAtTheOtherServer() {
        Map<String, Object> said = Map.of(
                "title",
                "checkout is failing",
                "severity",
                "sev1",
                "targets",
                List.of("web-1"),
                "responders",
                List.of("dev"));

        Reply without = dev.post("/incidents", said);
        Reply opened = opener.post("/incidents", said);
        Reply asked = dev.at(second).ask("ops", "web-1", "PT30M");
        Reply grant = dev.get("/grants/" + grantOf(asked));
        Reply stranger = world.signIn("other").get("/incidents/" + opened.text("id"));
        Reply closed = steward.at(second)
                .post("/incidents/" + opened.text("id") + "/close", Map.of("reason", "it was the cache"));

        assertThat(without.code()).isEqualTo("auth.missing-right");
        assertThat(opened.status()).as(opened.body()).isEqualTo(201);
        assertThat(asked.text("state")).as(asked.body()).isEqualTo("approved");
        assertThat(grant.body()).contains("\"incidents\":[\"" + opened.text("id") + "\"]");
        assertThat(dev.get("/incidents").body()).doesNotContain(opened.text("id"));
        assertThat(dev.get("/incidents?state=closed").body()).contains(opened.text("id"));
        assertThat(stranger.code()).isEqualTo("incident.unknown");
        assertThat(closed.text("closed_by")).as(closed.body()).isEqualTo("steward");
        ended(dev, grantOf(asked));
        assertThat(dev.ask("ops", "web-1", "PT30M").text("state")).isEqualTo("pending");
        assertThat(world.holder("reviewer", "review.decide").get("/reviews").body())
                .contains("\"because\":\"incident\"", opened.text("id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/incident-sources/%s/messages", "/incidents?source=%s"})
    void pagerDutyOpensAndResolvesWithoutSigningIn(String form) throws Exception {
        Instant at = Instant.now();
        String path = form.formatted("pagerduty");
        String triggered = event("E1" + form, "incident.triggered", at);
        Someone nobody = world.nobody();

        Reply wrong = message(nobody, path, triggered, "another-secret-here");
        Reply unknown = message(nobody, form.formatted("nobody"), triggered, SECRET);
        Reply opened = message(nobody, path, triggered, SECRET);
        Reply again = message(nobody.at(second), path, triggered, SECRET);
        Reply list = world.holder("reader", "incident.read").get("/incidents?view=all");
        Reply resolved =
                message(nobody.at(second), path, event("E2" + form, "incident.resolved", at.plusMillis(1)), SECRET);
        Reply large = message(nobody, path, "\"" + "x".repeat(300_000) + "\"", SECRET);

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.code()).isEqualTo("incident.unproven");
        assertThat(unknown.body().replaceAll("rqt_\\w+", ""))
                .isEqualTo(wrong.body().replaceAll("rqt_\\w+", ""));
        assertThat(opened.text("taken")).as(opened.body()).isEqualTo("opened");
        assertThat(again.text("taken")).isEqualTo("repeated");
        assertThat(list.body()).contains("\"source\":\"pagerduty\"", "\"reference\":\"Q1\"", "\"web-1\"");
        assertThat(resolved.text("taken")).isEqualTo("closed");
        assertThat(large.status()).isEqualTo(413);
    }

    @Test
    void aMessageWithoutASourceNeedsATokenAndOneOfAnImpossibleSourceIsRefused() throws Exception {
        Someone nobody = world.nobody();
        String triggered = event("E3", "incident.triggered", Instant.now());

        assertThat(message(nobody, "/incidents", triggered, SECRET).status()).isEqualTo(401);
        assertThat(message(nobody, "/incidents?source=", triggered, SECRET).code())
                .isEqualTo("input.invalid-name");
        assertThat(message(nobody, "/incidents?source=..%2Fincidents", triggered, SECRET)
                        .code())
                .isEqualTo("input.invalid-name");
        assertThat(nobody.call("GET", "/incidents?source=pagerduty", Map.of(), null)
                        .status())
                .isEqualTo(401);
        assertThat(opener.get("/incidents?view=mine&source=pagerduty").status()).isEqualTo(200);
    }

    @Test
    void grantsAreRevokedByIncidentAndPeopleComeAndGo() {
        String id = opener.post("/incidents", Map.of("title", "slow", "severity", "sev2", "targets", List.of("web-1")))
                .text("id");

        Reply self = steward.post("/incidents/" + id + "/responders/add", Map.of("responders", List.of("steward")));
        Reply added = steward.post("/incidents/" + id + "/responders/add", Map.of("responders", List.of("dev")));
        assertThat(opener.get("/incidents/" + id).body()).contains("\"unconfirmed\":true");
        Reply confirmed = world.holder("confirmer", "incident.confirm").post("/incidents/" + id + "/confirm", Map.of());
        assertThat(opener.get("/incidents/" + id).body()).contains("\"unconfirmed\":false");
        Reply revoked =
                world.holder("guard", "grant.revoke").post("/revocations", Map.of("incident", id, "reason", "enough"));
        Reply nothing = world.holder("guard-2", "grant.revoke")
                .post("/revocations", Map.of("incident", "inc_none", "reason", "enough"));
        Reply removed = steward.post("/incidents/" + id + "/responders/remove", Map.of("responders", List.of("dev")));

        assertThat(self.code()).isEqualTo("incident.self");
        assertThat(added.body()).contains("\"responders\":[\"dev\"]");
        assertThat(confirmed.text("confirmed_by")).isEqualTo("confirmer");
        assertThat(revoked.status()).as(revoked.body()).isEqualTo(200);
        assertThat(nothing.code()).isEqualTo("incident.unknown");
        assertThat(removed.body()).contains("\"responders\":[]");
        assertThat(opener.get("/incidents?view=everything").body()).contains("expected: all or mine");
    }
}
