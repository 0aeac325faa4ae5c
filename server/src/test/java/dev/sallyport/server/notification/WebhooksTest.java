package dev.sallyport.server.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.base.Secret;
import dev.sallyport.catalog.News;
import dev.sallyport.database.Json;
import dev.sallyport.finding.Severity;
import dev.sallyport.notification.Channel;
import dev.sallyport.notification.Fact;
import dev.sallyport.notification.Letter;
import dev.sallyport.notification.Story;
import dev.sallyport.notification.Undelivered;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RQ6: webhooks for programs and chats, against real receivers, well behaved and not. */
@NullMarked
class WebhooksTest {
    private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1");
    private static final byte[] KEY_BYTES = "0123456789012345678901234567".getBytes(StandardCharsets.US_ASCII);
    private static final Secret KEY = Secret.of("whsec_" + Base64.getEncoder().encodeToString(KEY_BYTES));
    private static final Letter LETTER = new Letter(
            "ntf_1",
            News.BREAK_GLASS_USED,
            Severity.CRITICAL,
            Instant.parse("2026-11-26T10:00:00Z"),
            new Story(
                    "dev broke glass: root on <!channel> [x](https://evil.example.org)",
                    List.of(new Fact("reason", "<https://evil.example.org|click> *now*")),
                    "sallyport revoke grt_1"),
            Optional.empty(),
            Optional.of("req_1"),
            Optional.empty());

    private record Got(Map<String, List<String>> headers, String body, String path) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }
    }

    private final List<Got> got = new CopyOnWriteArrayList<>();
    private static final URI SERVER = URI.create("https://sallyport.example.com/pam");

    private final Carriers carriers = new Carriers(LOOPBACK, SERVER, Duration.ofSeconds(2), Clock.systemUTC());
    private volatile int answer = 204;
    private HttpServer server = start(null);

    private HttpServer start(@org.jspecify.annotations.Nullable TestCertificates tls) {
        try {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            HttpServer started;
            if (tls == null) {
                started = HttpServer.create(address, 0);
            } else {
                HttpsServer secure = HttpsServer.create(address, 0);
                secure.setHttpsConfigurator(new HttpsConfigurator(tls.server()));
                started = secure;
            }
            started.createContext("/", exchange -> {
                got.add(new Got(
                        Map.copyOf(exchange.getRequestHeaders()),
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                        exchange.getRequestURI().toString()));
                exchange.getResponseHeaders().add("Location", "/elsewhere");
                exchange.sendResponseHeaders(answer, -1);
                exchange.close();
            });
            started.start();
            return started;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void nothingYet() {
        got.clear();
    }

    @AfterEach
    void close() {
        server.stop(0);
        carriers.close();
    }

    private Channel hook(String url, Optional<String> ca) {
        return new Channel("hook", new Channel.Webhook(URI.create(url), ca));
    }

    private Channel hook() {
        return hook("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?a=b", Optional.empty());
    }

    private Undelivered refused(Channel channel, Secret secret) {
        return catchThrowableOfType(Undelivered.class, () -> carriers.carry(channel, Optional.of(secret), LETTER));
    }

    private Undelivered refused(Channel channel) {
        return refused(channel, KEY);
    }

    @Test
    void aProgramGetsASignedBodyThatItCanVerify() throws Exception {
        carriers.carry(hook(), Optional.of(KEY), LETTER);

        Got one = got.getFirst();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY_BYTES, "HmacSHA256"));
        String signed = one.header("webhook-id") + "." + one.header("webhook-timestamp") + "." + one.body();
        assertThat(one.header("webhook-signature"))
                .isEqualTo("v1,"
                        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
        assertThat(one.header("webhook-id")).isEqualTo("ntf_1");
        assertThat(one.path()).isEqualTo("/hook?a=b");
        assertThat(Json.object(one.body()))
                .containsEntry("type", "break-glass-used")
                .containsEntry("timestamp", "2026-11-26T10:00:00Z");
        assertThat(one.body()).contains("\"request\":\"req_1\"", "\"severity\":\"critical\"");
    }

    @Test
    void theExampleOfTheReferenceIsWhatWeSign() throws Exception {
        // the vector of the Standard Webhooks specification
        assertThat(Webhooks.signature(
                        Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        "1614265330",
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void chatsGetTextInWhichNothingBecomesALinkOrAMention() throws Exception {
        int port = server.getAddress().getPort();
        Secret address = Secret.of("http://127.0.0.1:" + port + "/services/T0/token");

        carriers.carry(
                new Channel("slack", new Channel.Chat(Channel.Chat.Style.SLACK, "127.0.0.1", Optional.empty())),
                Optional.of(address),
                LETTER);
        carriers.carry(
                new Channel("teams", new Channel.Chat(Channel.Chat.Style.TEAMS, "127.0.0.1", Optional.empty())),
                Optional.of(address),
                LETTER);

        assertThat(got).extracting(Got::path).containsOnly("/services/T0/token");
        Map<String, Object> slack = Json.object(got.getFirst().body());
        assertThat(slack)
                .containsEntry("text", "dev broke glass: root on &lt;!channel&gt; [x](https://evil.example.org)");
        // the only markup is the address of our own page
        assertThat(got.getFirst().body().split("mrkdwn", -1)).hasSize(2);
        assertThat(got.getFirst().body())
                .contains("plain_text", "<https://sallyport.example.com/pam/requests/req_1|Open it>");
        assertThat(got.getLast().body())
                .contains("AdaptiveCard", "TextRun")
                .contains("Action.OpenUrl", "https://sallyport.example.com/pam/requests/req_1")
                .doesNotContain("\"TextBlock\"");
    }

    @Test
    void theSecretOfAChatIsUsedOnItsHostAlone() {
        Undelivered why = refused(
                new Channel("slack", new Channel.Chat(Channel.Chat.Style.SLACK, "localhost", Optional.empty())),
                Secret.of("http://127.0.0.1:" + server.getAddress().getPort() + "/T0/hunter2"));

        assertThat(why.isLasting()).isTrue();
        assertThat(why.message()).doesNotContain("hunter2");
        assertThat(got).isEmpty();
    }

    @Test
    void redirectsAreNotFollowed() {
        answer = 307;

        Undelivered why = refused(hook());

        assertThat(why.message()).contains("307").contains("redirects are not followed");
        assertThat(why.isLasting()).isTrue();
        assertThat(got).hasSize(1);
    }

    @Test
    void a500MayPassAndA404WillNot() {
        answer = 500;
        assertThat(refused(hook()).isLasting()).isFalse();
        answer = 429;
        assertThat(refused(hook()).isLasting()).isFalse();
        answer = 404;
        assertThat(refused(hook()).isLasting()).isTrue();
    }

    @Test
    void tlsIsCheckedAgainstTheChannelsOwnCertificates() throws Exception {
        var certificates = new TestCertificates();
        HttpServer secure = start(certificates);
        try {
            String url = "https://localhost:" + secure.getAddress().getPort() + "/";

            carriers.carry(hook(url, Optional.of(certificates.pem())), Optional.of(KEY), LETTER);
            Undelivered unknown = refused(hook(url, Optional.empty()));
            Undelivered stranger = refused(hook(url, Optional.of(new TestCertificates().pem())));

            assertThat(got).hasSize(1);
            assertThat(unknown.message()).contains("certificate is not trusted");
            assertThat(stranger.message()).contains("certificate is not trusted");
        } finally {
            secure.stop(0);
        }
    }

    @Test
    void anAnswerThatComesLateOrNeverEndsOrIsNoneIsCutOff() throws Exception {
        assertThat(answered("").message()).contains("no answer within 2 s");
        assertThat(answered("HTTP/1.1 200 " + "x".repeat(Posting.ANSWER_MAX + 1))
                        .isLasting())
                .isFalse();
        assertThat(answered("SSH-2.0-OpenSSH\r\n").isLasting()).isFalse();
        assertThat(answered("HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 503 Busy\r\n\r\n")
                        .message())
                .contains("503");
    }

    @Test
    void theBodyOfAnAnswerIsNotRead() throws Exception {
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> flood(listener));

            carriers.carry(
                    hook("http://127.0.0.1:" + listener.getLocalPort() + "/", Optional.empty()),
                    Optional.of(KEY),
                    LETTER);
        }
    }

    /** Answers 200 with a body that ends only when nobody listens any more. */
    private static void flood(ServerSocket listener) {
        try (Socket socket = listener.accept();
                OutputStream out = socket.getOutputStream()) {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var much = new byte[64 * 1024];
            while (true) {
                out.write(much);
            }
        } catch (IOException _) {
            // nobody listens any more
        }
    }

    private Undelivered answered(String text) throws IOException {
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> say(listener, text));
            return refused(hook("http://127.0.0.1:" + listener.getLocalPort() + "/", Optional.empty()));
        }
    }

    /** Says it, and then nothing until the other side goes. */
    private static void say(ServerSocket listener, String text) {
        try (Socket socket = listener.accept()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException _) {
            // it has gone
        }
    }
}
