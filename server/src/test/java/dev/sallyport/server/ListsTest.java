package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.identity.Rights;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
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
        dev = world.signIn("dev");
        Someone lead = world.signIn("lead");
        chief = world.holder("chief", Rights.ALL.toArray(String[]::new));
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
        browser = new TestClient(world.server());
        browser.login("chief", ApiWorld.PASSWORD);
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
                : String.valueOf(item.get("id"));
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
    })
    void aListIsReadFromEitherEndAndPageByPage(String path, String one, String other) {
        List<String> all = whole(path + "&order=" + one);

        assertThat(all).hasSizeGreaterThan(2).doesNotHaveDuplicates().isEqualTo(whole(path));
        assertThat(whole(path + "&order=" + other)).isEqualTo(all.reversed());
        assertThat(byPages(path + "&order=" + one, 2)).isEqualTo(all);
        assertThat(byPages(path + "&order=" + other, 2)).isEqualTo(all.reversed());
    }

    @ParameterizedTest
    @CsvSource({"/grants?view=all&state=active, ends_at", "/requests?view=all, expires_at"})
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
    })
    void anOrderThatIsNoneIsRefusedWithThoseThatAre(String path, String allowed) {
        Reply refused = chief.get(path + "?order=sideways");

        assertThat(refused.code()).isEqualTo("input.invalid-value");
        assertThat(refused.text("detail")).contains("order: \"sideways\" (expected: " + allowed + ")");
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
    void theSameOnTheCommandLineHasTheFilters() {
        assertThat(page("/grants?view=all&target=web-1&role=look&order=due"))
                .contains("sallyport grants --all --target web-1 --role look --state active --order due");
        assertThat(page("/audit?actor=dev&outcome=refused"))
                .contains("sallyport audit search --actor dev --outcome refused");
        assertThat(page("/groups?q=it's")).contains("sallyport groups list --search 'it'\\''s'");
        assertThat(page("/requests?view=all&state=denied")).contains("sallyport requests --all --state denied");
        assertThat(page("/incidents?state=closed")).contains("sallyport incidents list --closed");
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

    private static String page(String path) {
        return PortalTest.page(browser, path).body();
    }
}
