package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Actor;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.server.ApiWorld.Someone;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Asking in the portal offers what could come of it. */
class PortalAskTest {
    private static ApiWorld world;
    private static Someone dev;
    private static TestClient devs;

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
        devs = new TestClient(world.server());
        devs.login("dev", ApiWorld.PASSWORD);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void anEmergencyIsOfferedOnlyWhereOneCouldBeGranted() {
        assertThat(PortalTest.page(devs, "/ask?item=ops%20web-1").body())
                .contains("It is an emergency", ">Break glass now</button>");
        assertThat(PortalTest.page(devs, "/ask?item=look%20web-1").body())
                .contains("look on web-1")
                .doesNotContain("It is an emergency");

        assertThat(dev.get("/eligible?role=ops&target=web-1").body()).contains("\"break_glass\":true");
        assertThat(dev.get("/eligible?role=look&target=web-1").body()).contains("\"break_glass\":false");
        assertThat(dev.get("/eligible").body()).as("lists stay quick").doesNotContain("\"break_glass\":true");
    }

    @Test
    void whatWouldHappenIsShownAndNothingIsAskedFor() {
        Map<String, String> form = Map.of(
                "item", "ops web-1",
                "duration", "9h",
                "reason", "only to see <b>",
                "key", "k-preview",
                "preview", "yes");

        String page = PortalTest.send(devs, "/ask", form).body();
        String emergency = PortalTest.send(
                        devs,
                        "/ask",
                        Map.of(
                                "item", "ops web-1",
                                "duration", "30m",
                                "reason", "the disk is full",
                                "key", "k-preview-2",
                                "preview", "break-glass"))
                .body();
        String wrong = PortalTest.send(
                        devs, "/ask", Map.of("item", "ops web-1", "duration", "", "key", "k", "preview", "yes"))
                .body();

        assertThat(page)
                .contains("Nothing was asked for yet.", "at most 8h; you asked 9h", "With that mended: needs ")
                .contains("only to see &lt;b&gt;", "value=\"9h\"", "name=\"preview\" value=\"yes\" formnovalidate");
        assertThat(emergency).contains("granted at once", "<details class=\"urgent\" open>");
        assertThat(wrong).contains("role=\"alert\"", "duration: ").doesNotContain("Nothing was asked for yet.");
        assertThat(dev.get("/requests").items())
                .extracting(request -> request.get("reason"))
                .doesNotContain("only to see <b>");
    }

    @Test
    void aForgedEmergencyIsDecidedLikeAnyOther() {
        Map<String, String> forged = Map.of(
                "item",
                "look web-1",
                "duration",
                "10m",
                "reason",
                "the disk is full",
                "key",
                "k-forged",
                "break_glass",
                "true");

        String asked = PortalTest.location(PortalTest.send(devs, "/ask", forged));

        assertThat(asked).endsWith("said=refused");
        assertThat(dev.get(asked.replaceFirst("\\?.*", "")).body())
                .contains("\"state\":\"denied\"", "no policy allows look on web-1 to you now");
    }
}
