package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Someone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** AP3: what somebody could ask for, and who could ask for something. */
class ReachTest {
    private static ApiWorld world;
    private static Someone dev;
    private static Someone chief;
    private static TestClient pages;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        world.apply("""
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: over}
                spec: {role: ops, subjects: {people: [other]}, until: 2026-01-01T00:00:00Z}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: elsewhere}
                spec: {role: ops, subjects: {people: [guard]}, targets: {names: [web-9]}}
                """);
        dev = world.signIn("dev");
        chief = world.holder("chief", "catalog.read", "identity.read", "policy.read");
        pages = new TestClient(world.server());
        pages.login("chief", ApiWorld.PASSWORD);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void aPersonReachesWhatTheyMayAskForAndNothingElse() {
        assertThat(chief.get("/people/dev/reach").body())
                .contains("\"role\":\"look\"", "\"role\":\"ops\"", "\"target\":\"web-1\"", "\"more\":false");
        assertThat(chief.get("/people/dev/reach?limit=1").body()).contains("\"more\":true");
        assertThat(chief.get("/people/other/reach").items()).isEmpty();
        assertThat(chief.get("/people/guard/reach").items()).isEmpty();
        assertThat(chief.get("/people/nobody/reach").code()).isEqualTo("person.unknown");
    }

    @Test
    void aTargetAndARoleAreReachedThroughEligibilitiesThatHoldNow() {
        assertThat(chief.get("/targets/web-1/reach").items())
                .extracting(way -> way.get("role") + " " + way.get("groups") + " " + way.get("eligibility"))
                .containsExactly("look [developers] developers-look", "ops [developers] developers-ops");
        assertThat(chief.get("/roles/ops/reach").items())
                .extracting(way -> way.get("eligibility"))
                .containsExactly("developers-ops", "elsewhere");
        assertThat(chief.get("/targets/nowhere/reach").code()).isEqualTo("catalog.not-found");
        assertThat(chief.get("/roles/nothing/reach").code()).isEqualTo("catalog.not-found");
    }

    @Test
    void aGroupSaysWhoIsInItWhoeverSaysSoAndWhatItMakesEligibleFor() {
        world.apply("""
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: gone}
                spec: {groups: [developers], state: disabled}
                """);

        ApiWorld.Reply developers = chief.get("/groups/developers/reach");

        assertThat(developers.body())
                .contains("\"person\":\"dev\"", "\"person\":\"gone\"", "\"active\":false", "\"more\":false")
                .doesNotContain("\"person\":\"lead\"");
        assertThat(developers.items())
                .extracting(way -> way.get("eligibility"))
                .containsExactly("developers-look", "developers-ops");
        assertThat(chief.get("/groups/developers/reach?limit=1").body()).contains("\"more\":true");
        assertThat(chief.get("/groups/guards/reach").items()).isEmpty();
        assertThat(chief.get("/groups/nobody/reach").code()).isEqualTo("catalog.not-found");
        assertThat(dev.get("/groups/developers/reach").code()).isEqualTo("auth.missing-right");
        assertThat(page("/groups/developers"))
                .contains("<h2>Who is in it</h2>", "/people/gone", "<h2>What they may ask for through it</h2>")
                .contains("/eligibilities/developers-ops", "sallyport reach --group developers");
    }

    @Test
    void whoMayNotReadTheCatalogueSeesOnlyTheirOwn() {
        assertThat(dev.get("/me/reach").items()).hasSize(2);
        assertThat(dev.get("/people/dev/reach").code()).isEqualTo("auth.missing-right");
        assertThat(dev.get("/targets/web-1/reach").code()).isEqualTo("auth.missing-right");
        assertThat(dev.get("/roles/ops/reach").code()).isEqualTo("auth.missing-right");
    }

    @Test
    void whatOneMayAskForIsFoundByWordsOfRoleAndTarget() {
        assertThat(dev.get("/eligible?q=WEB%20look").items())
                .extracting(offer -> offer.get("role"))
                .containsExactly("look");
        assertThat(dev.get("/eligible?q=web%20db").items()).isEmpty();
        assertThat(dev.get("/eligible?role=ops&target=web-1").items()).hasSize(1);
        assertThat(dev.get("/eligible?role=web-1").items()).isEmpty();
    }

    @Test
    void thePagesShowIt() {
        assertThat(page("/people/dev"))
                .contains("<h2>Signs in as</h2>", "<h2>May ask for</h2>", "<td data-label=\"Target\"")
                .contains("sallyport identities list --person dev", "sallyport reach --person dev");
        assertThat(page("/targets/web-1"))
                .contains("<h2>Who may ask for it</h2>", "/eligibilities/developers-ops")
                .contains("/policy/who-can?role=ops&amp;target=web-1");
        assertThat(page("/roles/ops")).contains("<h2>Who may ask for it</h2>", "/groups/developers");
    }

    private static String page(String path) {
        return PortalTest.page(pages, path).body();
    }
}
