package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
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
    void historyAndDifferencesGoOnWhereThePageBeforeEnded() {
        world.apply(CLOSED);
        for (int i = 0; i < 3; i++) {
            enforcer.post("/policy/shadow", Map.of("set", i % 2 == 0 ? "draft" : "none", "reason", "paged " + i));
            dev.ask("ops", "web-1", "PT" + (20 + i) + "M");
        }

        List<Map<String, Object>> history = paged("/policy/history?limit=", 500);
        List<Map<String, Object>> differences = paged("/policy/shadow/differences?limit=", 500);

        assertThat(history).hasSizeGreaterThanOrEqualTo(3);
        assertThat(differences).hasSizeGreaterThanOrEqualTo(2);
        assertThat(paged("/policy/history?limit=", 1)).isEqualTo(history);
        assertThat(paged("/policy/shadow/differences?limit=", 1)).isEqualTo(differences);
        assertThat(reader.get("/policy/history?after=soon").body())
                .contains("input.invalid-value", "(expected: what the page before named as next)");
        assertThat(reader.get("/policy/shadow/differences?after=soon").status()).isEqualTo(400);
        enforcer.post("/policy/shadow", Map.of("set", "none", "reason", "enough"));
    }

    /** All pages of that many. */
    private static List<Map<String, Object>> paged(String path, int limit) {
        var all = new ArrayList<Map<String, Object>>();
        String after = "";
        do {
            Reply page = reader.get(path + limit + after);
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            all.addAll(page.items());
            after = page.json().get("next") == null ? "" : "&after=" + page.text("next");
        } while (!after.isEmpty());
        return all;
    }

    @Test
    void pagesOfThePortalLeadToWhatIsOlder() {
        for (int i = 0; i < 51; i++) {
            enforcer.post("/policy/shadow", Map.of("set", "none", "reason", "older " + i));
        }
        var browser = new TestClient(world.server());
        browser.login("reader", ApiWorld.PASSWORD);

        String first = PortalTest.page(browser, "/policy").body();
        Matcher older =
                Pattern.compile("href=\"([^\"]*history-after=[^\"]*)\">Older<").matcher(first);

        assertThat(older.find()).as(first).isTrue();
        assertThat(first).contains("older 50<").doesNotContain("older 0<");
        assertThat(PortalTest.page(browser, older.group(1).replace("&amp;", "&").replaceFirst("#.*", ""))
                        .body())
                .contains("older 0<");
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
    void whatWouldEndIsSaidBeforeASetIsEnforcedAndNothingHasEndedThen() {
        String grant = dev.grant("look", "web-1");
        String shut = """
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: shut}
                spec:
                  match: {roles: [look]}
                  rules:
                    - {name: all, effect: deny, message: nobody looks any more}
                """;
        Map<String, Object> files = Map.of("files", List.of(Map.of("name", "p.yaml", "text", shut)));

        Someone seer = world.holder("seer", "policy.read", "grant.read-all");
        Reply forecast = seer.post("/policy/forecast", files);
        Reply counted = reader.post("/policy/forecast", files);
        Reply same = reader.post("/policy/forecast", Map.of("set", "enforced"));
        Reply notAllowed = dev.post("/policy/forecast", files);
        world.apply(shut);
        var pages = new TestClient(world.server());
        pages.login("reader", ApiWorld.PASSWORD);
        String page = PortalTest.page(pages, "/policy/sets/draft/forecast").body();
        world.apply(shut.replace("[look]", "[none-such]"));

        assertThat(forecast.body()).contains(grant, "\"becomes\":\"ends\"", "nobody looks any more");
        assertThat(same.body()).contains("\"ending\":0");
        assertThat(notAllowed.code()).isEqualTo("auth.missing-right");
        assertThat(page).contains("running grants would end").doesNotContain(grant);
        assertThat(counted.body()).contains("\"ending\":1", "\"items\":[]");
        assertThat(dev.get("/grants/" + grant).text("state")).isEqualTo("active");
    }

    @Test
    void theCatalogueOfTheServerIsCheckedForWhatNobodyCouldGet() {
        world.apply("""
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: forgotten}
                spec:
                  targets: {type: ssh, labels: {tier: web}}
                  ssh: {logins: [deploy]}
                  request: {approval: auto}
                """);
        Reply checked = reader.post("/policy/check", Map.of("set", "enforced"));
        var pages = new TestClient(world.server());
        pages.login("reader", ApiWorld.PASSWORD);

        assertThat(checked.body())
                .contains("unreachable-role", "nobody may ask for the role forgotten: no Eligibility names it")
                .doesNotContain("role look");
        assertThat(PortalTest.page(pages, "/policy/check?set=enforced").body())
                .contains("nobody may ask for the role forgotten");
        assertThat(dev.post("/policy/check", Map.of()).code()).isEqualTo("auth.missing-right");
    }

    @Test
    void whoCanMakesAMatrixOfSeveralAndSimulatingMaySuppose() {
        Reply matrix = reader.post(
                "/policy/who-can",
                Map.of("roles", List.of("ops", "look"), "targets", List.of("web-1"), "set", "enforced"));
        Map<String, Object> asked = Map.of("person", "other", "role", "ops", "target", "web-1", "reason", "x");
        var supposed = new HashMap<String, Object>(asked);
        supposed.put("also_in_groups", List.of("developers"));
        var both = new HashMap<String, Object>(Map.of("role", "ops", "roles", List.of("ops"), "target", "web-1"));

        assertThat(matrix.items())
                .extracting(each -> each.get("person") + " " + each.get("role") + " " + each.get("effect"))
                .contains("dev ops approval", "dev look allow");
        assertThat(reader.post("/policy/simulate", asked).body()).contains("\"effect\":\"deny\"");
        assertThat(reader.post("/policy/simulate", supposed).body()).contains("\"effect\":\"approval\"");
        assertThat(reader.post("/policy/who-can", both).body()).contains("role: stands beside roles");
        assertThat(reader.post(
                                "/policy/who-can",
                                Map.of(
                                        "roles",
                                        IntStream.range(0, 101)
                                                .mapToObj(i -> "role-" + i)
                                                .toList(),
                                        "targets",
                                        List.of("web-1")))
                        .body())
                .contains("expected: together at most 100 pairs");
    }

    @Test
    void whoCanIsListedInParts() {
        for (String name : List.of("dev-more", "dev-most")) {
            world.apply("""
                    apiVersion: sallyport/v1
                    kind: Person
                    metadata: {name: NAME}
                    spec: {groups: [developers]}
                    """.replace("NAME", name));
        }
        Map<String, Object> asked = Map.of("role", "ops", "target", "web-1", "set", "enforced");
        List<Object> all = reader.post("/policy/who-can", asked).items().stream()
                .map(each -> each.get("person"))
                .toList();
        var parts = new ArrayList<Object>();
        var part = new HashMap<>(asked);
        part.put("limit", 1);
        for (Object next = ""; next != null; next = part.get("after")) {
            Reply reply = reader.post("/policy/who-can", part);
            reply.items().forEach(each -> parts.add(each.get("person")));
            part.put("after", reply.json().get("next"));
        }

        assertThat(all).hasSizeGreaterThan(1);
        assertThat(parts).isEqualTo(all);
        part.put("limit", 0);
        assertThat(reader.post("/policy/who-can", part).body()).contains("limit: 0 (expected: 1 to 1000)");
        assertThat(reader.post(
                                "/policy/who-can",
                                Map.of("roles", List.of("ops", "look"), "target", "web-1", "after", "dev"))
                        .body())
                .contains("expected: only with one role and one target");
    }

    @Test
    void aPageSaysWhyRuleByRuleForThoseWhoMayReadPoliciesAndInSentencesForOthers() {
        String id = dev.ask("ops", "web-1", "PT37M").text("id");
        var mine = new TestClient(world.server());
        mine.login("dev", ApiWorld.PASSWORD);
        var pages = new TestClient(world.server());
        pages.login("reader", ApiWorld.PASSWORD);

        String own = PortalTest.page(mine, "/requests/" + id + "/explanation").body();
        String whole =
                PortalTest.page(pages, "/requests/" + id + "/explanation").body();

        assertThat(own).contains("ops on web-1").doesNotContain("Rule by rule", "What it was decided on");
        assertThat(whole).contains("Rule by rule, when it was asked for", "What it was decided on");
    }

    @Test
    void casesAreRunByASetOfTheServerOrByThePoliciesBesideThem() {
        String cases = """
                apiVersion: sallyport/v1
                kind: PolicyTest
                metadata: {name: looking}
                spec:
                  facts:
                    principal: {name: dev}
                    role: {name: look}
                    target: {name: web-1}
                    request: {duration: 1h, reason: look}
                  cases:
                    - {name: nobody, expect: {effect: deny}}
                    - {name: everybody, expect: {effect: allow}}
                """;
        String rule = """
                ---
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: free}
                spec: {rules: [{name: all, effect: allow, approvals: none}]}
                """;
        Reply bySet = reader.post("/policy/test", tests("none", cases));
        Reply byFiles =
                reader.post("/policy/test", Map.of("files", List.of(Map.of("name", "t.yaml", "text", cases + rule))));
        var pages = new TestClient(world.server());
        pages.login("reader", ApiWorld.PASSWORD);
        HttpResponse<String> page = PortalTest.send(pages, "/policy/tests", Map.of("set", "none", "text", cases));

        assertThat(bySet.body()).contains("\"passed\":1", "\"failed\":1", "\"name\":\"everybody\"");
        assertThat(byFiles.items())
                .extracting(each -> each.get("name") + " " + each.get("passed"))
                .containsExactly("nobody false", "everybody true");
        assertThat(byFiles.body()).contains("free/all");
        assertThat(page.body()).contains("1 passed, 1 failed", "looking: everybody");
        assertThat(reader.post("/policy/test", tests("none", rule)).body()).contains("no PolicyTest in them");
        assertThat(reader.post("/policy/test", tests("none", cases.replace("effect: deny", "effect: dny")))
                        .body())
                .contains("t.yaml", "dny");
        assertThat(dev.post("/policy/test", tests("none", cases)).code()).isEqualTo("auth.missing-right");
    }

    @Test
    void theChangesOfAReplayAreListedPartByPart() {
        String since = Instant.now().toString();
        String asked = dev.ask("ops", "web-1", "PT38M").text("id");
        List<String> also = world.askedAlso(asked, 1_001);
        List<Map<String, String>> files = List.of(Map.of("name", "p.yaml", "text", CLOSED));

        Reply first = reader.post("/policy/replay", Map.of("since", since, "files", files));
        Reply second = reader.post(
                "/policy/replay",
                Map.of("since", first.text("since"), "files", files, "after", first.text("next"), "limit", 1));
        Reply third = reader.post(
                "/policy/replay", Map.of("since", first.text("since"), "files", files, "after", second.text("next")));
        assertThat(first.text("since")).isEqualTo(since);
        assertThat(first.json()).containsEntry("changed", 1_002).containsEntry("decided", 1_002);
        assertThat(requests(first)).hasSize(1_000).startsWith(asked);
        assertThat(second.json()).containsEntry("unused", null);
        assertThat(requests(second)).containsExactly(also.get(1));
        assertThat(requests(third)).containsExactly(also.getFirst());
        assertThat(third.json()).containsEntry("next", null);
    }

    @Test
    void thePortalGoesOnWhereAReplayHasMoreChangesThanOnePageLists() {
        String oldest = world.askedAlso(dev.ask("ops", "web-1", "PT37M").text("id"), 1_001)
                .getFirst();
        world.apply(CLOSED);
        var pages = new TestClient(world.server());
        pages.login("reader", ApiWorld.PASSWORD);

        String page =
                PortalTest.page(pages, "/policy/replay?since=1h&set=draft").body();
        Matcher next = Pattern.compile("href=\"(/policy/replay\\?[^\"]*after=[^\"]*)\"")
                .matcher(page);
        assertThat(next.find()).as(page).isTrue();
        String more =
                PortalTest.page(pages, next.group(1).replace("&amp;", "&")).body();

        assertThat(page).contains("What would change", "come out otherwise");
        assertThat(more).contains("What else would change", oldest).doesNotContain("come out otherwise");
    }

    private static List<String> requests(Reply replayed) {
        return Pattern.compile("\"request\":\"(req_[^\"]+)\"")
                .matcher(replayed.body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void aPlaceThatIsNoneIsRefused() {
        Reply nowhere = reader.post("/policy/replay", Map.of("since", "2026-01-01T00:00:00Z", "after", "req_1"));
        Reply everything = reader.post("/policy/replay", Map.of("limit", 1_001));
        Reply timeless = reader.post("/policy/replay", Map.of("after", "itm_" + "0".repeat(26)));

        assertThat(nowhere.status()).isEqualTo(400);
        assertThat(nowhere.body()).contains("after: \\\"req_1\\\" (expected: the 'next' of the part before)");
        assertThat(everything.body()).contains("limit: 1001 (expected: 1 to 1000)");
        assertThat(timeless.body())
                .contains("since: is missing beside after (expected: the 'since' of the first part)");
    }

    private static Map<String, Object> tests(String set, String text) {
        return Map.of("set", set, "files", List.of(Map.of("name", "t.yaml", "text", text)));
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
