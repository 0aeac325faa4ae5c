package dev.sallyport.server;

import static dev.sallyport.server.PortalTest.location;
import static dev.sallyport.server.PortalTest.page;
import static dev.sallyport.server.PortalTest.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Ids;
import dev.sallyport.base.Labels;
import dev.sallyport.identity.Rights;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.session.Gateways;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AP3: every id on a page leads to what has it, for those who may see that, and to the same refusal for all others. */
class PortalIdsTest {
    private static final Pattern ID = Pattern.compile("\\b[a-z]{3}_[0-9a-z]{26}\\b");

    /** What no page shows: parts of a person's factors and of questions to programs, and keys that nobody chooses among. */
    private static final Set<String> NOWHERE = Set.of("fac_", "dqu_", "rck_", "gca_");

    private static ApiWorld world;
    private static Someone dev;
    private static Someone lead;
    private static Someone chiefs;
    private static TestClient devs;
    private static TestClient leads;
    private static TestClient others;
    private static TestClient chief;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        dev = world.signIn("dev");
        lead = world.signIn("lead");
        world.signIn("other");
        chiefs = world.holder("chief", Rights.ALL.toArray(String[]::new));
        devs = world.browser("dev");
        leads = world.browser("lead");
        others = world.browser("other");
        chief = world.browser("chief");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static String id(String table, String name) {
        return world.database()
                .read(rx -> rx.one("select id from " + table + " where name = ?", row -> row.getString(1), name)
                        .orElseThrow());
    }

    private static void leads(TestClient browser, String id, String place) {
        HttpResponse<String> answer = page(browser, "/id/" + id);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
        assertThat(location(answer)).isEqualTo(place);
        assertThat(page(browser, place.replaceFirst("#.*", "")).statusCode())
                .as(place)
                .isEqualTo(200);
    }

    /** Whoever may not see it reads the same as of one that does not exist. */
    private static void refusesAsUnknown(TestClient browser, String id) {
        String prefix = id.substring(0, 4);
        String none = prefix + "0".repeat(26);
        HttpResponse<String> answer = page(browser, "/id/" + id);
        HttpResponse<String> unknown = page(browser, "/id/" + none);
        assertThat(answer.statusCode()).isIn(403, 404).isEqualTo(unknown.statusCode());
        assertThat(alert(answer).replace(id, none)).isEqualTo(alert(unknown)).isNotEmpty();
    }

    private static String alert(HttpResponse<String> answer) {
        String body = answer.body();
        int main = body.indexOf("<main");
        return body.substring(main, body.indexOf("</main>", main)).replaceAll("err_[0-9a-z]+", "");
    }

    @Test
    void whatIsInTheCatalogueIsFoundByItsId() {
        leads(chief, id("person", "dev"), "/people/dev");
        leads(chief, id("person_group", "leads"), "/groups/leads");
        leads(chief, id("target", "web-1"), "/targets/web-1");
        leads(chief, id("role", "ops"), "/roles/ops");
        leads(chief, id("eligibility", "developers-ops"), "/eligibilities/developers-ops");
        for (String id : List.of(id("person", "dev"), id("role", "ops"), id("target", "web-1"))) {
            refusesAsUnknown(others, id);
        }
        assertThat(page(chief, "/id/per_" + "0".repeat(26)).statusCode()).isEqualTo(404);
    }

    @Test
    void anItemLeadsToItsRequestForWhoMaySeeThat() {
        String request = dev.ask("ops", "web-1", "PT30M").text("id");
        String item = world.database()
                .read(rx -> rx.one("select id from request_item where request_id = ?", row -> row.getString(1), request)
                        .orElseThrow());

        leads(devs, item, "/requests/" + request);
        leads(leads, item, "/requests/" + request);
        leads(chief, item, "/requests/" + request);
        leads(devs, request, "/requests/" + request);
        refusesAsUnknown(others, item);
        assertThat(dev.get("/requests/" + item).text("id")).isEqualTo(request);
        assertThat(world.signIn("other").get("/requests/" + item).code()).isEqualTo("request.unknown");
    }

    @Test
    void aSignInLeadsToWhereOneIsSignedInAndNoOtherSeesIt() {
        String session =
                String.valueOf(dev.get("/me/sessions").items().getFirst().get("id"));

        leads(devs, session, "/me?sign-ins-id=" + session + "#sign-ins");
        assertThat(page(devs, "/me?sign-ins-id=" + session).body()).contains("One of the places", session);
        refusesAsUnknown(others, session);
        refusesAsUnknown(chief, session);
        assertThat(dev.get("/me/sessions/" + session).text("client")).isNotEmpty();
        assertThat(lead.get("/me/sessions/" + session).code()).isEqualTo("sign-in.unknown");
    }

    @Test
    void aLoginLeadsToItsPerson() {
        String login = String.valueOf(
                chiefs.get("/identities?person=dev").items().getFirst().get("id"));

        leads(chief, login, "/people/dev#logins");
        refusesAsUnknown(devs, login);
    }

    @Test
    void aDelegationIsSeenByThoseWhomItConcernsAndWhoSeesAllRequests() {
        String delegation = lead.post(
                        "/delegations",
                        Map.of(
                                "to",
                                "other",
                                "until",
                                Instant.now().plus(Duration.ofDays(1)).toString(),
                                "reason",
                                "on <b>leave"))
                .text("id");

        for (TestClient browser : List.of(leads, others, chief)) {
            leads(browser, delegation, "/delegations/" + delegation);
        }
        assertThat(page(chief, "/delegations/" + delegation).body())
                .contains("other decides for lead", "on &lt;b&gt;leave");
        assertThat(page(devs, "/delegations/" + delegation).statusCode()).isEqualTo(404);
        assertThat(dev.get("/delegations/" + delegation).code()).isEqualTo("delegation.unknown");
        assertThat(dev.get("/delegations/dlg_" + "0".repeat(26)).code()).isEqualTo("delegation.unknown");
    }

    @Test
    void aGatewayAKeyAndAMessageAreFoundWhereTheyStand() {
        String gateway = world.server()
                .feature(Gateways.class)
                .builtIn("gate-1", Labels.NONE)
                .id();
        String key = String.valueOf(chiefs.get("/keys").items().getFirst().get("id"));

        leads(chief, gateway, "/settings?gateways-q=gate-1#gateways");
        leads(chief, key, "/dashboard/debug#keys");
        assertThat(page(chief, "/dashboard/debug").body()).contains(key);
        for (String id : List.of(gateway, key)) {
            refusesAsUnknown(devs, id);
        }
        assertThat(chiefs.get("/gateways/gate-1").text("name")).isEqualTo("gate-1");
        assertThat(chiefs.get("/gateways/gate-2").code()).isEqualTo("gateway.unknown");
        assertThat(page(chief, "/id/cak_" + "0".repeat(26)).statusCode()).isEqualTo(404);
        assertThat(page(chief, "/id/ntf_" + "0".repeat(26)).statusCode()).isEqualTo(303);
        assertThat(page(chief, "/settings/notifications/ntf_" + "0".repeat(26)).statusCode())
                .isEqualTo(404);
    }

    /** All that happened here, page by page: what looks like an id is a link, or is of what no page shows. */
    @Test
    void noIdOfAnEventLeadsNowhere() {
        String request = dev.ask("ops", "web-1", "PT30M").text("id");
        send(leads, "/requests/" + request + "/approve", Map.of("comment", "go on"));
        var nowhere = new TreeSet<String>();
        for (Map<String, Object> event : chiefs.get("/audit/events?limit=500").items()) {
            String shown = page(chief, "/audit/" + event.get("id")).body().replaceAll("(?s)<a [^>]*>.*?</a>", "");
            String facts = shown.substring(shown.indexOf("<dl"), shown.indexOf("</dl>"));
            ID.matcher(facts.replaceAll("(?s)<dt>Told by</dt>.*?</dd>", ""))
                    .results()
                    .forEach(found -> nowhere.add(found.group().substring(0, 4)));
        }

        nowhere.removeAll(NOWHERE);
        assertThat(nowhere).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such", "xyz_00000000000000000000000000", "req_1", "per_%3Cscript%3E"})
    void whatIsNoIdSaysWhatIsOne(String id) {
        HttpResponse<String> answer = page(chief, "/id/" + id);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("expected: ").doesNotContain("<script>");
    }

    @Test
    void idsThatBelongToNothingAreUnknown() {
        for (String prefix : List.of("itm_", "idn_", "ses_", "gtw_", "bgk_", "bgu_", "tky_", "psk_", "pol_")) {
            assertThat(page(chief, "/id/" + Ids.next(prefix)).statusCode())
                    .as(prefix)
                    .isEqualTo(404);
        }
    }
}
