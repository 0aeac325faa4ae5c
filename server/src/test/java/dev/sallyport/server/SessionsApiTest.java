package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.base.Bytes;
import dev.sallyport.base.Labels;
import dev.sallyport.base.SessionId;
import dev.sallyport.server.ApiWorld.Reply;
import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.session.Gateway;
import dev.sallyport.session.GatewaySessions;
import dev.sallyport.session.Gateways;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.LiveFrame;
import dev.sallyport.spi.gateway.Opening;
import dev.sallyport.spi.gateway.Order;
import dev.sallyport.spi.gateway.Report;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SE5, SE6, SE7: sessions over HTTP, and signing in for a terminal by a link. */
class SessionsApiTest {
    private static final Pattern CODE = Pattern.compile("<strong>([B-Z]{4}-[B-Z]{4})</strong>");
    private static final String WHERE = "198.51.100.9";

    private static ApiWorld world;
    private static Someone dev;
    private static Someone other;
    private static Someone auditor;
    private static ControlPlane plane;
    private static SessionId session;

    @BeforeAll
    static void start() {
        world = new ApiWorld();
        world.recordedRole();
        dev = world.signIn("dev");
        other = world.signIn("other");
        auditor = world.holder("auditor-1", "session.read-all", "session.view", "session.steer");
        dev.grant("recorded", "web-1");
        Gateway gateway = world.server().feature(Gateways.class).builtIn("test", Labels.NONE);
        plane = world.server().feature(GatewaySessions.class).controlPlane(gateway);
        session = open(WHERE);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static Destination from(String address) {
        return new Destination("web-1", Optional.of("deploy"), address, "SSH-2.0-x");
    }

    private static String link(Destination destination) {
        return ((Answer.SignIn) plane.authorize(Evidence.NONE, destination)).link();
    }

    private static TestClient browser(String link) {
        var browser = new TestClient(world.server());
        assertThat(TestClient.location(browser.get("/ssh/" + link))).isEqualTo("/login");
        assertThat(TestClient.location(browser.login("dev", ApiWorld.PASSWORD))).isEqualTo("/ssh/" + link);
        return browser;
    }

    private static SessionId open(String address) {
        String link = link(from(address));
        TestClient browser = browser(link);
        HttpResponse<String> page = browser.post("/ssh/" + link, Map.of("_csrf", browser.formToken("/ssh/" + link)));
        Matcher code = CODE.matcher(page.body());
        assertThat(code.find()).as(page.body()).isTrue();
        var evidence = new Evidence(Optional.empty(), Optional.of(new Evidence.LinkAnswer(link, code.group(1))));
        var permitted = (Answer.Permitted) plane.authorize(evidence, from(address));
        var id = SessionId.next();
        plane.open(permitted.permit().id(), id, new Opening(Instant.now(), address, "SSH-2.0-x"));
        return id;
    }

    private static String path(String rest) {
        return "/sessions/" + session + rest;
    }

    @Test
    void thePageShowsWhereTheTerminalStandsAndForgedFormsGetNoCode() {
        String link = link(from("203.0.113.77"));
        TestClient browser = browser(link);

        HttpResponse<String> page = browser.get("/ssh/" + link);
        HttpResponse<String> forged = browser.post("/ssh/" + link, Map.of());
        HttpResponse<String> unknown = browser.get("/ssh/nosuchlink");

        assertThat(page.body()).contains("203.0.113.77", "deploy@web-1");
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(unknown.statusCode()).isEqualTo(404);
    }

    @Test
    void everybodySeesTheirOwnSessionsAndNobodyElseWithoutTheRight() {
        Reply mine = dev.get("/sessions?live=true");
        Reply theirs = other.get("/sessions");
        Reply all = auditor.get("/sessions?view=all&target=web-1&identity=dev");

        assertThat(mine.body()).contains(session.value(), WHERE, "\"recording\"");
        assertThat(theirs.items()).isEmpty();
        assertThat(all.body()).contains(session.value());
        Object grant = mine.items().getFirst().get("grant");
        assertThat(auditor.get("/sessions?view=all&grant=" + grant).body()).contains(session.value());
        assertThat(auditor.get("/sessions?view=all&grant=grt_00000000000000000000000000")
                        .items())
                .isEmpty();
        assertThat(auditor.get("/sessions?view=all&grant=mine").code()).isEqualTo("input.invalid-id");
        assertThat(other.get("/sessions?view=all").code()).isEqualTo("auth.missing-right");
        assertThat(dev.get(path("")).status()).isEqualTo(200);
        assertThat(other.get(path("")).code()).isEqualTo("session.unknown");
        assertThat(auditor.get(path("")).text("identity")).isEqualTo("dev");
    }

    @Test
    void watchingOthersWantsAReason() {
        assertThat(other.post(path("/watch"), Map.of("reason", "curious")).code())
                .isEqualTo("session.unknown");
        assertThat(auditor.post(path("/watch"), Map.of()).code()).isEqualTo("session.reason-required");
        Reply watched = auditor.post(path("/watch"), Map.of("reason", "pairing"));
        plane.live(session, List.of(LiveFrame.news(5, 0, 80, 24, Bytes.of("hello".getBytes(StandardCharsets.UTF_8)))));

        Reply frames = auditor.get(path("/frames?wait=5&after=" + watched.text("after")));

        assertThat(frames.body()).contains("\"aGVsbG8=\"").contains("\"open\":true");
        assertThat(auditor.get(path("/frames?wait=11")).status()).isEqualTo(400);
    }

    @Test
    void whatWasDoneIsFoundBySearchAndListed() {
        plane.report(
                "run-api",
                List.of(
                        new Report(1, Instant.now(), session, new Report.Command(0, "cat /etc/motd", true, 0)),
                        new Report(2, Instant.now(), session, new Report.Text(10, "Welcome to Needleville"))));

        assertThat(dev.get(path("/commands")).body()).contains("cat /etc/motd");
        assertThat(other.get(path("/commands")).code()).isEqualTo("session.unknown");
        assertThat(looks("commands")).isZero();
        assertThat(auditor.get(path("/commands")).body()).contains("cat /etc/motd");
        assertThat(auditor.get(path("/files")).status()).isEqualTo(200);
        assertThat(looks("commands")).isOne();
        assertThat(looks("files")).isOne();
        assertThat(auditor.get("/sessions?grep=needleville").body()).contains(session.value(), "\"found_at_ms\":[10]");
        assertThat(other.get("/sessions?grep=needleville").items()).isEmpty();
        assertThat(auditor.get("/commands?grep=ETC/motd&target=web-1&identity=dev")
                        .body())
                .contains(session.value(), "\"command\":\"cat /etc/motd\"", "\"exit_status\":0");
        assertThat(auditor.get("/commands?grep=etc/motd&identity=other").items())
                .isEmpty();
        assertThat(dev.get("/commands").body()).contains("cat /etc/motd");
        assertThat(other.get("/commands?grep=etc/motd").items()).isEmpty();
        assertThat(auditor.get("/audit/events").code()).isEqualTo("auth.missing-right");
        assertThat(looks("commands")).as("once an hour, however one looks").isGreaterThanOrEqualTo(1);
        assertThat(other.get("/commands?view=all").code()).isEqualTo("auth.missing-right");
        assertThat(auditor.get("/commands?grep=et").code()).isEqualTo("input.invalid-text");
        assertThat(auditor.get("/commands?after=1").body()).contains("expected: the 'next' of an earlier page");
        var pages = new TestClient(world.server());
        pages.login("auditor-1", ApiWorld.PASSWORD);
        assertThat(PortalTest.page(pages, "/commands?grep=etc/motd").body())
                .contains("cat /etc/motd", "/sessions/" + session + "/play?t=", "sallyport commands --grep etc/motd");
    }

    @Test
    void whatOpenSessionsDidLastIsSeenByWhoMayViewThemAndNoted() {
        SessionId another = open("198.51.100.11");
        plane.report(
                "run-doing",
                List.of(
                        new Report(1, Instant.now(), another, new Report.Command(0, "first --thing", true, 0)),
                        new Report(2, Instant.now(), another, new Report.Command(0, "second --thing", true, 0))));
        Someone reader = world.holder("reader-1", "session.read-all");

        assertThat(dev.get("/sessions?doing=true").body())
                .contains("second --thing")
                .doesNotContain("first --thing");
        assertThat(glimpses()).isZero();
        assertThat(reader.get("/sessions").body()).contains(another.value()).doesNotContain("--thing");
        assertThat(reader.get("/sessions?doing=true").body()).doesNotContain("--thing");
        assertThat(reader.get("/sessions?view=all&doing=true").code()).isEqualTo("auth.missing-right");
        assertThat(glimpses()).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(auditor.get("/sessions?live=true&doing=true").body()).contains("second --thing");
        }
        assertThat(glimpses()).isOne();
        assertThat(auditor.get("/sessions?live=true").body()).doesNotContain("--thing");
    }

    @Test
    void aPageThatFollowsASessionLooksAtNothingByItself() {
        SessionId another = open("198.51.100.12");
        String path = "/sessions/" + another;
        var browser = new TestClient(world.server());
        browser.login("auditor-1", ApiWorld.PASSWORD);

        String opened = PortalTest.page(browser, path).body();
        long seen = viewed(another);
        String followed = browser.send(browser.request(path)
                        .header("Accept", "text/html")
                        .header("HX-Request", "true")
                        .GET())
                .body();

        assertThat(opened).contains("id=\"follow\"", "sallyport commands " + another);
        assertThat(followed)
                .contains("data-part=\"facts\"", "data-part=\"doing\"", "data-part=\"head\"")
                .doesNotContain("sallyport commands " + another);
        assertThat(seen).isPositive();
        assertThat(viewed(another)).isEqualTo(seen);
    }

    private static long viewed(SessionId session) {
        return world.database()
                .<Long>read(rx -> rx.count(
                        "select count(*) from event where session_id = ? and activity = 'session.viewed'", session));
    }

    private static long glimpses() {
        return world.database()
                .<Long>read(rx -> rx.count("select count(*) from event where activity = 'session.glimpsed'"));
    }

    /** Events that say that somebody looked at what was done in another's session. */
    private static long looks(String how) {
        return world.database()
                .<Long>read(rx -> rx.count(
                        "select count(*) from event where session_id = ? and activity = 'session.viewed' and convert_from(body, 'UTF8') like ?",
                        session,
                        "%\"how\":\"" + how + "\"%"));
    }

    @Test
    void steeringReachesTheGatewayAndNeedsTheRight() {
        SessionId another = open("198.51.100.10");
        String there = "/sessions/" + another;

        assertThat(dev.post(there + "/message", Map.of("text", "x")).code()).isEqualTo("auth.missing-right");
        assertThat(other.post(there + "/kill", Map.of("reason", "x")).code()).isEqualTo("session.unknown");
        assertThat(auditor.post(there + "/message", Map.of("text", "please stop"))
                        .status())
                .isEqualTo(204);
        assertThat(auditor.post(there + "/pause", Map.of()).status()).isEqualTo(204);
        assertThat(auditor.get(there).json()).containsEntry("paused", true);
        assertThat(auditor.post(there + "/kill", Map.of("reason", "enough")).status())
                .isEqualTo(200);

        assertThat(plane.command(0, Duration.ZERO).stream()
                        .filter(order -> order.session().equals(another))
                        .map(Order::what))
                .contains(
                        new Order.Message("auditor-1", "please stop"),
                        new Order.Pause("auditor-1"),
                        new Order.Kill("auditor-1", "enough"));
        plane.report(
                "run-kill",
                List.of(new Report(1, Instant.now(), another, new Report.Closed("killed", "enough", 1, 2))));
        assertThat(auditor.post(there + "/kill", Map.of("reason", "again")).code())
                .isEqualTo("session.closed");
    }

    @Test
    void theStoryTellsOfSessionsInSentences() {
        SessionId another = open("198.51.100.12");
        String request = auditor.get("/sessions/" + another).text("request");
        plane.report(
                "run-story",
                List.of(
                        new Report(1, Instant.now(), another, new Report.Command(0, "rm -r <old>", true, 1)),
                        new Report(
                                2,
                                Instant.now(),
                                another,
                                new Report.RuleMatched(0, "shut.*", true, "shutdown -h now"))));
        auditor.post("/sessions/" + another + "/kill", Map.of("reason", "wrong host"));
        plane.report(
                "run-story",
                List.of(new Report(3, Instant.now(), another, new Report.Closed("killed", "wrong host", 1, 2))));
        world.holder("storyteller", "audit.read", "request.read-all");
        var reads = new TestClient(world.server());
        reads.login("storyteller", ApiWorld.PASSWORD);

        assertThat(PortalTest.sentences(PortalTest.page(reads, "/requests/" + request + "/story")
                        .body()))
                .containsSubsequence(
                        "dev opened a session as deploy on web-1 from 198.51.100.12",
                        "dev ran rm -r &lt;old&gt;, which ended with 1",
                        "A command was blocked by the rule shut.*: shutdown -h now")
                .contains(
                        "auditor-1 ended the session: “wrong host”",
                        "The session on web-1 was ended by somebody who watches over it");
    }
}
