package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Actor;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.server.ApiWorld.Someone;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What waits for whom, on the first page and on dashboards. */
class PortalHomeTest {
    private static ApiWorld world;
    private static Someone dev;
    private static TestClient devs;
    private static TestClient judges;
    private static TestClient openers;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        world.apply("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: emergencies}
                spec:
                  match: {roles: [ops]}
                  rules:
                    - {name: developers, when: 'request.breakGlass && "developers" in groups', effect: allow, approvals: none}
                """);
        world.server().feature(PolicySets.class).enforce(Actor.system("test"), "draft", "agreed");
        dev = world.signIn("dev");
        world.holder("judge", "review.decide", "incident.confirm", "incident.read", "metrics.read", "audit.read");
        Someone opener = world.holder("opener", "incident.open", "incident.confirm", "incident.read", "audit.read");
        ApiWorld.Reply broken = dev.post(
                "/requests",
                Map.of(
                        "items",
                        List.of(Map.of("role", "ops", "target", "web-1")),
                        "duration",
                        "PT30M",
                        "reason",
                        "the disk is full",
                        "break_glass",
                        true));
        assertThat(broken.text("state")).as(broken.body()).isEqualTo("approved");
        ApiWorld.Reply opened = opener.post(
                "/incidents", Map.of("title", "disks are full", "severity", "sev1", "targets", List.of("web-1")));
        assertThat(opened.status()).as(opened.body()).isEqualTo(201);
        devs = world.browser("dev");
        judges = world.browser("judge");
        openers = world.browser("opener");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void reviewsAndIncidentsThatWaitLeadThereForThoseWhoMayJudgeThem() {
        assertThat(PortalTest.page(judges, "/").body())
                .contains("Also waits for you", "<b>1</b>review owed", "href=\"/reviews\"")
                .contains("<b>1</b>incident to confirm", "href=\"/incidents?view=all\"");
        assertThat(PortalTest.page(openers, "/").body())
                .as("nobody confirms their own, and reviews are not theirs")
                .doesNotContain("Also waits for you");
        assertThat(PortalTest.page(devs, "/").body()).doesNotContain("Also waits for you");
    }

    @Test
    void whoDidNotOpenAnIncidentIsOfferedToConfirmIt() {
        String path = "/incidents/"
                + world.signIn("opener").get("/incidents").items().getFirst().get("id");

        assertThat(PortalTest.page(judges, path).body())
                .contains("action=\"" + path + "/confirm\"", "not confirmed by a second person");
        assertThat(PortalTest.page(openers, path).body())
                .contains("not confirmed by a second person")
                .doesNotContain(path + "/confirm");
    }

    @Test
    void whatIsOftenAskedForIsAskedAboutByItself() {
        assertThat(PortalTest.page(devs, "/").body()).contains("Often asked for", "/ask?item=ops%20web-1");
        assertThat(dev.get("/me/reach?role=ops&target=web-1").items()).hasSize(1);
        assertThat(dev.get("/me/reach?role=ops&target=web-9").items()).isEmpty();
        assertThat(dev.get("/me/reach?role=look").items()).hasSize(1);
    }

    @Test
    void dashboardsCountAllIncidentsAndSayHowQuickItWas() {
        String onCall = PortalTest.page(judges, "/dashboard").body();
        String debug = PortalTest.page(judges, "/dashboard/debug").body();

        assertThat(onCall)
                .contains("<b>1</b>open incidents<", "href=\"/incidents?view=all\"")
                .contains("hx-trigger=\"sallyport:incident from:body throttle:5s", "hx-select=\"#waits-for-somebody\"")
                .contains("How quick it was, since this server started");
        assertThat(debug)
                .contains("<b>0</b>closing stuck", "since it knew the whole feed", "database connections active");
        assertThat(PortalTest.page(judges, "/dashboard/executive").body())
                .contains("/audit?activity=request.created&amp;since=30d");
        assertThat(PortalTest.page(openers, "/dashboard").body())
                .as("who may not read measures")
                .doesNotContain("How quick it was");
    }

    @Test
    void figuresAreNamedAsInTheMetrics() {
        Someone judge = world.signIn("judge");

        ApiWorld.Reply figures = judge.get("/status/figures");
        String metrics = devs.send(devs.request("/metrics").GET()).body();

        assertThat(figures.body())
                .contains("\"name\":\"sallyport_waiting\",\"labels\":{\"what\":\"requests pending\"}")
                .contains("\"name\":\"sallyport_feed_staleness_seconds\"", "\"unit\":\"seconds\"")
                .contains("\"scope\":\"all nodes\"", "\"scope\":\"this node\"");
        assertThat(figures.items())
                .extracting(figure -> String.valueOf(figure.get("name")))
                .allMatch(name -> metrics.contains(name));
        assertThat(dev.get("/status/figures").code()).isEqualTo("auth.missing-right");
    }
}
