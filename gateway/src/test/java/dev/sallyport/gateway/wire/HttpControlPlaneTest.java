package dev.sallyport.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.spi.gateway.FeedPage;
import dev.sallyport.spi.gateway.Report;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpControlPlaneTest {
    private final Map<String, String> asked = new ConcurrentHashMap<>();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private int status = 200;
    private HttpServer server;
    private HttpControlPlane control;

    @BeforeEach
    void start() throws IOException, NoSuchAlgorithmException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/gateway/v1/", exchange -> {
            String word = exchange.getRequestURI().getPath().substring("/gateway/v1/".length());
            asked.put(word, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] answer = answers.getOrDefault(word, "").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        control = new HttpControlPlane(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), SSLContext.getDefault());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aWordIsAskedAndItsAnswerRead() {
        answers.put("feed", Words.write(new FeedPage(4, List.of())));
        answers.put("report", Words.write(new WireBodies.Told(7)));
        answers.put("secret", Words.write(new WireBodies.SecretIs(Secret.of("s"))));
        answers.put("command", "[]");
        var report = new Report(7, Instant.EPOCH, SessionId.next(), new Report.Text(1, "t"));

        assertThat(control.feed(3, Duration.ofMillis(10))).isEqualTo(new FeedPage(4, List.of()));
        assertThat(control.report("run", List.of(report))).isEqualTo(7);
        assertThat(control.secret(SessionId.next())).isEqualTo(Secret.of("s"));
        assertThat(control.command(0, Duration.ofMillis(10))).isEmpty();
        assertThat(Words.read(WireBodies.Tell.class, String.valueOf(asked.get("report"))))
                .isEqualTo(new WireBodies.Tell("run", List.of(report)));
    }

    @Test
    void aRefusalKeepsItsKindCodeSentenceAndHint() {
        status = 403;
        answers.put("feed", Words.write(new WireBodies.Refused("FORBIDDEN", "gateway.unknown", "no", "enrol it")));

        assertThatThrownBy(() -> control.feed(0, Duration.ZERO)).isInstanceOfSatisfying(Refusal.class, e -> {
            assertThat(e.kind()).isEqualTo(Refusal.Kind.FORBIDDEN);
            assertThat(e.code()).isEqualTo("gateway.unknown");
            assertThat(e.hint()).isEqualTo("enrol it");
        });
    }

    @Test
    void whatIsNoAnswerMeansThatTheControlPlaneIsAway() {
        status = 502;
        answers.put("feed", "<html>");

        assertThatThrownBy(() -> control.feed(0, Duration.ZERO))
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.code()).isEqualTo("unavailable.control-plane"));
        server.stop(0);
        assertThatThrownBy(() -> control.feed(0, Duration.ZERO))
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.code()).isEqualTo("unavailable.control-plane"));
    }
}
