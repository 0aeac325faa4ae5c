package dev.sallyport.server.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.consulting.Line;
import dev.sallyport.consulting.Unanswered;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RQ3: what a decision service at the other end of the line may do to us, and what is read of it. */
@NullMarked
class QuestionLineTest {
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final byte[] QUESTION = "{}".getBytes(StandardCharsets.UTF_8);

    private final QuestionLine line = new QuestionLine(List.of("127.0.0.0/8", "::1"));

    @AfterEach
    void close() {
        line.close();
    }

    private Line.Reply post(QuestionLine over, String url, Optional<String> ca) throws Unanswered {
        return over.post(URI.create(url), ca, TIME, QUESTION, Map.of("webhook-id", "dqu_1"));
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port + "/decide";
    }

    private Line.Reply answered(String text) throws IOException, Unanswered {
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> say(listener, text));
            return post(line, url(listener.getLocalPort()), Optional.empty());
        }
    }

    private String refused(String text) throws IOException {
        return String.valueOf(
                catchThrowableOfType(Unanswered.class, () -> answered(text)).message());
    }

    /** Says it, and then nothing until the other side goes. */
    private static void say(ServerSocket listener, String text) {
        try (Socket socket = listener.accept()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException _) {
            // it has gone
        }
    }

    @Test
    void theAnswerAndItsSignatureAreBrought() throws Exception {
        Line.Reply reply =
                answered("HTTP/1.1 200 OK\r\nSallyport-Signature: v1,abc\r\nContent-Length: 2\r\n\r\nno more");

        assertThat(reply.signature()).contains("v1,abc");
        assertThat(new String(reply.body().toArray(), StandardCharsets.UTF_8)).isEqualTo("no");
    }

    @Test
    void whatIsSaidAfterTheFirstAnswerIsNotRead() throws Exception {
        String two = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n";
        Line.Reply reply = answered("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndeny" + two + "approve");

        assertThat(new String(reply.body().toArray(), StandardCharsets.UTF_8)).isEqualTo("deny");
    }

    @Test
    void aBodyMayComeInChunksOrUntilTheEnd() throws Exception {
        String body = String.join("\r\n", "2", "ap", "5;x=y", "prove", "0", "", "");
        Line.Reply chunks = answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body);

        assertThat(new String(chunks.body().toArray(), StandardCharsets.UTF_8)).isEqualTo("approve");
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    socket.getInputStream().readNBytes(20);
                    socket.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\nall".getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException _) {
                    // it has gone
                }
            });
            Line.Reply all = post(line, url(listener.getLocalPort()), Optional.empty());
            assertThat(new String(all.body().toArray(), StandardCharsets.UTF_8)).isEqualTo("all");
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        assertThat(refused("HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"))
                .contains("307")
                .contains("redirects are not followed");
        assertThat(refused("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")).contains("503");
        assertThat(refused("HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n")).contains("404");
    }

    @Test
    void aPrivateAddressIsAskedOnlyWhereTheServerAllowsIt() {
        try (var strict = new QuestionLine(List.of())) {
            for (String address : List.of("http://127.0.0.1:1/", "https://169.254.169.254/", "https://10.0.0.1/")) {
                assertThat(catchThrowableOfType(Unanswered.class, () -> post(strict, address, Optional.empty()))
                                .message())
                        .contains("private address");
            }
        }
    }

    @Test
    void anAnswerThatComesLateOrDripsForEverIsCutOffInTime() throws Exception {
        long before = System.nanoTime();

        assertThat(refused("")).contains("no answer within 2 s");
        assertThat(refused("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")).contains("no answer within 2 s");
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> drip(listener));
            assertThat(catchThrowableOfType(
                                    Unanswered.class, () -> post(line, url(listener.getLocalPort()), Optional.empty()))
                            .message())
                    .contains("no answer within 2 s");
        }

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    private static void drip(ServerSocket listener) {
        try (Socket socket = listener.accept();
                OutputStream out = socket.getOutputStream()) {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                out.flush();
                Thread.sleep(100);
            }
        } catch (IOException _) {
            // nobody listens any more
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void neverMoreThanTheLimitIsReadOfAnEndlessBody() throws Exception {
        assertThat(refused("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n"))
                .contains("longer than 16384");
        assertThat(refused("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"))
                .contains("a form that is not read");
        assertThat(refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"))
                .contains("longer than 16384");
        assertThat(flooded("HTTP/1.1 200 OK\r\n\r\n")).isLessThan(32L * 1024 * 1024);
        assertThat(flooded("HTTP/1.1 200 OK\r\nX: ")).isLessThan(32L * 1024 * 1024);
    }

    /** How much was taken from us of a body that never ends: what the buffers of the system hold, and not 2 GB. */
    private long flooded(String head) throws Exception {
        var sent = new AtomicLong();
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread flood = Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept();
                        OutputStream out = socket.getOutputStream()) {
                    out.write(head.getBytes(StandardCharsets.US_ASCII));
                    var much = new byte[64 * 1024];
                    java.util.Arrays.fill(much, (byte) 'x');
                    while (true) {
                        out.write(much);
                        sent.addAndGet(much.length);
                    }
                } catch (IOException _) {
                    // nobody listens any more
                }
            });
            assertThat(catchThrowableOfType(
                            Unanswered.class, () -> post(line, url(listener.getLocalPort()), Optional.empty())))
                    .isNotNull();
            flood.join(Duration.ofSeconds(10));
            assertThat(flood.isAlive()).isFalse();
        }
        return sent.get();
    }

    @Test
    void anAnswerOfTwoLengthsOrOfNoneIsRefused() throws Exception {
        assertThat(refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"))
                .contains("a form that is not read");
        assertThat(refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"))
                .contains("a form that is not read");
        assertThat(refused("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")).contains("a form that is not read");
        assertThat(refused("SSH-2.0-OpenSSH\r\n")).contains("failed, or there was no answer");
    }

    @Test
    void tlsIsCheckedAgainstTheServicesOwnCertificates() throws Exception {
        var certificates = new TestCertificates();
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(certificates.server()));
        secure.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        secure.start();
        try {
            String url = "https://localhost:" + secure.getAddress().getPort() + "/";

            Line.Reply good = post(line, url, Optional.of(certificates.pem()));
            Unanswered unknown = catchThrowableOfType(Unanswered.class, () -> post(line, url, Optional.empty()));

            assertThat(new String(good.body().toArray(), StandardCharsets.UTF_8))
                    .isEqualTo("ok");
            assertThat(unknown.message()).contains("certificate is not trusted");
        } finally {
            secure.stop(0);
        }
    }
}
