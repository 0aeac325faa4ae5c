package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Ids;
import dev.sallyport.formats.breakglass.Custodian;
import dev.sallyport.formats.breakglass.EmergencyAccess;
import dev.sallyport.formats.breakglass.Kit;
import dev.sallyport.formats.ssh.SshKeys;
import dev.sallyport.formats.ssh.SshPublicKey;
import dev.sallyport.identity.Rights;
import dev.sallyport.server.ApiWorld.Someone;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AP3: the pages show and do what the API shows and does, for whoever is signed in at the browser. */
class PortalTest {
    private static final Pattern ASSET = Pattern.compile("(?:href|src)=\"(/assets/[A-Za-z0-9.-]+)\"");

    private static ApiWorld world;
    private static Someone dev;
    private static Someone chiefs;
    private static TestClient devs;
    private static TestClient leads;
    private static TestClient chief;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        dev = world.signIn("dev");
        world.signIn("lead");
        world.signIn("other");
        chiefs = world.holder("chief", Rights.ALL.toArray(String[]::new));
        devs = world.browser("dev");
        leads = world.browser("lead");
        chief = world.browser("chief");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    static HttpResponse<String> page(TestClient browser, String path) {
        return browser.send(browser.request(path).header("Accept", "text/html").GET());
    }

    /** Sends a form of a page. */
    static HttpResponse<String> send(TestClient browser, String path, Map<String, String> fields) {
        var form = new LinkedHashMap<>(fields);
        form.putIfAbsent("_csrf", browser.formToken("/"));
        return browser.send(browser.request(path)
                .header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form.entrySet().stream()
                        .map(field ->
                                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")))));
    }

    static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElseThrow(() -> new AssertionError(answer.body()));
    }

    private static String ask(String role, String reason) {
        HttpResponse<String> asked = send(
                devs,
                "/ask",
                Map.of("item", role + " web-1", "duration", "30m", "reason", reason, "key", "k-" + reason.hashCode()));
        Matcher id = Pattern.compile("/requests/(req_[0-9a-z]+)\\?said=").matcher(location(asked));
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    @Test
    void whoeverIsNotSignedInGoesToTheSignInPageAndComesBack() {
        var stranger = new TestClient(world.server());

        HttpResponse<String> first = page(stranger, "/grants?state=any");

        assertThat(first.statusCode()).isEqualTo(302);
        assertThat(location(first)).isEqualTo("/login");
        assertThat(location(stranger.login("dev", ApiWorld.PASSWORD))).isEqualTo("/grants?state=any");
    }

    @Test
    void whoLostAPasswordIsHelpedByALinkThatIsShownOnce() {
        world.person("forgetful");
        world.withPassword("forgetful");

        HttpResponse<String> link =
                send(chief, "/people/forgetful/password-reset", Map.of("reason", "asked at the desk"));

        assertThat(link.statusCode()).isEqualTo(200);
        assertThat(link.body()).contains("A link for forgetful", "/reset-password?token=");
        assertThat(page(chief, "/people/forgetful").body()).doesNotContain("token=");
        assertThat(page(leads, "/people/forgetful").statusCode()).isEqualTo(403);
        assertThat(send(leads, "/people/forgetful/password-reset", Map.of("reason", "x"))
                        .body())
                .doesNotContain("token=");
        assertThat(send(chief, "/people/forgetful/factor-reset", Map.of("reason", "lost the phone"))
                        .body())
                .contains("factor.none");
    }

    @Test
    void aQuarantineIsSeenWhereItIsLifted() {
        world.person("stolen");
        assertThat(page(chief, "/people/stolen").body())
                .contains(">Quarantine</button>")
                .doesNotContain("In quarantine", "Lift the quarantine");

        send(chief, "/people/stolen/quarantine", Map.of("reason", "laptop stolen"));

        assertThat(page(chief, "/people/stolen").body())
                .contains("In quarantine", "laptop stolen", "Lift the quarantine")
                .doesNotContain(">Quarantine</button>");
        assertThat(chiefs.get("/quarantines").body())
                .contains("\"person\":\"stolen\"", "laptop stolen", "\"by\":\"chief\"");
        assertThat(page(chief, "/people").body()).contains("href=\"/quarantines\"");
        assertThat(page(chief, "/quarantines").body())
                .contains("href=\"/people/stolen\"", "laptop stolen", "href=\"/people/chief\"", ">Lift</a>");
        assertThat(page(devs, "/quarantines").statusCode()).isEqualTo(403);
        assertThat(dev.get("/quarantines").code()).isEqualTo("auth.missing-right");

        send(chief, "/people/stolen/unquarantine", Map.of("reason", "found"));
        assertThat(page(chief, "/people/stolen").body()).doesNotContain("In quarantine");
        assertThat(page(chief, "/quarantines").body()).doesNotContain("laptop stolen");
    }

    @Test
    void whoMaySeeAllIncidentsSeesWhatOthersOpened() {
        Someone opener = world.holder("opener", "incident.open");
        opener.post("/incidents", Map.of("title", "others are down", "severity", "low", "targets", List.of("web-1")));

        assertThat(page(chief, "/incidents").body())
                .contains("others are down", "Everybody's", "sallyport incidents list --all");
        assertThat(page(chief, "/incidents?view=mine").body())
                .doesNotContain("others are down", "incidents list --all");
        assertThat(page(devs, "/incidents").body())
                .contains("No incident is open that you opened or work on.")
                .doesNotContain("others are down", "name=\"view\"");
        assertThat(page(devs, "/incidents?view=all").statusCode()).isEqualTo(403);
    }

    /** What a form of a page sends by itself, and what somebody types. */
    private static List<Map.Entry<String, String>> filled(String page, String button, Map<String, String> typed) {
        Matcher form = Pattern.compile(
                        "<form[^>]*>(?:(?!</form>).)*>" + Pattern.quote(button) + "</button>", Pattern.DOTALL)
                .matcher(page);
        assertThat(form.find()).as(button).isTrue();
        return Stream.concat(
                        Pattern.compile("<input type=\"hidden\" name=\"(_button|_field)\" value=\"([^\"]*)\">")
                                .matcher(form.group())
                                .results()
                                .map(field ->
                                        Map.entry(field.group(1), field.group(2).replace("&amp;", "&"))),
                        typed.entrySet().stream())
                .toList();
    }

    private static HttpResponse<String> sendAll(
            TestClient browser, String path, List<Map.Entry<String, String>> fields) {
        return browser.send(browser.request(path)
                .header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(
                        Stream.concat(fields.stream(), Stream.of(Map.entry("_csrf", browser.formToken("/"))))
                                .map(field -> field.getKey() + "="
                                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                                .collect(Collectors.joining("&")))));
    }

    @Test
    void aFormThatIsRefusedIsShownAgainAsItWasFilledIn() {
        world.person("newest");
        world.withPassword("newest");
        String path = "/people/newest/enrolment-code";
        String button = "Make a code for a first second factor";
        var fields = filled(
                page(chief, "/people/newest").body(),
                button,
                Map.of("reason", "is <new>", "duration", "7 fortnights & more"));

        HttpResponse<String> refused = sendAll(chief, path, fields);
        HttpResponse<String> mended =
                sendAll(chief, path, filled(refused.body(), button, Map.of("reason", "is <new>", "duration", "1h")));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("This did not work", "What you typed is still here", "action=\"" + path + "\"")
                .contains("<span>Good for", "1m to 7d", "name=\"duration\" value=\"7 fortnights &amp; more\"")
                .contains("<span>Why", "name=\"reason\" value=\"is &lt;new>\"")
                .doesNotContain("Go back in your browser");
        assertThat(mended.body()).contains("A code for newest");
    }

    @Test
    void whatIsSecretIsTypedAnewAndWhatDescribesNoFieldIsNone() {
        world.person("newer");

        String refused = sendAll(
                        chief,
                        "/people/newer/enrolment-code",
                        List.of(
                                Map.entry("_button", "Try"),
                                Map.entry("_field", "SECRET\trequired\treason\tThe secret\t"),
                                Map.entry("_field", "SCRIPT\trequired\tother\tThe odd\t"),
                                Map.entry("_field", "LINE"),
                                Map.entry("reason", "hush-hush"),
                                Map.entry("other", "odd-odd"),
                                Map.entry("duration", "never")))
                .body();

        assertThat(refused).contains("The secret", ">Try</button>").doesNotContain("hush-hush", "odd-odd", "The odd");
    }

    @Test
    void whoeverDeniesWithoutAWordIsAskedForOne() {
        String request = ask("ops", "to be denied in silence");

        HttpResponse<String> refused =
                send(leads, "/requests/" + request + "/deny", Map.of("comment", "", "next", "decide"));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("comment: missing", "needed to deny", ">Deny</button>", "name=\"next\" value=\"decide\"")
                .contains("action=\"/requests/" + request + "/deny\"")
                .doesNotContain("sallyport deny", "Go back in your browser");
        assertThat(location(send(
                        leads, "/requests/" + request + "/deny", Map.of("comment", "not today", "next", "decide"))))
                .isEqualTo("/decide?said=denied");
    }

    @Test
    void theLogIsSearchedByWhatAnEventIsAboutAndUntilWhen() {
        String grant = dev.grant("look", "web-1");
        String created = "grant.created</a>";

        assertThat(page(chief, "/audit?activity=grant.created&grant=" + grant).body())
                .contains(created, "name=\"grant\" value=\"" + grant + "\"", "--grant " + grant);
        assertThat(page(chief, "/audit?activity=grant.created&grant=" + grant + "&until=1h")
                        .body())
                .contains("No event matches")
                .doesNotContain(created);
        assertThat(page(chief, "/audit?activity=grant.created&grant=" + grant + "&until=2099-01-01T00:00:00Z")
                        .body())
                .contains(created, "--until 2099-01-01T00:00:00Z");
        assertThat(page(chief, "/audit?activity=grant.created&lease=lse_0&session=ssn_0")
                        .body())
                .doesNotContain(created);
        assertThat(page(chief, "/audit?until=tomorrow").body()).contains("until: ");
    }

    @Test
    void favouritesAreAtHandUntilTheyAreNone() {
        assertThat(page(devs, "/").body()).doesNotContain("Favourites</h2>");

        HttpResponse<String> kept = send(devs, "/favourites", Map.of("item", "look web-1", "keep", "yes"));
        assertThat(location(kept)).isEqualTo("/ask?said=favourite");
        assertThat(page(devs, "/").body()).contains("Favourites</h2>", "/ask?item=look%20web-1", "★ look on web-1");
        assertThat(page(devs, "/ask").body()).contains("aria-pressed=\"true\"");
        assertThat(dev.get("/favourites").body()).contains("\"role\":\"look\"");
        assertThat(page(leads, "/").body()).doesNotContain("Favourites</h2>");

        send(devs, "/favourites", Map.of("item", "look web-1", "keep", "no"));
        assertThat(page(devs, "/").body()).doesNotContain("Favourites</h2>");
        assertThat(send(devs, "/favourites", Map.of("item", "look nowhere", "keep", "yes"))
                        .body())
                .contains("no such role or target, or you may not ask for it");
        assertThat(send(devs, "/favourites", Map.of("item", "look", "keep", "yes"))
                        .body())
                .contains("expected: a role and a target");
    }

    /** Links and hidden fields of a page, as browsers read them. */
    private static List<String> read(String page, String pattern) {
        return Pattern.compile(pattern)
                .matcher(page)
                .results()
                .map(found -> found.group(1).replace("&amp;", "&"))
                .toList();
    }

    @Test
    void whatOneLooksForStaysWhateverIsChosen() {
        String looked = "order=target&q=web+%26+%22x&target=web-1";
        String found = "order=target&q=web&target=web-1";

        String search = page(devs, "/ask?" + found).body();
        assertThat(read(search, "href=\"(/ask\\?[^\"]*item=[^\"]*)\""))
                .contains("/ask?item=look+web-1&" + found, "/ask?item=ops+web-1&" + found);

        String one = page(devs, "/ask?item=ops+web-1&" + found).body();
        assertThat(read(one, "href=\"(/ask[^\"]*)\">Leave it out")).containsExactly("/ask?" + found);
        assertThat(read(one, "class=\"button small\" href=\"(/ask[^\"]*item=look[^\"]*)\""))
                .containsExactly("/ask?item=ops+web-1&item=look+web-1&" + found);
        assertThat(one)
                .contains("name=\"chosen\" value=\"ops web-1\"", "value=\"web\"")
                .doesNotContain("name=\"chosen\" value=\"look web-1\"");

        String nothing = page(devs, "/ask?item=ops+web-1&" + looked).body();
        assertThat(read(nothing, "href=\"(/ask[^\"]*)\">Leave it out")).containsExactly("/ask?" + looked);
    }

    @Test
    void aFavouriteIsMadeWithoutLosingWhatWasChosenAndLookedFor() {
        HttpResponse<String> kept = send(
                devs,
                "/favourites",
                Map.of(
                        "item",
                        "look web-1",
                        "keep",
                        "yes",
                        "chosen",
                        "ops web-1",
                        "q",
                        "web & \"x",
                        "target",
                        "web-1",
                        "order",
                        "target"));

        assertThat(location(kept))
                .isEqualTo("/ask?item=ops+web-1&order=target&q=web+%26+%22x&target=web-1&said=favourite");
        assertThat(page(devs, location(kept)).statusCode()).isEqualTo(200);
        send(devs, "/favourites", Map.of("item", "look web-1", "keep", "no"));
    }

    @Test
    void whatOneLooksForStaysWhereAWishIsRefused() {
        String again = send(
                        devs,
                        "/ask",
                        Map.of("item", "look web-1", "duration", "soon", "reason", "x", "key", "k", "q", "web <b>"))
                .body();

        assertThat(read(again, "href=\"(/ask[^\"]*)\">Leave it out")).containsExactly("/ask?q=web+%3Cb%3E");
        assertThat(again).contains("name=\"q\" value=\"web &lt;b").doesNotContain("web <b>");
    }

    @Test
    void theSameWindowIsAskedForWeekByWeek() {
        Map<String, String> form = Map.of(
                "item", "ops web-1",
                "duration", "1h",
                "reason", "patching",
                "key", "k-windows",
                "zone", "Europe/Berlin",
                "starts_at",
                        LocalDateTime.now(ZoneId.of("Europe/Berlin"))
                                .plusDays(1)
                                .withNano(0)
                                .toString(),
                "every", "week",
                "times", "3");

        String asked = location(send(devs, "/ask", form)).replaceFirst("\\?.*", "");

        assertThat(page(devs, asked).body()).contains("ops on web-1, 3 windows");
        assertThat(page(leads, "/decide").body()).contains("<br>from <time datetime=");
        var wrong = new LinkedHashMap<>(form);
        wrong.put("times", "many");
        wrong.put("key", "k-windows-wrong");
        assertThat(send(devs, "/ask", wrong).body())
                .contains("times: \"many\" (expected: how many windows, 2 to 31)")
                .contains("<option value=\"week\" selected>");
        wrong.put("times", "1");
        assertThat(send(devs, "/ask", wrong).body()).contains("repeat.times: 1 (expected: 2 to 31)");
    }

    @Test
    void stagesAreCountedFromTheFirst() {
        assertThat(page(leads, "/requests/" + ask("ops", "to see the stages")).body())
                .contains("<dt>Stage 1</dt>")
                .doesNotContain("<dt>Stage 2</dt>");
    }

    @Test
    void whatASetWouldSayIsSaidInWords() {
        String said = page(
                        chief,
                        "/policy/simulate?person=dev&role=ops&target=web-1&duration=1h&reason=deploy&set=enforced")
                .body();

        assertThat(said).contains("1 by leads", "at most 8h").doesNotContain("max_duration", "{&#34;");
    }

    @Test
    void theSettingsLeadToWhatTheyAreMadeOf() {
        assertThat(page(chief, "/settings").body())
                .contains("href=\"/oidc-providers\">All of them</a>", "href=\"/oidc-providers/+new\">Make one</a>");
    }

    @Test
    void theAuditSaysWhatWasChangedAndLeadsOn() {
        assertThat(page(chief, "/audit?activity=catalog.created").body()).contains("Role ops", "Target web-1");
        String grant = dev.grant("look", "web-1");
        Matcher ended = Pattern.compile("/audit/(evt_[0-9a-z]+)")
                .matcher(page(chief, "/audit?activity=grant.created&identity=dev")
                        .body());
        assertThat(ended.find()).isTrue();
        assertThat(page(chief, "/audit/" + ended.group(1)).body()).contains("href=\"/grants/" + grant);
    }

    @Test
    void beforeAskingOneSeesHowLongItUsuallyTakes() {
        for (int i = 0; i < 3; i++) {
            String id = ask("ops", "asked to be decided, number " + i);
            send(leads, "/requests/" + id + "/deny", Map.of("comment", "only to see how long it takes"));
        }

        assertThat(page(devs, "/ask?item=ops%20web-1").body())
                .contains("Usually decided within a minute, nine times of ten within a minute");
        assertThat(dev.get("/eligible?target=web-1").body()).contains("\"usual_wait\":{\"half\":\"PT");
    }

    @Test
    void askingApprovingAndGivingBackByForms() {
        String id = ask("ops", "because the disk of web-1 is full");

        assertThat(page(devs, "/requests/" + id).body()).contains("because the disk of web-1 is full", "Withdraw");
        assertThat(page(leads, "/decide").body()).contains("because the disk of web-1 is full", "Approve");
        HttpResponse<String> approved =
                send(leads, "/requests/" + id + "/approve", Map.of("comment", "go on", "duration", "20m"));
        assertThat(location(approved)).isEqualTo("/requests/" + id + "?said=approved");
        String grant = String.valueOf(dev.get("/grants?view=mine&state=active&role=ops")
                .items()
                .getFirst()
                .get("id"));
        assertThat(page(devs, "/").body()).contains("ops on web-1", "sallyport ssh deploy@web-1");
        assertThat(location(send(devs, "/grants/" + grant + "/return", Map.of("next", "home"))))
                .isEqualTo("/?said=returned");
        assertThat(dev.get("/grants/" + grant).text("end_reason")).isEqualTo("returned");
        assertThat(page(chief, "/requests/" + id + "/story").body())
                .contains("request.created", "approval.given", "grant.ended");
    }

    /** The sentences of a story, as they are read. */
    static List<String> sentences(String page) {
        return Pattern.compile("<li class=\"[a-z]+\"><time[^>]*>[^<]*</time><div><p>(.*?)</p>", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map(found -> found.group(1)
                        .replaceAll("<time[^>]*>[^<]*</time>", "TIME")
                        .replaceAll("<[^>]*>", ""))
                .toList();
    }

    private static String endedByRevocation(String reason) {
        String id = ask("ops", "deploy <b>now</b>" + reason.length());
        send(leads, "/requests/" + id + "/approve", Map.of("comment", "go on", "duration", "20m"));
        String grant = String.valueOf(dev.get("/grants?view=mine&state=active&role=ops")
                .items()
                .getFirst()
                .get("id"));
        send(chief, "/grants/" + grant + "/revoke", Map.of("reason", reason));
        return id;
    }

    @Test
    void theStoryOfARequestIsToldInSentences() {
        String id = endedByRevocation("wrong host");

        String story = page(chief, "/requests/" + id + "/story").body();

        assertThat(sentences(story))
                .containsSubsequence(
                        "dev asked for ops on web-1 for 30m: “deploy &lt;b&gt;now&lt;/b&gt;10”",
                        "lead approved ops on web-1, for 20m only: “go on”",
                        "The grant of ops on web-1 began and ends at TIME",
                        "chief revoked ops on web-1: “wrong host”",
                        "The grant of ops on web-1 has ended, and nothing of it is open");
        assertThat(story)
                .contains(">approval.given</a>", "<a href=\"/people/lead\"")
                .doesNotContain("<b>now");
    }

    @Test
    void aSentenceOfAStoryIsNoLongerThanOneReadsAndWhatWasSaidStandsWithTheEvent() {
        String id = endedByRevocation("<i>" + "w".repeat(800));

        String story = page(chief, "/requests/" + id + "/story").body();

        assertThat(sentences(story))
                .contains("chief revoked ops on web-1: “&lt;i&gt;" + "w".repeat(197) + "…”")
                .allMatch(sentence -> sentence.length() < 600);
        Matcher event = Pattern.compile("href=\"(/audit/evt_[0-9a-z]+)\"[^>]*>grant.ending<")
                .matcher(story);
        assertThat(event.find()).isTrue();
        assertThat(page(chief, event.group(1)).body()).contains("w".repeat(800));
    }

    /** Whatever belongs to a request in the log can be told. */
    @Test
    void nothingThatHappenedToARequestIsWithoutASentence() {
        endedByRevocation("to have something that happened");

        List<String> requests = world.database()
                .read(rx -> rx.list(
                        "select distinct request_id from event where request_id is not null", row -> row.getString(1)));

        assertThat(requests)
                .isNotEmpty()
                .allSatisfy(request -> assertThat(
                                page(chief, "/requests/" + request + "/story").body())
                        .contains("class=\"story\"")
                        .doesNotContain("class=\"row\"><a href=\"/audit/"));
    }

    @Test
    void oneOwnRequestIsNotOfferedForApprovalAndIsRefusedIfForged() {
        String id = ask("ops", "a wish of my own");

        assertThat(page(devs, "/requests/" + id).body()).doesNotContain(">Approve<");
        HttpResponse<String> forged = send(devs, "/requests/" + id + "/approve", Map.of());

        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(forged.body()).contains("This did not work", "request.self-approval");
        assertThat(location(send(devs, "/requests/" + id + "/withdraw", Map.of())))
                .isEqualTo("/requests/" + id + "?said=withdrawn");
    }

    @Test
    void aFormWithoutItsTokenDoesNothing() {
        String id = ask("ops", "something that nobody forges");

        HttpResponse<String> forged = send(leads, "/requests/" + id + "/approve", Map.of("_csrf", "x"));

        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(dev.get("/requests/" + id).text("state")).isEqualTo("pending");
    }

    @Test
    void aFormThatIsWrongIsShownAgainWithWhatWasTyped() {
        HttpResponse<String> asked = send(
                devs,
                "/ask",
                Map.of("item", "look web-1", "duration", "soon", "reason", "too long by far", "key", "k"));

        assertThat(asked.statusCode()).isEqualTo(400);
        assertThat(asked.body()).contains("role=\"alert\"", "too long by far", "value=\"soon\"");
    }

    @Test
    void severalAreShortenedAtOnce() {
        String id = ask("ops", "shorter with others");
        assertThat(read(page(leads, "/decide").body(), "(<input[^>]*data-tick-all=\"id\">)"))
                .hasSize(1);

        send(leads, "/decide", Map.of("verdict", "approve", "duration", "10m", "id", id));

        assertThat(dev.get("/requests/" + id).body()).contains("\"duration\":\"PT10M\"", "approved");
    }

    @Test
    void itemsOfARequestAreDecidedApart() {
        Map<String, String> form = Map.of(
                "item", "ops web-1",
                "duration", "1h",
                "reason", "to be decided apart",
                "key", "k-apart",
                "zone", "UTC",
                "starts_at",
                        LocalDateTime.now(ZoneId.of("UTC"))
                                .plusDays(1)
                                .withNano(0)
                                .toString(),
                "every", "day",
                "times", "2");
        String request = location(send(devs, "/ask", form)).replaceFirst("\\?.*", "");
        String id = request.substring("/requests/".length());
        String ticks = "<input type=\"checkbox\" name=\"item\" value=\"(itm_[0-9a-z]+)\"[^>]* checked>";

        List<String> items = read(page(leads, request).body(), ticks);
        assertThat(items).as("a tick for each, to approve and to deny").hasSize(4);
        assertThat(read(page(leads, "/decide").body(), ticks.replace("[^>]*", " form=\"one-" + id + "\"")))
                .containsExactlyElementsOf(items.subList(0, 2));
        assertThat(page(devs, request).body()).doesNotContain("type=\"checkbox\"");
        assertThat(send(leads, request + "/approve", Map.of("apart", "true")).body())
                .contains("item: none is ticked (expected: at least one to decide)");
        assertThat(dev.get(request).text("state")).isEqualTo("pending");
        assertThat(send(
                                leads,
                                request + "/approve",
                                Map.of("apart", "true", "item", items.getFirst(), "duration", "never"))
                        .body())
                .as("what was left out is left out of the form that comes back")
                .contains(
                        "<input type=\"hidden\" name=\"item\" value=\"" + items.getFirst() + "\">", ">Approve</button>")
                .doesNotContain(items.get(1));

        send(leads, request + "/approve", Map.of("apart", "true", "item", items.getFirst()));
        assertThat(dev.get(request).items())
                .extracting(item -> item.get("state"))
                .containsExactly("approved", "pending");
        assertThat(page(leads, request).body())
                .as("one is left, and needs no tick")
                .contains(">Approve</button>")
                .doesNotContain("type=\"checkbox\"");
        send(leads, request + "/deny", Map.of("comment", "one will do"));
        assertThat(dev.get(request).items())
                .extracting(item -> item.get("state"))
                .containsExactly("approved", "denied");
    }

    @Test
    void severalAreDecidedAtOnceAndOneThatIsRefusedStopsNoOther() {
        String first = ask("ops", "the first of two");
        String second = ask("ops", "the second of two");
        String form = leads.formToken("/");

        HttpResponse<String> decided = leads.send(leads.request("/decide")
                .header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("_csrf=" + URLEncoder.encode(form, StandardCharsets.UTF_8)
                        + "&verdict=deny&comment=not+now&id=" + first + "&id=req_nothing&id=" + second)));

        assertThat(decided.body()).contains(first, second, "denied");
        assertThat(dev.get("/requests/" + first).text("state")).isEqualTo("denied");
        assertThat(dev.get("/requests/" + second).text("state")).isEqualTo("denied");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/ask",
                "/ask?item=look%20web-1",
                "/decide",
                "/requests?view=all",
                "/grants",
                "/sessions",
                "/dashboard",
                "/audit?since=1d",
                "/findings",
                "/reviews",
                "/incidents",
                "/policy",
                "/policy/simulate?person=dev&role=ops&target=web-1",
                "/policy/who-can?role=ops&target=web-1",
                "/policy/replay?since=30d&set=draft",
                "/targets",
                "/targets/web-1",
                "/targets/+new",
                "/targets/web-1/edit",
                "/roles/ops",
                "/eligibilities",
                "/people/dev",
                "/groups/leads",
                "/policies",
                "/calendars",
                "/notification-channels",
                "/settings",
                "/decision-services",
                "/me",
                "/help",
                "/help/how-to/policies"
            })
    void everyPageIsShownToWhoMaySeeItAndGetsItsScriptsFromHere(String path) {
        HttpResponse<String> page = page(chief, path);

        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body())
                .contains("<h1>")
                .doesNotContain("This did not work")
                .doesNotContain("https://cdn");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(page(new TestClient(world.server()), path).headers().allValues("Set-Cookie"))
                .as("whoever signs in comes back")
                .anyMatch(cookie -> cookie.contains("-continue="));
    }

    /** The help lists every document there is, and none that is not. */
    @Test
    void theHelpIsWholeAndItsLinksLeadSomewhere() throws java.io.IOException {
        var documents = new java.util.TreeSet<String>();
        for (String folder : List.of("how-to", "reference", "runbooks")) {
            try (var files = java.nio.file.Files.list(java.nio.file.Path.of("../docs", folder))) {
                files.map(file -> folder + "/" + file.getFileName())
                        .filter(name -> name.endsWith(".md") && !name.endsWith("README.md"))
                        .forEach(documents::add);
            }
        }

        String help = page(chief, "/help").body();

        for (String document : documents) {
            assertThat(help).contains("href=\"/help/" + document.replace(".md", "") + "\"");
            assertThat(page(chief, "/help/" + document.replace(".md", "")).statusCode())
                    .isEqualTo(200);
        }
        assertThat(help.split("href=\"/help/").length - 1).isEqualTo(documents.size());
        assertThat(help).contains(">Finding lease-stuck</a>");
        assertThat(page(chief, "/help/how-to/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void theSameCallAsCurlSaysHowAndWithWhat() {
        assertThat(page(chief, "/policy/who-can?role=ops&target=web-1&set=enforced")
                        .body())
                .contains("--json '{\"set\":\"enforced\",\"roles\":[\"ops\"],\"targets\":[\"web-1\"],\"limit\":50}'");
        assertThat(page(chief, "/grants").body())
                .contains("sallyport api --curl GET '/grants?")
                .doesNotContain("--json");
    }

    @Test
    void scriptsAndStylesAreServedForEver() {
        Matcher asset = ASSET.matcher(page(chief, "/").body());
        int found = 0;
        while (asset.find()) {
            HttpResponse<String> file = chief.get(asset.group(1));
            assertThat(file.statusCode()).isEqualTo(200);
            assertThat(file.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
            found++;
        }
        assertThat(found).as("mark, typeface, style and script").isEqualTo(4);
        Matcher icon = Pattern.compile("<link rel=\"icon\" type=\"image/svg\\+xml\" href=\"([^\"]+)\">")
                .matcher(new TestClient(world.server()).get("/login").body());
        assertThat(icon.find()).isTrue();
        HttpResponse<String> mark = new TestClient(world.server()).get(icon.group(1));
        assertThat(mark.headers().firstValue("Content-Type")).hasValue("image/svg+xml");
        assertThat(mark.body()).startsWith("<svg ");
        assertThat(chief.get("/assets/nothing-ABCDEFGH.js").statusCode()).isEqualTo(404);
        assertThat(chief.get("/assets/..%2Fassets.properties").statusCode()).isGreaterThanOrEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/audit", "/findings", "/reviews", "/policy", "/targets", "/people/lead"})
    void whatOneMayNotSeeIsNeitherOfferedNorShown(String path) {
        HttpResponse<String> page = page(devs, path);

        assertThat(page.statusCode()).isEqualTo(403);
        assertThat(page.body()).contains("auth.missing-right");
        assertThat(page(devs, "/").body()).doesNotContain("href=\"" + path + "\"");
        assertThat(page(chief, "/").body()).contains("href=\"/audit\"", "href=\"/targets\"");
    }

    @Test
    void whatOneMayNotDoIsRefusedWhenForged() {
        assertThat(send(devs, "/people/lead/quarantine", Map.of("reason", "revenge"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(devs, "/policy/enforce", Map.of("set", "0123456789abcdef", "reason", "mine"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(devs, "/roles/save", Map.of("name", "ops", "etag", "\"1\"", "text", "x"))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void whatIsEnforcedIsTheSetThatThePageShowed() {
        HttpResponse<String> nothing = send(chief, "/policy/enforce", Map.of("reason", "whatever it is now"));
        HttpResponse<String> unknown =
                send(chief, "/policy/enforce", Map.of("set", "0123456789abcdef", "reason", "a set that is none"));

        assertThat(nothing.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("policy.unknown");
        assertThat(page(chief, "/policy").body()).containsPattern("name=\"set\" value=\"[0-9a-f]{64}\"");
    }

    @Test
    void noOtherSiteMakesOneLookAtSessionsOrFillsInForms() {
        HttpResponse<String> sent = chief.send(chief.request("/sessions?grep=lead")
                .header("Accept", "text/html")
                .header("Sec-Fetch-Site", "cross-site")
                .GET());

        assertThat(sent.body()).contains("Another site has sent you here", "/sessions?grep=lead");
        assertThat(chief.send(chief.request("/policy/replay?since=30d")
                                .header("Accept", "text/html")
                                .header("Sec-Fetch-Site", "same-site")
                                .GET())
                        .body())
                .contains("Another site has sent you here");
        assertThat(chief.send(chief.request("/commands?grep=password")
                                .header("Accept", "text/html")
                                .header("Sec-Fetch-Site", "cross-site")
                                .GET())
                        .body())
                .contains("Another site has sent you here");
        assertThat(page(chief, "/audit?activity=session.searched").body()).contains("No event matches");
        assertThat(page(devs, "/ask?item=look%20web-1&break_glass=true&reason=theirs")
                        .body())
                .doesNotContain("checked", "theirs", "<details class=\"urgent\" open");
    }

    private static HttpResponse<java.io.InputStream> live(TestClient browser) {
        return live(browser, browser.request("/live"));
    }

    static HttpResponse<java.io.InputStream> live(TestClient browser, HttpRequest.Builder request) {
        return browser.stream(request.header(
                        "Cookie",
                        browser.cookies().entrySet().stream()
                                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                                .collect(Collectors.joining("; ")))
                .GET());
    }

    @Test
    void aKitIsTrustedByASecondPersonWhoTypesItsFingerprintAndIsRetired() {
        var key = SshKeys.generateEd25519(null).publicKey();
        ApiWorld.Reply proposed = chiefs.post(
                "/breakglass/kits",
                Map.of(
                        "id",
                        Ids.next(Kit.PREFIX),
                        "name",
                        "prod-1",
                        "public_key",
                        key.line(),
                        "threshold",
                        2,
                        "custodians",
                        List.of("ada", "bob", "cy")));
        assertThat(proposed.status()).as(proposed.body()).isEqualTo(201);
        world.holder("second", "breakglass.read", "breakglass.kit");
        TestClient second = world.browser("second");
        String path = "/settings/kits/prod-1";

        assertThat(page(chief, "/settings").body()).contains("href=\"" + path + "\"");
        assertThat(page(second, path).body()).contains("proposed", "2 of 3: ada, bob, cy", "Let hosts trust it");
        assertThat(send(chief, path + "/confirm", Map.of("fingerprint", key.fingerprint()))
                        .statusCode())
                .as("not by who proposed it")
                .isEqualTo(403);
        assertThat(send(second, path + "/confirm", Map.of("fingerprint", "SHA256:other"))
                        .body())
                .contains("fingerprint");
        assertThat(send(second, path + "/confirm", Map.of("fingerprint", key.fingerprint()))
                        .statusCode())
                .isEqualTo(303);
        assertThat(page(second, path).body()).contains("trusted").doesNotContain("Let hosts trust it");
        assertThat(send(second, path + "/retire", Map.of("reason", "replaced")).statusCode())
                .isEqualTo(303);
        assertThat(page(second, path).body()).contains("retired").doesNotContain("Retire it");
        assertThat(page(devs, path).statusCode()).isEqualTo(403);
    }

    @Test
    void whatHappenedWithAnOpenedKitIsHandedInAndChanged() {
        var random = new SecureRandom();
        Kit.Made made = Kit.make(
                "night",
                2,
                List.of("ada", "bob", "cy").stream()
                        .map(name -> new Custodian(name, new Custodian.Lock.Passphrase()))
                        .toList(),
                Instant.now(),
                random);
        ApiWorld.Reply proposed = chiefs.post(
                "/breakglass/kits",
                Map.of(
                        "id",
                        made.kit().id(),
                        "name",
                        "night",
                        "public_key",
                        SshPublicKey.ofBlob(made.kit().ca().blob()).line(),
                        "threshold",
                        2,
                        "custodians",
                        List.of("ada", "bob", "cy")));
        assertThat(proposed.status()).as(proposed.body()).isEqualTo(201);
        EmergencyAccess.Issued issued;
        try (var key = made.kit().open(made.shares())) {
            issued = EmergencyAccess.issue(
                    made.kit(),
                    key,
                    made.shares(),
                    new EmergencyAccess.Wanted(
                            List.of("web-1"), "root", Duration.ofMinutes(30), "ada@laptop", "<b>all is down</b>"),
                    SshKeys.generateEd25519(null).publicKey(),
                    Instant.now(),
                    random);
        }
        String accepted = Instant.now() + " web-1 sshd[7]: Accepted publickey for root from 192.0.2.7 port 4711 ssh2:"
                + " ED25519-CERT " + issued.use().publicKey() + " ID "
                + issued.use().keyId() + " (serial "
                + Long.toUnsignedString(issued.use().serial()) + ") CA ED25519 "
                + made.kit().ca().fingerprint();
        world.holder("kit-reader", "breakglass.read");
        TestClient reader = world.browser("kit-reader");

        assertThat(page(chief, "/settings/kits/night").body())
                .contains("Hand in records")
                .doesNotContain("Openings", "ALARM");
        assertThat(page(reader, "/settings/kits/night").body()).doesNotContain("Hand in records");
        assertThat(page(reader, "/settings/kit-records").body()).doesNotContain("Hand it in<");
        assertThat(send(reader, "/settings/kit-records", Map.of("log", accepted))
                        .body())
                .contains("auth.missing-right");
        assertThat(send(chief, "/settings/kit-records", Map.of()).body())
                .contains("a record or a log: missing (expected: one of them, or both)");
        assertThat(send(chief, "/settings/kit-records", Map.of("record", "what is this", "log", accepted))
                        .body())
                .contains("expected: sallyport-breakglass-use 1", "what is this</textarea>", "192.0.2.7");
        assertThat(chiefs.post(
                                "/breakglass/reconciliations",
                                Map.of("logs", List.of(Map.of("text", "x".repeat(500_001)))))
                        .body())
                .contains("log: 500001 characters (expected: at most 500000)");
        assertThat(page(chief, "/settings/kit-records").body()).contains("maxlength=\"100000\"");
        HttpResponse<String> large = send(chief, "/settings/kit-records", Map.of("log", "x".repeat(300_000)));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(large.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        assertThat(large.body())
                .contains("the form is too large (allowed: 262144 bytes)", "what you typed is still there");
        assertThat(send(chief, "/settings/kit-records", Map.of("log", accepted, "zone", "Nowhere"))
                        .body())
                .contains("zone: \"Nowhere\" (expected: a zone such as Europe/Berlin)");

        assertThat(send(chief, "/settings/kit-records", Map.of("log", accepted, "target", "web-1"))
                        .body())
                .contains("ALARM: 1 login by a certificate of a kit", "192.0.2.7", "Distrusted from now on: night");
        assertThat(page(reader, "/settings/kits/night").body())
                .contains("compromised", "ALARM: 1 login", "To change is what could be read on: web-1")
                .doesNotContain("It has been changed");
        assertThat(send(chief, "/settings/kit-records", Map.of("record", issued.record()))
                        .body())
                .contains("1 matched", "&lt;b&gt;all is down&lt;/b&gt;", "It has been changed")
                .doesNotContain("ALARM", "Distrusted");
        assertThat(page(chief, "/settings/kits/night").body())
                .contains("1 matched", "ada@laptop")
                .doesNotContain("ALARM");

        Map<String, String> rotation = Map.of("target", "web-1", "comment", "new host keys", "kit", "night");
        assertThat(send(reader, "/settings/kit-rotations", rotation).statusCode())
                .isEqualTo(403);
        assertThat(location(send(chief, "/settings/kit-rotations", rotation)))
                .isEqualTo("/settings/kits/night?said=rotated");
        assertThat(page(chief, "/settings/kits/night").body()).doesNotContain("It has been changed");
        assertThat(send(chief, "/settings/kit-rotations", rotation).body()).contains("breakglass.nothing-to-rotate");
    }

    @Test
    void openPagesAreToldWhatKindOfThingHappenedAndNothingElse() throws java.io.IOException {
        try (var lines = new java.io.BufferedReader(
                new java.io.InputStreamReader(live(leads).body(), StandardCharsets.UTF_8))) {
            String id = ask("look", "to be told to open pages");

            var told = new java.util.ArrayList<String>();
            while (told.stream().noneMatch(line -> line.equals("event: sallyport:grant"))) {
                told.add(lines.readLine());
            }

            assertThat(told)
                    .contains("event: sallyport:request")
                    .allMatch(line -> line.isEmpty()
                            || line.matches("id: \\d{13}")
                            || line.equals("data: 1")
                            || line.matches("event: sallyport:[a-z]+"))
                    .noneMatch(line -> line.contains(id));
        }
        assertThat(page(new TestClient(world.server()), "/live").statusCode()).isEqualTo(302);
    }

    /** As browsers do that were in the background, or without a network. */
    @Test
    void aPageThatComesBackIsToldWhatKindOfThingHappenedMeanwhile() throws java.io.IOException {
        String before = first(live(leads), "id: ").substring(4);
        ask("look", "while the page was away");

        var back = leads.request("/live").header("Last-Event-ID", before);
        assertThat(first(live(leads, back), "event: ")).isEqualTo("event: sallyport:request");

        String now = Long.toString(Instant.now().plusSeconds(60).toEpochMilli());
        for (String nothing : List.of(now, "0 or 1=1", "9".repeat(30))) {
            var quiet = leads.request("/live").header("Last-Event-ID", nothing);
            assertThat(lines(live(leads, quiet), 2))
                    .as(nothing)
                    .allMatch(line -> line.isEmpty() || line.startsWith("id: "));
        }
    }

    private static String first(HttpResponse<java.io.InputStream> stream, String start) throws java.io.IOException {
        try (var lines =
                new java.io.BufferedReader(new java.io.InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (!line.startsWith(start)) {
                line = lines.readLine();
            }
            return line;
        }
    }

    private static List<String> lines(HttpResponse<java.io.InputStream> stream, int count) throws java.io.IOException {
        try (var lines =
                new java.io.BufferedReader(new java.io.InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            var read = new java.util.ArrayList<String>();
            while (read.size() < count) {
                read.add(lines.readLine());
            }
            return read;
        }
    }

    @Test
    void ofMorePagesThanTheLimitTheOldestGivesWayAndNoneIsRefused() throws java.io.IOException {
        var open = new java.util.ArrayList<java.io.InputStream>();
        try {
            for (int i = 0; i < 31; i++) {
                HttpResponse<java.io.InputStream> next = live(chief);
                assertThat(next.statusCode()).isEqualTo(200);
                open.add(next.body());
            }

            assertThat(new String(open.getFirst().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("id: ")
                    .endsWith("retry: 8000\nevent: sallyport:later\ndata: 1\n\n");
            assertThat((char) open.getLast().read()).isEqualTo('i');
            assertThat(page(chief, "/").statusCode()).isEqualTo(200);
        } finally {
            for (java.io.InputStream stream : open) {
                stream.close();
            }
        }
    }

    @Test
    void whatAPageAsksCountsAsCallsDo() {
        try (var strict = new ApiWorld(config -> new ServerConfig(
                config.url(),
                config.bind(),
                config.port(),
                config.tls(),
                config.data(),
                config.database(),
                config.rootKey(),
                new ServerConfig.Limits(100_000, 2, 100_000)))) {
            strict.signIn("dev");
            var browser = new TestClient(strict.server());
            browser.login("dev", ApiWorld.PASSWORD);

            HttpResponse<String> page = page(browser, "/");

            assertThat(page.statusCode()).isEqualTo(429);
            assertThat(page.body()).startsWith("<!doctype html>").contains("requests_per_person");
        }
    }

    @Test
    void aListIsAFileThatNoSpreadsheetTakesForFormulas() {
        ask("look", "=1+1 is \"two\", they say");
        ask("look", "x;=cmd|' /C calc'!A0;");

        HttpResponse<String> csv = page(devs, "/requests?as=csv");

        assertThat(csv.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(csv.body()).startsWith("Request,State,Who,What,For,Why,Asked,Expires\r\n");
        assertThat(csv.body()).contains("\"'=1+1 is \"\"two\"\", they say\"");
        assertThat(csv.body()).contains("\"x;'=cmd|' /C calc'!A0;\"");
    }

    @Test
    void hostileTextIsShownAsText() {
        String hostile = "<script>alert(1)</script> '\" onload=x " + "w".repeat(900);
        String id = ask("ops", hostile);

        for (TestClient browser : List.of(devs, leads)) {
            assertThat(page(browser, "/requests/" + id).body())
                    .contains("&lt;script&gt;alert(1)")
                    .doesNotContain("<script>alert");
        }
        assertThat(page(leads, "/decide").body()).doesNotContain("<script>alert");
        assertThat(page(chief, "/audit?actor=%3Cscript%3Ealert(1)%3C/script%3E").body())
                .doesNotContain("<script>alert");
        send(devs, "/requests/" + id + "/withdraw", Map.of());
    }

    @Test
    void aDocumentIsCheckedAsItIsTypedAndSavedIfNobodyElseChangedIt() {
        String text = "apiVersion: sallyport/v1\nkind: Group\nmetadata: {name: night-shift}\nspec: {}\n";

        assertThat(send(chief, "/groups/check", Map.of("text", "kind: Group\nnonsense: 1\n"))
                        .body())
                .contains("not sound", "line ");
        assertThat(send(chief, "/groups/check", Map.of("text", text)).body()).contains("night-shift");
        assertThat(location(send(chief, "/groups/save", Map.of("name", "", "etag", "", "text", text))))
                .isEqualTo("/groups/night-shift?said=changed");
        HttpResponse<String> stale =
                send(chief, "/groups/save", Map.of("name", "night-shift", "etag", "\"99\"", "text", text));
        assertThat(stale.statusCode()).isEqualTo(412);
        assertThat(stale.body()).contains("kind: Group");
        assertThat(send(chief, "/groups/night-shift/delete", Map.of("etag", "\"99\""))
                        .statusCode())
                .isEqualTo(412);
        Matcher etag = Pattern.compile("name=\"etag\" value=\"([^ ]+)\">")
                .matcher(page(chief, "/groups/night-shift").body());
        assertThat(etag.find()).isTrue();
        String version = etag.group(1).replace("&#34;", "\"").replace("&quot;", "\"");
        assertThat(location(send(chief, "/groups/night-shift/delete", Map.of("etag", version))))
                .isEqualTo("/groups?said=deleted");
    }

    @Test
    void quarantineThroughThePortalSignsThePersonOutOfTheirBrowser() {
        TestClient others = world.browser("other");
        assertThat(page(others, "/").statusCode()).isEqualTo(200);

        send(chief, "/people/other/quarantine", Map.of("reason", "lost a laptop"));

        assertThat(location(page(others, "/"))).isEqualTo("/login");
        assertThat(location(send(chief, "/people/other/unquarantine", Map.of("reason", "found it"))))
                .isEqualTo("/people/other?said=released");
    }

    @Test
    void signingOutEndsTheSessionAndOnlyByAForm() {
        TestClient browser = world.browser("lead");

        assertThat(browser.post("/sign-out", Map.of()).statusCode()).isEqualTo(403);
        assertThat(page(browser, "/").statusCode()).isEqualTo(200);
        assertThat(location(send(browser, "/sign-out", Map.of()))).isEqualTo("/login");
        assertThat(location(page(browser, "/"))).isEqualTo("/login");
    }
}
