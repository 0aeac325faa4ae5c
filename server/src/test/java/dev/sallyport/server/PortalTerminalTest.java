package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.server.ApiWorld.Someone;
import dev.sallyport.testkit.Await;
import dev.sallyport.testkit.SshKeys;
import dev.sallyport.testkit.SshServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SE4: a terminal in the browser goes through the gateway under one's own grant, to a real sshd. */
class PortalTerminalTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ME = System.getProperty("user.name");

    @TempDir
    private static Path dir;

    private static ApiWorld world;
    private static Someone dev;
    private static Someone admin;
    private static SshServer target;

    @BeforeAll
    static void start() throws Exception {
        int port = TestServers.freePort();
        world = new ApiWorld(config -> new ServerConfig(
                config.url(),
                config.bind(),
                config.port(),
                config.tls(),
                config.data(),
                config.database(),
                config.rootKey(),
                config.limits(),
                gateway(port),
                ServerConfig.Remote.OFF));
        target = host();
        world.apply("""
                apiVersion: sallyport/v1
                kind: Target
                metadata: {name: box-1}
                spec: {type: ssh, address: {host: 127.0.0.1, port: %d}, ssh: {hostKey: '%s'}}
                ---
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: shell}
                spec:
                  targets: {type: ssh}
                  ssh: {logins: [%s]}
                  access: gateway
                  request: {approval: auto, maxDuration: 1h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: shell}
                spec: {role: shell, subjects: {groups: [developers]}}
                """.formatted(
                        target.port(),
                        Files.readString(SshKeys.publicHalf(target.hostKey())).strip(),
                        ME));
        dev = world.signIn("dev");
        admin = world.holder("admin-1", "grant.revoke", "session.read-all");
    }

    @AfterAll
    static void stop() {
        target.close();
        world.close();
    }

    private static ServerConfig.SshGateway gateway(int port) {
        return new ServerConfig.SshGateway(
                true,
                "server",
                "127.0.0.1",
                port,
                "localhost",
                port,
                dir.resolve("spool"),
                new ServerConfig.Recordings.Folder(dir.resolve("recordings")),
                Map.of(),
                Duration.ZERO);
    }

    private static SshServer host() throws IOException {
        @SuppressWarnings("unchecked")
        var keys = (List<Map<String, Object>>)
                Objects.requireNonNull(world.nobody().get("/ssh/cas").json().get("target"));
        Path cas = Files.writeString(
                dir.resolve("target-ca.pub"), String.valueOf(keys.getFirst().get("public_key")));
        Path principals = Files.createDirectories(dir.resolve("principals"));
        Files.writeString(principals.resolve(ME), "box-1/" + ME + "\n");
        return SshServer.in(dir.resolve("target"))
                .line("TrustedUserCAKeys " + cas)
                .line("AuthorizedPrincipalsFile " + principals + "/%u")
                .start();
    }

    @Test
    void filesAreOfferedWhereTheRoleAllowsThem() {
        world.apply("""
                apiVersion: sallyport/v1
                kind: Role
                metadata: {name: no-files}
                spec:
                  targets: {type: ssh}
                  ssh: {logins: [%s]}
                  access: gateway
                  session: {files: false}
                  request: {approval: auto, maxDuration: 1h}
                ---
                apiVersion: sallyport/v1
                kind: Eligibility
                metadata: {name: no-files}
                spec: {role: no-files, subjects: {groups: [developers]}}
                """.formatted(ME));
        TestClient browser = browser("127.0.0.1");
        String allowed = opened(browser, grant());
        String refused = opened(browser, dev.grant("no-files", "box-1"));

        assertThat(PortalTest.page(browser, allowed).body()).contains("id=\"terminal-files\"", "id=\"files-list\"");
        assertThat(PortalTest.page(browser, refused).body())
                .contains("data-base=\"" + refused + "\"")
                .doesNotContain("terminal-files", "files-list");
        PortalTest.send(browser, allowed + "/end", Map.of());
        PortalTest.send(browser, refused + "/end", Map.of());
    }

    // Typing and seeing
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void whatIsTypedRunsThereAndTheSessionIsRecordedWithTheBrowsersAddress() {
        TestClient browser = browser("127.0.0.9");
        String terminal = opened(browser, grant());
        assertThat(PortalTest.page(browser, terminal).body())
                .contains(ME + " on box-1", "data-base=\"" + terminal + "\"", "Connecting");

        Screen screen = Screen.of(browser, terminal, 0);
        screen.type("stty size; echo to-$((6 * 7))\n");
        Await.until("the answer", LIMIT, () -> screen.text().contains("to-42"));
        screen.say("{\"resize\": [120, 41]}");
        Await.until("the new size", LIMIT, () -> {
            screen.type("stty size\n");
            return screen.text().contains("41 120");
        });
        screen.type("exit 5\n");

        Await.until("the end", LIMIT, () -> screen.told().contains("The shell has ended (exit status 5)."));
        assertThat(screen.text()).contains("30 100");
        Await.until(
                "its recording",
                LIMIT,
                () -> admin.get("/sessions?view=all&target=box-1").body().contains("\"state\":\"complete\""));
        assertThat(admin.get("/sessions?view=all&target=box-1").body())
                .contains("\"client_address\":\"127.0.0.9\"", "Sallyport_browser_terminal");
    }

    @Test
    void afterANetworkWasAwayItGoesOnWhereItWas() {
        TestClient browser = browser("127.0.0.1");
        String terminal = opened(browser, grant());
        Screen before = Screen.of(browser, terminal, 0);
        before.type("stty -echo; x=kept; echo first-$((40 + 2))\n");
        Await.until("the first", LIMIT, () -> before.text().contains("first-42"));

        before.type("sleep 1; echo second-$x\n");
        long place = before.length();
        before.abort();
        Screen after = Screen.of(browser, terminal, place);

        Await.until("the second", LIMIT, () -> after.text().contains("second-kept"));
        assertThat(after.text()).as("only what was not seen yet").doesNotContain("first-42");
        Screen elsewhere = Screen.of(browser, terminal, 0);
        Await.until("all of it", LIMIT, () -> elsewhere.text().contains("first-42"));
        Await.until("shown in one place", LIMIT, () -> after.closed().contains("somewhere else"));
        elsewhere.type("exit\n");
    }

    @Test
    void aProgramThatFloodsWaitsForWhoReads() {
        TestClient browser = browser("127.0.0.1");
        Screen screen = Screen.of(browser, opened(browser, grant()), 0);
        screen.type("yes | head -c 3000000; echo; echo flood-$((40 + 2))\n");

        Await.until("the whole flood", LIMIT, () -> {
            screen.say("{\"seen\": " + screen.length() + "}");
            return screen.text().contains("flood-42");
        });
        assertThat(screen.length()).isGreaterThan(3_000_000);
    }

    @Test
    void whatTheFarSideDoesNotTakeIsNotKeptWithoutEnd() {
        TestClient browser = browser("127.0.0.1");
        Screen screen = Screen.of(browser, opened(browser, grant()), 0);
        screen.type("stty -echo raw; echo ready-$((40 + 2)); exec sleep 600\n");
        Await.until("nobody reads", LIMIT, () -> screen.text().contains("ready-42"));

        String much = "x".repeat(16 * 1024);
        Await.until("the end", LIMIT, () -> {
            if (!screen.told().contains("ended")) {
                screen.type(much);
            }
            return screen.told().contains("More was typed than the other side takes");
        });
    }

    @Test
    void aBrowserThatFloodsIsClosedAndMayComeBack() {
        TestClient browser = browser("127.0.0.1");
        String terminal = opened(browser, grant());
        Screen screen = Screen.of(browser, terminal, 0);
        screen.isUp();

        Await.until("the close", LIMIT, () -> {
            for (int i = 0; i < 1_000 && !screen.isClosed(); i++) {
                screen.sayIfOpen("{\"resize\": [80, " + (20 + i % 2) + "]}");
            }
            return screen.isClosed();
        });

        Screen again = Screen.of(browser, terminal, 0);
        again.type("echo still-$((40 + 2))\n");
        Await.until("the same shell", LIMIT, () -> again.text().contains("still-42"));
        again.type("exit\n");
    }

    // What ends it
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void revokingTheGrantCutsItWithTheReason() {
        TestClient browser = browser("127.0.0.1");
        String grant = grant();
        Screen screen = Screen.of(browser, opened(browser, grant), 0);
        screen.isUp();

        assertThat(admin.post("/grants/" + grant + "/revoke", Map.of("reason", "seen enough"))
                        .status())
                .isEqualTo(200);

        Await.until("the word", LIMIT, () -> screen.told().contains("Your access has ended."));
    }

    @Test
    void signingOutEndsItWhileAnotherBrowserGoesOn() {
        TestClient leaving = browser("127.0.0.1");
        TestClient staying = browser("127.0.0.1");
        Screen gone = Screen.of(leaving, opened(leaving, grant()), 0);
        Screen kept = Screen.of(staying, opened(staying, grant()), 0);
        gone.isUp();
        kept.isUp();

        PortalTest.send(leaving, "/sign-out", Map.of());

        Await.until("the word", LIMIT, () -> gone.told().contains("You were signed out."));
        kept.type("echo still-$((40 + 2))\n");
        Await.until("the other", LIMIT, () -> kept.text().contains("still-42"));
        kept.type("exit\n");
    }

    @Test
    void oneEndsItOneself() {
        TestClient browser = browser("127.0.0.1");
        String grant = grant();
        String terminal = opened(browser, grant);
        Screen screen = Screen.of(browser, terminal, 0);
        screen.isUp();

        HttpResponse<String> end = PortalTest.send(browser, terminal + "/end", Map.of());

        assertThat(PortalTest.location(end)).isEqualTo("/grants/" + grant + "?said=ended");
        Await.until("the word", LIMIT, () -> screen.told().contains("You have ended it."));
        assertThat(PortalTest.page(browser, terminal + "/files?path=/tmp").statusCode())
                .isEqualTo(409);
    }

    // What is refused
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void anotherSiteAnotherBrowserAndNobodyGetNoTerminal() {
        TestClient browser = browser("127.0.0.1");
        String terminal = opened(browser, grant());
        String ours = world.server().url().toString();

        assertThat(refusedSocket(browser, terminal, "https://evil.example")).isEqualTo(403);
        assertThat(refusedSocket(browser, terminal, "null")).isEqualTo(403);
        assertThat(refusedSocket(browser("127.0.0.1"), terminal, ours)).isEqualTo(404);
        assertThat(refusedSocket(new TestClient(world.server()), terminal, ours))
                .isEqualTo(302);
        assertThat(PortalTest.page(browser("127.0.0.1"), terminal).statusCode()).isEqualTo(404);
        assertThat(browser.send(browser.request(terminal + "/socket")
                                .header("Origin", ours)
                                .GET())
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void onlyAGrantOfOnesOwnThroughAGatewayOpensOne() {
        TestClient browser = browser("127.0.0.1");
        String direct = dev.grant("look", "web-1");
        String grant = grant();
        world.signIn("lead");
        var lead = new TestClient(world.server());
        lead.login("lead", ApiWorld.PASSWORD);

        HttpResponse<String> directly = PortalTest.send(browser, "/grants/" + direct + "/terminal", Map.of());
        HttpResponse<String> otherLogin =
                PortalTest.send(browser, "/grants/" + grant + "/terminal", Map.of("login", "root'"));
        HttpResponse<String> somebodyElses = PortalTest.send(lead, "/grants/" + grant + "/terminal", Map.of());
        HttpResponse<String> forged = PortalTest.send(browser, "/grants/" + grant + "/terminal", Map.of("_csrf", "x"));

        assertThat(directly.statusCode()).isEqualTo(400);
        assertThat(otherLogin.statusCode()).isEqualTo(400);
        assertThat(somebodyElses.statusCode()).isEqualTo(404);
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(PortalTest.page(browser, "/grants/" + direct).body()).doesNotContain("Open a terminal");
        assertThat(PortalTest.page(browser, "/grants/" + grant).body()).contains("Open a terminal as " + ME);
    }

    @Test
    void aGrantThatHasEndedMeanwhileIsSaidSo() {
        TestClient browser = browser("127.0.0.1");
        String grant = grant();
        String terminal = opened(browser, grant);
        dev.post("/grants/" + grant + "/return", Map.of());

        Screen screen = Screen.of(browser, terminal, 0);

        Await.until("the word", LIMIT, () -> screen.told().contains("this access is over"));
    }

    @Test
    void thereAreOnlySoMany() {
        TestClient browser = browser("127.0.0.1");
        String grant = grant();
        HttpResponse<String> last = PortalTest.send(browser, "/grants/" + grant + "/terminal", Map.of());
        for (int i = 0; i < 20 && last.statusCode() == 303; i++) {
            last = PortalTest.send(browser, "/grants/" + grant + "/terminal", Map.of());
        }

        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(last.body()).contains("terminals_per_person");
        PortalTest.send(browser, "/sign-out", Map.of());
        TestClient next = browser("127.0.0.1");
        Await.until(
                "room again",
                LIMIT,
                () -> PortalTest.send(next, "/grants/" + grant + "/terminal", Map.of())
                                .statusCode()
                        == 303);
    }

    // Files
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void filesGoUpAndDownAndAreInTheLog() throws IOException {
        TestClient browser = browser("127.0.0.1");
        String terminal = opened(browser, grant());
        Screen.of(browser, terminal, 0).isUp();
        Path folder = Files.createDirectories(dir.resolve("moved"));
        String file = folder.resolve("ein \"großer\" Name.txt").toString();

        HttpResponse<String> up = upload(browser, terminal, file, "content", token(browser, terminal));
        HttpResponse<String> again = upload(browser, terminal, file, "other", token(browser, terminal));
        HttpResponse<String> forged = upload(browser, terminal, file + ".2", "content", "x");
        HttpResponse<String> listed = json(browser, terminal + "/files?path=" + encoded(folder.toString()));
        HttpResponse<String> down = PortalTest.page(browser, terminal + "/file?path=" + encoded(file));
        HttpResponse<String> missing = json(browser, terminal + "/files?path=" + encoded("/no/such"));

        assertThat(up.statusCode()).as(up.body()).isEqualTo(204);
        assertThat(again.statusCode()).as("one that is there is kept").isEqualTo(403);
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(Path.of(file)).hasContent("content");
        assertThat(listed.body())
                .contains("ein \\\"großer\\\" Name.txt", "\"bytes\":7")
                .doesNotContain(".2\"");
        assertThat(down.body()).isEqualTo("content");
        assertThat(down.headers().firstValue("Content-Disposition").orElseThrow())
                .startsWith("attachment;")
                .contains("filename*=UTF-8''");
        assertThat(down.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains("no such file");
        for (String bad : List.of("", "x".repeat(4_097), "a\0b")) {
            assertThat(json(browser, terminal + "/file?path=" + encoded(bad)).statusCode())
                    .isEqualTo(400);
        }
        assertThat(json(browser("127.0.0.1"), terminal + "/files?path=/").statusCode())
                .isEqualTo(404);
    }

    private static HttpResponse<String> upload(
            TestClient browser, String terminal, String path, String content, String token) {
        return browser.send(browser.request(terminal + "/file?path=" + encoded(path))
                .header("Content-Type", "application/octet-stream")
                .header("X-XSRF-TOKEN", token)
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(content)));
    }

    private static HttpResponse<String> json(TestClient browser, String path) {
        return browser.send(
                browser.request(path).header("Accept", "application/json").GET());
    }

    private static String token(TestClient browser, String page) {
        return browser.formToken(page);
    }

    private static String encoded(String path) {
        return URLEncoder.encode(path, StandardCharsets.UTF_8);
    }

    // Browsers
    // ----------------------------------------------------------------------------------------------------------

    private static TestClient browser(String from) {
        var client = new TestClient(world.server(), from);
        assertThat(TestClient.location(client.login("dev", ApiWorld.PASSWORD))).isEqualTo("/");
        return client;
    }

    private static String grant() {
        return dev.grant("shell", "box-1");
    }

    private static String opened(TestClient browser, String grant) {
        HttpResponse<String> answer = PortalTest.send(browser, "/grants/" + grant + "/terminal", Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
        return PortalTest.location(answer);
    }

    private static int refusedSocket(TestClient browser, String terminal, String origin) {
        var screen = new Screen();
        try {
            browser.socket(terminal + "/socket", origin, screen).join();
            return 101;
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw e;
        }
    }

    /** What a browser would show, and what it was told beside it. */
    private static final class Screen implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder told = new StringBuilder();
        private String closed = "";
        private long length;
        private @Nullable WebSocket socket;

        static Screen of(TestClient browser, String terminal, long from) {
            var screen = new Screen();
            screen.socket = browser.socket(
                            terminal + "/socket?columns=100&rows=30&from=" + from,
                            world.server().url().toString(),
                            screen)
                    .join();
            return screen;
        }

        void isUp() {
            Await.until("a shell", LIMIT, () -> told().contains("\"open\""));
        }

        void type(String what) {
            isUp();
            Objects.requireNonNull(socket)
                    .sendBinary(ByteBuffer.wrap(what.getBytes(StandardCharsets.UTF_8)), true)
                    .join();
        }

        void say(String what) {
            Objects.requireNonNull(socket).sendText(what, true).join();
        }

        boolean isClosed() {
            return Objects.requireNonNull(socket).isInputClosed()
                    || Objects.requireNonNull(socket).isOutputClosed();
        }

        /** As fast as they go; it may close at any moment. */
        void sayIfOpen(String what) {
            try {
                say(what);
            } catch (CompletionException e) {
                abort();
            }
        }

        void abort() {
            Objects.requireNonNull(socket).abort();
        }

        synchronized String text() {
            return text.toString();
        }

        synchronized String told() {
            return told.toString();
        }

        synchronized String closed() {
            return closed;
        }

        synchronized long length() {
            return length;
        }

        @Override
        public synchronized @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            length += data.remaining();
            text.append(StandardCharsets.UTF_8.decode(data));
            from.request(1);
            return null;
        }

        @Override
        public synchronized @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            told.append(data);
            from.request(1);
            return null;
        }

        @Override
        public synchronized @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed = reason;
            return null;
        }
    }
}
