package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Actor;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.server.ApiWorld.Someone;
import java.util.List;
import java.util.Locale;
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

    private static List<String> names(String query) {
        return chief.get("/targets?" + query).items().stream()
                .map(target -> String.valueOf(target.get("metadata")).replaceFirst(".*\\bname=([^,}]+).*", "$1"))
                .toList();
    }

    @Test
    void targetsAreFoundByWhoOwnsThemAndByWhatOpensThem() {
        world.apply("""
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: dbas}
                spec: {}
                ---
                apiVersion: sallyport/v1
                kind: Person
                metadata: {name: ann}
                spec: {}
                ---
                apiVersion: sallyport/v1
                kind: Target
                metadata: {name: db-7, labels: {tier: db}}
                spec: {type: ssh, address: {host: 127.0.0.1, port: 2207}, owner: lead}
                ---
                apiVersion: sallyport/v1
                kind: Target
                metadata: {name: db-8, labels: {tier: db}}
                spec: {type: ssh, address: {host: 127.0.0.1, port: 2208}, owner: dbas}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: dba}
                spec:
                  targets: {labels: {tier: db}}
                  ssh: {logins: [postgres]}
                  access: direct
                  request: {approval: auto, maxDuration: 1h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: dbas-dba}
                spec: {role: dba, subjects: {groups: [dbas], people: [ann]}, targets: {names: [db-8, web-1]}}
                """);

        assertThat(names("owner=lead")).containsExactly("db-7");
        assertThat(names("owner=dbas")).containsExactly("db-8");
        assertThat(names("owner=nobody")).isEmpty();
        assertThat(names("role=dba")).containsExactly("db-7", "db-8");
        assertThat(names("role=dba&order=name-desc")).containsExactly("db-8", "db-7");
        assertThat(names("role=dba&owner=lead&q=db")).containsExactly("db-7");
        assertThat(names("eligibility=dbas-dba")).containsExactly("db-8");
        assertThat(names("eligibility=elsewhere")).isEmpty();
        assertThat(chief.get("/targets?role=nothing").code()).isEqualTo("catalog.not-found");
        assertThat(chief.get("/roles?owner=lead").body())
                .contains("owner, role, eligibility: stand beside", "(expected: targets only)");
        assertThat(dev.get("/targets?owner=dev").code()).isEqualTo("auth.missing-right");

        assertThat(page("/people/lead"))
                .contains("<h2>Owns</h2>", "href=\"/targets/db-7\"", "targets list --owner lead");
        assertThat(page("/groups/dbas")).contains("<h2>Owns</h2>", "href=\"/targets/db-8\"");
        assertThat(page("/roles/dba"))
                .contains("<h2>Targets it is for</h2>", "href=\"/targets/db-7\"", "href=\"/targets/db-8\"");
        assertThat(page("/eligibilities/dbas-dba"))
                .contains("<h2>Targets it opens</h2>", "href=\"/targets/db-8\"", "href=\"/roles/dba\"")
                .contains("href=\"/groups/dbas\"", "href=\"/people/ann\"")
                .doesNotContain("href=\"/targets/db-7\"");
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
    void aGroupSaysWhatItApproves() {
        world.apply("""
                apiVersion: sallyport/v1
                kind: Group
                metadata: {name: night}
                spec: {}
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: deployments}
                spec:
                  match: {roles: [look]}
                  rules:
                    - name: two
                      effect: allow
                      approvals:
                        - {groups: [guards], count: 2, escalateAfter: 5m, escalateTo: {groups: [leads]}}
                """);
        assertThat(chief.get("/groups/leads/approves").items())
                .as("a draft decides nothing")
                .extracting(word -> word.get("role"))
                .containsExactly("ops");
        world.server().feature(PolicySets.class).enforce(Actor.system("test"), "draft", "two for looking");

        assertThat(chief.get("/groups/leads/approves").items())
                .extracting(word -> word.get("role") + " " + word.get("rule") + " " + word.get("as"))
                .containsExactly("ops null decides", "null deployments/two escalation");
        assertThat(chief.get("/groups/guards/approves").items())
                .extracting(word -> word.get("rule") + " " + word.get("stage") + " " + word.get("count"))
                .containsExactly("deployments/two 1 2");
        assertThat(chief.get("/groups/leads/approves?limit=1").text("next")).isEqualTo("1");
        assertThat(chief.get("/groups/leads/approves?limit=1&after=1").items()).hasSize(1);
        assertThat(chief.get("/groups/leads/approves?q=deploy").items()).hasSize(1);
        assertThat(chief.get("/groups/night/approves").items()).isEmpty();
        assertThat(chief.get("/groups/nobody/approves").code()).isEqualTo("catalog.not-found");
        assertThat(dev.get("/groups/leads/approves").code()).isEqualTo("auth.missing-right");
        assertThat(page("/groups/leads"))
                .contains("<h2>What they approve</h2>", "/roles/ops", "/policies/deployments\">deployments/two")
                .contains("counts when others are silent");
        assertThat(page("/groups/night")).contains("no policy that is enforced asks for its word");
    }

    @Test
    void whatIsReachedAndWhoReachesItIsReadInPartsAndFound() {
        assertThat(chief.get("/targets/web-1/reach?limit=1").items())
                .extracting(way -> way.get("role"))
                .containsExactly("look");
        assertThat(chief.get("/targets/web-1/reach?limit=1").text("next")).isEqualTo("1");
        assertThat(chief.get("/targets/web-1/reach?limit=1&after=1").items())
                .extracting(way -> way.get("role"))
                .containsExactly("ops");
        assertThat(chief.get("/targets/web-1/reach?limit=1&after=1").json().get("next"))
                .isNull();
        assertThat(chief.get("/targets/web-1/reach?order=name-desc&limit=1").items())
                .extracting(way -> way.get("role"))
                .containsExactly("ops");
        assertThat(chief.get("/targets/web-1/reach?q=OPS").items()).hasSize(1);
        assertThat(chief.get("/roles/ops/reach?q=guard").items()).hasSize(1);
        assertThat(chief.get("/roles/ops/reach?after=x&limit=1").text("detail"))
                .contains("after: \"x\" (expected: what the page before named as next)");
        assertThat(chief.get("/groups/developers/ways?limit=1").text("next")).isEqualTo("1");
        assertThat(chief.get("/people/dev/reach?limit=1&after=1").items()).hasSize(1);
        assertThat(chief.get("/people/dev/reach?q=look").items())
                .extracting(way -> way.get("role"))
                .containsExactly("look");
        assertThat(chief.get("/people/dev/reach?after=5001").text("detail"))
                .contains("after: 5001 (expected: at most 5000)");
    }

    @Test
    void theMembersOfAGroupAreReadFromEitherEndAndFound() {
        for (String name : List.of("anna", "zoe")) {
            world.apply("""
                    apiVersion: sallyport/v1
                    kind: Person
                    metadata: {name: %s}
                    spec: {displayName: Somebody Called %s, groups: [guards]}
                    """.formatted(name, name.toUpperCase(Locale.ROOT)));
        }

        assertThat(members("")).containsExactly("anna", "guard", "zoe");
        assertThat(members("order=name-desc")).containsExactly("zoe", "guard", "anna");
        assertThat(members("limit=2")).containsExactly("anna", "guard");
        assertThat(members("limit=2&after=guard")).containsExactly("zoe");
        assertThat(members("order=name-desc&after=guard")).containsExactly("anna");
        assertThat(members("q=called%20Z")).containsExactly("zoe");
        assertThat(chief.get("/groups/guards/members?order=age").text("detail")).contains("name or name-desc");
        assertThat(dev.get("/groups/guards/members").code()).isEqualTo("auth.missing-right");
        assertThat(page("/groups/guards?members-q=zoe"))
                .contains("/people/zoe", "name=\"members-q\" value=\"zoe\"")
                .doesNotContain("/people/anna");
    }

    private static List<String> members(String query) {
        return chief.get("/groups/guards/members?" + query).items().stream()
                .map(member -> String.valueOf(member.get("person")))
                .toList();
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
