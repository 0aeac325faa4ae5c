package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Ids;
import dev.sallyport.formats.breakglass.Kit;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.identity.Rights;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AP2, AP3: lists are filtered, sorted and paged by the server, and what one asks of them wrongly is said. */
class ListsTest {
    private static final Pattern FILE = Pattern.compile("<a href=\"([^\"]+)\">Download as CSV</a>");

    private static ApiWorld world;
    private static Someone dev;
    private static Someone chief;
    private static TestClient browser;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        world.apply("""
                apiVersion: sallyport/v1
                kind: Policy
                metadata: {name: looking}
                spec:
                  match: {roles: [look]}
                  rules:
                  - {name: long, effect: deny, when: "request.duration > duration('15m')", message: "too long"}
                ---
                apiVersion: sallyport/v1
                kind: Target
                metadata: {name: web-0, labels: {tier: web}}
                spec: {type: ssh, address: {host: 127.0.0.1, port: 2202}}
                """);
        dev = world.signIn("dev");
        Someone lead = world.signIn("lead");
        chief = world.holder("chief", Rights.ALL.toArray(String[]::new));
        shadow("draft");
        for (String duration : List.of("PT30M", "PT10M", "PT20M")) {
            dev.ask("look", "web-1", duration);
            dev.ask("ops", "web-1", duration);
        }
        Reply denied = dev.ask("ops", "web-1", "PT2H");
        lead.post("/requests/" + denied.text("id") + "/deny", Map.of("comment", "too long"));
        for (int i = 0; i < 3; i++) {
            chief.post(
                    "/incidents",
                    Map.of("title", "number " + i, "severity", "low", "responder_groups", List.of("leads")));
        }
        dev.ask("look", "web-0", "PT25M");
        assertThat(chief.post("/targets/web-1/enrollment", Map.of()).status()).isEqualTo(201);
        shadow("none");
        shadow("draft");
        browser = new TestClient(world.server());
        browser.login("chief", ApiWorld.PASSWORD);
        new TestClient(world.server()).login("chief", ApiWorld.PASSWORD);
        for (int i = 0; i < 3; i++) {
            chief.post(
                    "/delegations",
                    Map.of("to", "lead", "until", Instant.now().plus(Duration.ofDays(1 + i)), "reason", "away"));
            chief.post(
                    "/breakglass/kits",
                    Map.of(
                            "id",
                            Ids.next(Kit.PREFIX),
                            "name",
                            "kit-" + i,
                            "public_key",
                            SshKeys.generateEd25519(null).publicKey().line(),
                            "threshold",
                            2,
                            "custodians",
                            List.of("ada", "bob")));
        }
    }

    private static void shadow(String set) {
        Reply shadowed = chief.post("/policy/shadow", Map.of("set", set, "reason", "to be seen"));
        assertThat(shadowed.status()).as(shadowed.body()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static List<String> whole(String path) {
        return chief.get(path + "&limit=500").items().stream()
                .map(ListsTest::id)
                .toList();
    }

    private static String id(Map<String, Object> item) {
        return item.get("metadata") instanceof Map<?, ?> metadata
                ? String.valueOf(metadata.get("name"))
                : String.valueOf(item.getOrDefault("id", item.getOrDefault("number", item.get("request"))));
    }

    private static List<String> byPages(String path, int limit) {
        var all = new ArrayList<String>();
        String after = "";
        do {
            Reply page = chief.get(path + "&limit=" + limit + after);
            page.items().stream().map(ListsTest::id).forEach(all::add);
            Object next = page.json().get("next");
            after = next == null ? "" : "&after=" + next;
        } while (!after.isEmpty());
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "/requests?view=all, newest, oldest",
        "/requests?view=all&state=pending, newest, oldest",
        "/grants?view=all, newest, oldest",
        "/incidents?view=all, newest, oldest",
        "/groups?q=, name, name-desc",
        "/audit/events?activity=request, newest, oldest",
        "/me/sessions?q=, newest, oldest",
        "/delegations?view=mine, newest, oldest",
        "/breakglass/kits?q=, newest, oldest",
        "/identities?issuer=local, oldest, newest",
        "/policy/history?q=, newest, oldest",
        "/policy/shadow/differences?q=, newest, oldest",
    })
    void aListIsReadFromEitherEndAndPageByPage(String path, String one, String other) {
        List<String> all = whole(path + "&order=" + one);

        assertThat(all).hasSizeGreaterThan(2).doesNotHaveDuplicates().isEqualTo(whole(path));
        assertThat(whole(path + "&order=" + other)).isEqualTo(all.reversed());
        assertThat(byPages(path + "&order=" + one, 2)).isEqualTo(all);
        assertThat(byPages(path + "&order=" + other, 2)).isEqualTo(all.reversed());
    }

    @ParameterizedTest
    @CsvSource({
        "/grants?view=all&state=active, ends_at",
        "/requests?view=all, expires_at",
        "/me/sessions?q=, expires_at"
    })
    void whatIsDueSoonestComesFirst(String path, String due) {
        List<String> times = chief.get(path + "&order=due").items().stream()
                .map(item -> String.valueOf(item.get(due)))
                .toList();

        assertThat(times).hasSizeGreaterThan(2).isSortedAccordingTo(Comparator.comparing(java.time.Instant::parse));
        assertThat(byPages(path + "&order=due", 1)).isEqualTo(whole(path + "&order=due"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "approved", "denied", "expired", "withdrawn"})
    void requestsOfOneStateAreThoseAndNoOthers(String state) {
        List<Map<String, Object>> all =
                chief.get("/requests?view=all&limit=500").items();

        assertThat(whole("/requests?view=all&state=" + state))
                .isEqualTo(all.stream()
                        .filter(request -> state.equals(request.get("state")))
                        .map(ListsTest::id)
                        .toList());
    }

    @Test
    void whatWaitsForMeIsPending() {
        assertThat(chief.get("/requests?view=to-decide&state=denied").items()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/requests, 'newest, oldest or due'",
        "/grants, 'newest, oldest or due'",
        "/reviews, 'newest, oldest or due'",
        "/sessions, newest or oldest",
        "/findings, newest or oldest",
        "/incidents, newest or oldest",
        "/audit/events, newest or oldest",
        "/groups, name or name-desc",
        "/me/sessions, 'newest, oldest or due'",
        "/delegations, newest or oldest",
        "/breakglass/kits, newest or oldest",
        "/identities, newest or oldest",
        "/policy/history, newest or oldest",
        "/policy/shadow/differences, newest or oldest",
        "/gateways, name or name-desc",
        "/targets/hosts, name or name-desc",
        "/eligible, 'name, name-desc, target or target-desc'",
        "/me/reach, 'name, name-desc, target or target-desc'",
        "/people/dev/reach, 'name, name-desc, target or target-desc'",
    })
    void anOrderThatIsNoneIsRefusedWithThoseThatAre(String path, String allowed) {
        Reply refused = chief.get(path + "?order=sideways");

        assertThat(refused.code()).isEqualTo("input.invalid-value");
        assertThat(refused.text("detail")).contains("order: \"sideways\" (expected: " + allowed + ")");
    }

    private static List<String> offers(String path) {
        return dev.get(path).items().stream()
                .map(offer -> offer.get("role") + " " + offer.get("target"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/eligible", "/me/reach"})
    void whatOneMayAskForIsSortedByEitherNameAndReadPageByPage(String path) {
        List<String> byRole = List.of("look web-0", "look web-1", "ops web-0", "ops web-1");
        List<String> byTarget = List.of("look web-0", "ops web-0", "look web-1", "ops web-1");

        assertThat(offers(path)).isEqualTo(byRole).isEqualTo(offers(path + "?order=name"));
        assertThat(offers(path + "?order=name-desc")).isEqualTo(byRole.reversed());
        assertThat(offers(path + "?order=target")).isEqualTo(byTarget);
        assertThat(offers(path + "?order=target-desc")).isEqualTo(byTarget.reversed());
        Reply first = dev.get(path + "?order=target&limit=3");
        assertThat(first.json()).containsEntry("next", "3");
        assertThat(offers(path + "?order=target&limit=3&after=3")).isEqualTo(byTarget.subList(3, 4));
        assertThat(dev.get(path + "?order=target&limit=3&after=3").json().get("next"))
                .isNull();
        assertThat(dev.get(path + "?after=5001").text("detail")).contains("after: 5001 (expected: at most 5000)");
        assertThat(dev.get(path + "?after=further").code()).isEqualTo("input.invalid-value");
    }

    @Test
    void whereAHistoryGoesOnIsANumberThatItNamed() {
        assertThat(chief.get("/policy/history?after=yesterday").text("detail"))
                .contains("after: \"yesterday\" (expected: what the page before named as next)");
        assertThat(chief.get("/policy/shadow/differences?after=yesterday").code())
                .isEqualTo("input.invalid-value");
    }

    @Test
    void theAskPageIsSortedAndKeepsWhatWasChosen() {
        var asker = new TestClient(world.server());
        asker.login("dev", ApiWorld.PASSWORD);

        String page = PortalTest.page(asker, "/ask?item=look+web-1&item=ops+web-1&order=target&q=web")
                .body();

        assertThat(page)
                .contains(
                        "aria-sort=\"ascending\"><a class=\"sort\" href=\"/ask?item=look+web-1&amp;item=ops+web-1&amp;"
                                + "order=target-desc&amp;q=web\">Target</a>")
                .contains("<input type=\"hidden\" name=\"order\" value=\"target\">")
                .contains("sallyport eligible --search web --order target");
        assertThat(PortalTest.page(asker, "/ask?order=target-desc&as=csv").body())
                .startsWith("Role,Target,What it is,What would happen,At most\r\nops,web-1,");
        assertThat(PortalTest.page(asker, "/ask?after=1").body())
                .doesNotContain("/ask?item=look+web-0\"")
                .contains("/ask?item=look+web-1\"");
    }

    @Test
    void whatAFormOfThePageOfOneselfHeldStandsInNoAddress() {
        HttpResponse<String> refused = PortalTest.send(
                browser, "/me/delegations", Map.of("to", "nobody", "until", "2026-01-01T00:00", "reason", "hush"));

        assertThat(refused.body())
                .contains("href=\"/me?delegations-order=oldest#delegations\"")
                .contains("href=\"/me?as=csv&amp;list=sign-ins\"")
                .doesNotContain("reason=hush", "to=nobody");
    }

    @Test
    void aStateThatIsNoneIsRefusedWithThoseThatAre() {
        assertThat(dev.get("/requests?state=done").text("detail"))
                .contains("state: \"done\" (expected: pending, approved, denied, expired, withdrawn)");
    }

    @Test
    void aPageSaysHowItsListIsSortedAndKeepsItWhenFiltered() {
        String usual = page("/grants?view=all");
        String sorted = page("/grants?view=all&order=due&after=&role=look");

        assertThat(usual)
                .contains("<th scope=\"col\" class=\"\" aria-sort=\"none\"><a class=\"sort\" href=\"/grants?")
                .contains("order=due");
        assertThat(sorted)
                .contains("aria-sort=\"ascending\"><a class=\"sort\"")
                .contains("<input type=\"hidden\" name=\"order\" value=\"due\">");
        assertThat(page("/groups?order=name-desc")).contains("aria-sort=\"descending\"");
        assertThat(page("/requests?view=all&order=sideways")).contains("expected: newest, oldest or due");
    }

    @Test
    void aListThatIsAPartOfAPageIsFilteredSortedAndPagedBesideTheOthers() {
        String usual = page("/targets/web-1");
        String asked = page("/targets/web-1?reach-order=name-desc&grants-role=look&grants-order=due");
        String none = page("/targets/web-1?grants-role=nothing");

        assertThat(usual).contains("<h2>Held now</h2>", "name=\"grants-role\"", "grants-order=due");
        assertThat(asked)
                .contains("aria-sort=\"ascending\"><a class=\"sort\"", "aria-sort=\"descending\"")
                .contains("<input type=\"hidden\" name=\"reach-order\" value=\"name-desc\">")
                .contains("<input type=\"hidden\" name=\"grants-order\" value=\"due\">")
                .contains("action=\"/targets/web-1#grants\"")
                .contains("sallyport grants --all --target web-1 --role look --state active --order due");
        assertThat(none).contains("Nobody holds anything here");
        assertThat(page("/targets/web-1?grants-state=ended")).contains("<h2>Granted</h2>");
        assertThat(page("/targets/web-1?grants-order=sideways")).contains("expected: newest, oldest or due");
        assertThat(page("/targets/web-1?grants-after=nonsense")).contains("This did not work");
        assertThat(page("/targets/web-1?grants-target=web-9"))
                .as("whose page it is, is no filter")
                .contains("sallyport grants --all --target web-1 --state active");
    }

    @Test
    void notificationsAndGatewaysAreFilteredSortedAndPagedInTheSettings() {
        String asked = page("/settings?notifications-state=dead&notifications-order=oldest&gateways-order=name-desc");

        assertThat(asked)
                .contains("sallyport notifications list --state dead --order oldest")
                .contains("<option value=\"dead\" selected>")
                .contains("name=\"gateways-order\" value=\"name-desc\"");
        assertThat(page("/settings?notifications-state=lost")).contains("expected: waiting, sent or dead");
        assertThat(page("/settings?gateways-order=age")).contains("expected: name or name-desc");
        assertThat(chief.get("/gateways?q=nothing").items()).isEmpty();
    }

    @Test
    void whoRunsItSeesHowTheEnrolledHostsAre() {
        assertThat(page("/dashboard/debug"))
                .contains("<h2>Enrolled hosts</h2>", "<a href=\"/targets/web-1\">web-1</a>")
                .contains("href=\"/settings?notifications-state=waiting#notifications\"");
    }

    @Test
    void theSameOnTheCommandLineHasTheFilters() {
        assertThat(page("/grants?view=all&target=web-1&role=look&order=due"))
                .contains("sallyport grants --all --target web-1 --role look --state active --order due");
        assertThat(page("/audit?actor=dev&outcome=refused"))
                .contains("sallyport audit search --actor dev --outcome refused");
        assertThat(page("/groups?q=it's")).contains("sallyport groups list --search 'it'\\''s'");
        assertThat(page("/requests?view=all&state=denied")).contains("sallyport requests --all --state denied");
        assertThat(page("/incidents?state=closed")).contains("sallyport incidents list --all --closed");
        assertThat(page("/policy/who-can?role=ops&target=web-1&set=enforced"))
                .contains("sallyport policy who-can ops web-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/requests",
                "/grants?view=all",
                "/sessions",
                "/findings",
                "/reviews",
                "/incidents",
                "/audit",
                "/targets",
                "/people/dev",
                "/targets/web-1",
                "/roles/ops",
                "/policy",
                "/policy/who-can?role=ops&target=web-1&set=enforced",
                "/settings",
                "/dashboard",
                "/dashboard/executive",
                "/dashboard/debug",
                "/groups/developers",
                "/policy/differences",
                "/ask",
                "/me"
            })
    void everyListOfAPageIsAFile(String path) {
        Matcher link = FILE.matcher(page(path));
        int files = 0;
        while (link.find()) {
            HttpResponse<String> file = PortalTest.page(browser, link.group(1).replace("&amp;", "&"));
            assertThat(file.headers().firstValue("Content-Type").orElse(""))
                    .as(link.group(1))
                    .startsWith("text/csv");
            assertThat(file.body()).as(link.group(1)).doesNotStartWith("<");
            files++;
        }
        assertThat(page(path).contains("Download as CSV")).isEqualTo(files > 0);
    }

    @Test
    void aFileHoldsAllThatTheFiltersMatch() {
        int all = chief.get("/audit/events?outcome=success&limit=500").items().size();
        String later = String.valueOf(
                chief.get("/audit/events?outcome=success&limit=50").json().get("next"));

        HttpResponse<String> file =
                PortalTest.page(browser, "/audit?outcome=success&after=" + later + "&as=csv&list=events");
        HttpResponse<String> some =
                PortalTest.page(browser, "/audit?outcome=success&activity=incident.opened&as=csv&list=events");

        assertThat(all).isBetween(51, 499);
        assertThat(file.body().lines()).hasSize(all + 1);
        assertThat(file.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"audit.csv\"");
        assertThat(some.body().lines()).hasSize(1 + 3);
    }

    /** The answer to a form is no page that could be fetched again. */
    @Test
    void whatCameOfTestsOfPoliciesIsNoFile() {
        String tested = PortalTest.send(browser, "/policy/tests", Map.of("set", "draft", "text", """
                                apiVersion: sallyport/v1
                                kind: PolicyTest
                                metadata: {name: a-test}
                                spec:
                                  facts:
                                    principal: {name: dev}
                                    role: {name: look}
                                    target: {name: web-1}
                                    request: {duration: 10m, reason: deploy}
                                  cases:
                                    - name: one
                                      expect: {effect: allow}
                                """))
                .body();

        assertThat(tested).contains(" passed, ").doesNotContain("Download as CSV");
    }

    /** Every heading that sorts leads to a page that is sorted by it, and back. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/requests",
                "/grants?view=all",
                "/sessions",
                "/findings",
                "/reviews",
                "/incidents",
                "/audit",
                "/targets",
                "/people/dev",
                "/targets/web-1",
                "/roles/ops",
                "/groups/developers",
                "/policy",
                "/policy/differences",
                "/settings",
                "/dashboard/debug",
                "/ask",
                "/me"
            })
    void everyHeadingThatSortsDoes(String path) {
        List<Heading> headings = headings(page(path));
        assertThat(headings.isEmpty()).isNotEqualTo(page(path).contains("<table"));

        for (Heading heading : headings) {
            Heading there = same(heading, headings(page(heading.address())));
            assertThat(there.state())
                    .as(path + ": " + heading)
                    .isNotEqualTo("none")
                    .isNotEqualTo(heading.state());
            Heading back = same(heading, headings(page(there.address())));
            assertThat(back.address()).as(path + ": " + heading).isEqualTo(heading.address());
        }
    }

    /**
     * A heading by which a list is sorted.
     *
     * @param name with its place among the headings of this name
     */
    private record Heading(String name, String state, String address) {}

    private static final Pattern HEADING =
            Pattern.compile("aria-sort=\"(\\w+)\"><a class=\"sort\" href=\"([^\"]+)\">([^<]+)</a>");

    private static List<Heading> headings(String page) {
        var counted = new HashMap<String, Integer>();
        return HEADING.matcher(page)
                .results()
                .map(heading -> new Heading(
                        heading.group(3) + " " + counted.merge(heading.group(3), 1, Integer::sum),
                        heading.group(1),
                        heading.group(2).replace("&amp;", "&").replaceFirst("#.*", "")))
                .toList();
    }

    private static Heading same(Heading heading, List<Heading> there) {
        return there.stream()
                .filter(other -> other.name().equals(heading.name()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(heading + " is not in " + there));
    }

    private static String page(String path) {
        return PortalTest.page(browser, path).body();
    }
}
