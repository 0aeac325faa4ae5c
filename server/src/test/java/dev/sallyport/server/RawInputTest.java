package dev.sallyport.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What no HTTP client would send, over a bare socket: the container turns it down, and we say so. */
class RawInputTest {
    private static TestDatabase database;
    private static RunningServer server;
    private static int port;

    @BeforeAll
    static void start() {
        database = TestServers.database();
        Path folder = TestServers.folder();
        ServerConfig with = TestServers.config(database, folder);
        port = with.port();
        server = RunningServer.start(new ServerConfig(
                URI.create("http://localhost:" + port),
                with.bind(),
                port,
                new ServerConfig.Tls.Off(),
                with.data(),
                with.database(),
                with.rootKey(),
                with.limits()));
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
    }

    private record Answer(int status, String head, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /api/v1/%5cme HTTP/1.1\\r\\nHost: localhost          | 400 | input.malformed
            GET /login%2f..%2fx HTTP/1.1\\r\\nHost: localhost        | 400 | input.malformed
            GET /%zz HTTP/1.1\\r\\nHost: localhost                   | 400 | input.malformed
            GET /%00 HTTP/1.1\\r\\nHost: localhost                   | 400 | input.malformed
            GET /a/../../b HTTP/1.1\\r\\nHost: localhost             | 400 | input.malformed
            GET /me<script> HTTP/1.1\\r\\nHost: localhost            | 400 | input.malformed
            GET /me HTTP/9.9\\r\\nHost: localhost                    | 505 | input.malformed
            GET /me HTTP/1.1                                         | 400 | input.malformed
            GET /me HTTP/1.1\\r\\nHost: a b                          | 400 | input.malformed
            GET /me HTTP/1.1\\r\\nHost: localhost\\r\\nHost: other   | 400 | input.malformed
            GET /me HTTP/1.1\\r\\nHost: localhost:port               | 400 | input.malformed
            GET /me HTTP/1.1\\r\\nHost: localhost\\r\\nno colon here | 400 | input.malformed
            POST /me HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: -1 | 400 | input.malformed
            POST /me HTTP/1.1\\r\\nHost: localhost\\r\\nTransfer-Encoding: secret | 501 | input.method
            TRACE /me HTTP/1.1\\r\\nHost: localhost                  | 405 | input.method
            """)
    void whatTheContainerTurnsDownIsAProblem(String head, int status, String code) throws IOException {
        Answer answer = send(head.replace("\\r\\n", "\r\n"));

        isProblem(answer, status, code);
    }

    @Test
    void aHeadThatIsTooLargeIsAProblem() throws IOException {
        isProblem(send("GET /me HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(20_000)), 400, "input.malformed");
        isProblem(send("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost"), 400, "input.malformed");
    }

    /** Without a version that is understood the answer is one of HTTP/0.9, which has no head. */
    @ParameterizedTest
    @CsvSource({"GET /nowhere, 404", "G@T /livez HTTP/1.1, 400", "GET, 400"})
    void whatHasNoVersionIsAProblemWithoutAHead(String line, int status) throws IOException {
        String all = raw(line);

        String body = all.substring(all.indexOf('{'));
        assertThat(JsonMapper.shared().readTree(body).path("status").asInt())
                .as(all)
                .isEqualTo(status);
        assertThat(all).doesNotContainIgnoringCase("tomcat").doesNotContain("<", "Exception");
    }

    @Test
    void whatIsWellFormedIsAnswered() throws IOException {
        Answer answer = send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("live").asBoolean()).isTrue();
    }

    private static void isProblem(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.head() + answer.body()).isEqualTo(status);
        assertThat(answer.head()).contains("application/problem+json").doesNotContainIgnoringCase("server:");
        assertThat(answer.json().path("code").asString()).as(answer.body()).isEqualTo(code);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.body())
                .doesNotContainIgnoringCase("tomcat")
                .doesNotContain("<", "Exception", "java.", "apache");
    }

    /** Sends a head and what ends it, and reads until the server closes or the whole answer is there. */
    private static Answer send(String head) throws IOException {
        String all = raw(head);
        int end = all.indexOf("\r\n\r\n");
        assertThat(end).as(all).isPositive();
        String body = all.substring(end + 4);
        String first = all.substring(0, end);
        boolean chunked = first.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked");
        return new Answer(Integer.parseInt(all.split(" ", 3)[1]), first, chunked ? unchunked(body) : body);
    }

    private static String raw(String head) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            var output = socket.getOutputStream();
            output.write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            output.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String unchunked(String body) {
        var whole = new StringBuilder();
        for (String rest = body; ; ) {
            int line = rest.indexOf("\r\n");
            int length = Integer.parseInt(rest.substring(0, line), 16);
            if (length == 0) {
                return whole.toString();
            }
            whole.append(rest, line + 2, line + 2 + length);
            rest = rest.substring(line + 4 + length);
        }
    }
}
