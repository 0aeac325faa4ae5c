package dev.sallyport.server;

import static dev.sallyport.server.PortalTest.live;
import static dev.sallyport.server.PortalTest.page;
import static dev.sallyport.server.PortalTest.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.database.Actor;
import dev.sallyport.identity.Rights;
import dev.sallyport.server.ApiWorld.Someone;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AP3: between the making of a page and its connection nothing is missed, and nothing that it shows is told as new. */
class PortalLiveTest {
    private static final Pattern LIVE = Pattern.compile("<body hx-sse:connect=\"([^\"]*)\"");
    private static final Pattern FOLLOWS = Pattern.compile("hx-trigger=\"sallyport:|data-fresh=");

    private static ApiWorld world;
    private static Someone dev;
    private static Someone chiefs;
    private static TestClient devs;
    private static TestClient chief;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        dev = world.signIn("dev");
        chiefs = world.holder("chief", Rights.ALL.toArray(String[]::new));
        devs = world.browser("dev");
        chief = world.browser("chief");
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    /** Where a page connects to. */
    private static String address(String page) {
        Matcher found = LIVE.matcher(page);
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    /** Something of another kind, which tells that all that came before it has been told. */
    private static void mark() {
        ApiWorld.Reply opened =
                chiefs.post("/incidents", Map.of("title", "a mark", "severity", "low", "targets", List.of("web-1")));
        assertThat(opened.status()).as(opened.body()).isEqualTo(201);
    }

    private static HttpRequest.Builder to(String address) {
        return devs.request(address);
    }

    /** The kinds that a page is told of, up to the mark. */
    private static List<String> told(HttpResponse<java.io.InputStream> stream) throws IOException {
        var kinds = new ArrayList<String>();
        try (var lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            while (!kinds.contains("incident")) {
                String line = lines.readLine();
                if (line.startsWith("event: sallyport:")) {
                    kinds.add(line.substring("event: sallyport:".length()));
                }
            }
        }
        return kinds;
    }

    @Test
    void whatHappensBeforeAPageConnectsIsTold() throws IOException {
        String address = address(page(devs, "/").body());
        dev.ask("look", "web-1", "PT30M");

        HttpResponse<java.io.InputStream> stream = live(devs, to(address));
        mark();

        assertThat(told(stream)).contains("request", "grant");
    }

    @Test
    void whatThePageShowsAlreadyIsNotTold() throws IOException {
        send(devs, "/ask", Map.of("item", "look web-1", "duration", "30m", "reason", "my own", "key", "own"));
        String address = address(page(devs, "/requests").body());

        HttpResponse<java.io.InputStream> stream = live(devs, to(address));
        mark();

        assertThat(told(stream)).containsExactly("incident");
    }

    /** The log is read in an order in which a change that takes long holds back what was done beside it. */
    @Test
    void whatThePageShowsIsNotToldEitherOnceALongChangeIsDone() throws Exception {
        var runs = new CountDownLatch(1);
        var ends = new CountDownLatch(1);
        Thread slow = Thread.ofVirtual()
                .start(() -> world.database().run(Actor.system("slow"), tx -> {
                    tx.count("select pg_current_xact_id()::text::bigint");
                    runs.countDown();
                    try {
                        ends.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        runs.await();
        send(devs, "/ask", Map.of("item", "look web-1", "duration", "30m", "reason", "beside it", "key", "beside"));
        String address = address(page(devs, "/requests").body());

        HttpResponse<java.io.InputStream> stream = live(devs, to(address));
        ends.countDown();
        slow.join();
        mark();

        assertThat(told(stream)).containsExactly("incident");
    }

    /** What it was told last counts then, and not when it was made. */
    @Test
    void aPageThatComesBackIsToldFromWhereItWas() throws IOException {
        String before = Long.toString(Instant.now().minusSeconds(5).toEpochMilli());
        dev.ask("look", "web-1", "PT30M");
        String address = address(page(devs, "/").body());

        HttpResponse<java.io.InputStream> stream = live(devs, to(address).header("Last-Event-ID", before));
        mark();

        assertThat(told(stream)).contains("request", "grant");
    }

    @Test
    void aPlaceLongAgoTellsOfAllThatHappenedSince() throws IOException {
        HttpResponse<java.io.InputStream> stream = live(devs, to("/live?after=1:1:"));
        mark();

        assertThat(told(stream)).contains("request", "grant");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "now", "1:2", "5:4:", "1:2:3,x", "99999999999999999999:1:", "%00", "1:2:3%0A4"})
    void whatIsNoPlaceInTheLogIsRefused(String after) {
        HttpResponse<String> answer = page(devs, "/live?after=" + after);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("expected: a place in the log");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/decide",
                "/requests",
                "/grants",
                "/sessions",
                "/incidents",
                "/reviews",
                "/findings",
                "/policy/differences",
                "/people/dev",
                "/targets/web-1",
                "/roles/look"
            })
    void pagesThatFollowSomethingSayFromWhen(String path) {
        String page = page(chief, path).body();

        assertThat(FOLLOWS.matcher(page).find()).isTrue();
        assertThat(address(page)).matches("/live\\?after=\\d+%3A\\d+%3A[\\d%C]*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/me", "/audit", "/settings", "/people", "/groups/leads", "/help", "/policy"})
    void everyOtherPageFollowsHowMuchWaits(String path) {
        String page = page(chief, path).body();

        assertThat(FOLLOWS.matcher(page).results().count()).isOne();
        assertThat(page).contains("<span id=\"waiting\" hx-get=\"/waiting\"");
        assertThat(address(page)).startsWith("/live?after=");
    }

    @Test
    void aPageCanSayThatItMayBeOutOfDate() {
        assertThat(page(devs, "/grants").body())
                .containsPattern("<div id=\"stale\"[^>]* hidden><p>The server is not heard at the moment");
    }

    @Test
    void howMuchWaitsIsToldByItself() {
        world.signIn("lead");
        TestClient leads = world.browser("lead");
        assertThat(page(leads, "/waiting").body()).contains("id=\"waiting\"").doesNotContain(" waiting</span>");

        String request = dev.ask("ops", "web-1", "PT30M").text("id");

        assertThat(page(leads, "/waiting").body()).contains("class=\"count\"", ">1<span", " waiting</span>");
        send(leads, "/requests/" + request + "/deny", Map.of("comment", "not now"));
        assertThat(page(leads, "/waiting").body()).doesNotContain(" waiting</span>");
    }

    /** What is shown of a request, by its parts. */
    private static Map<String, String> parts(String page) {
        return Pattern.compile("data-part=\"([a-z]+)\" data-state=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .collect(Collectors.toMap(part -> part.group(1), part -> part.group(2)));
    }

    @Test
    void thePartsOfARequestAreTheSameUntilSomethingHappensToIt() {
        world.signIn("lead");
        String path = "/requests/" + dev.ask("ops", "web-1", "PT20M").text("id");

        String page = page(devs, path).body();
        Map<String, String> before = parts(page);
        Map<String, String> again = parts(page(devs, path).body());
        send(world.browser("lead"), path + "/deny", Map.of("comment", "not now"));
        Map<String, String> after = parts(page(devs, path).body());

        assertThat(page)
                .contains(
                        "<div id=\"follow\" hx-get=\"" + path + "\"",
                        "sallyport:request from:body delay:150ms, sallyport:grant from:body");
        assertThat(before).containsOnlyKeys("head", "facts", "doing");
        assertThat(again).isEqualTo(before);
        assertThat(after.get("facts")).isNotEqualTo(before.get("facts"));
        assertThat(after.get("doing")).isNotEqualTo(before.get("doing"));
        assertThat(after.get("head")).isEqualTo(before.get("head"));
    }

    @Test
    void theAccessPageFollowsItsCredentials() {
        dev.ask("look", "web-1", "PT30M");
        String grant = String.valueOf(
                dev.get("/grants?view=mine&state=active").items().getFirst().get("id"));

        String page = page(devs, "/grants/" + grant).body();

        assertThat(FOLLOWS.matcher(page).find()).isTrue();
        assertThat(address(page)).startsWith("/live?after=");
    }
}
