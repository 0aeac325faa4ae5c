package dev.sallyport.gateway.wire;

import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.formats.json.CanonicalJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** Shows a server the token of an enrolment, with the public halves of the keys that were made for it. */
public final class Enroller {
    private static final int ANSWER_MAX = 64 * 1024;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final URI server;
    private final HttpClient client;

    public Enroller(URI server, SSLContext tls) {
        this.server = server;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .connectTimeout(LIMIT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * What the gateway is from now on.
     *
     * @param certificate its own, PEM; with {@code authority}, which signs it and the listener's
     * @param server where it speaks its words
     */
    public record Enrolled(String name, String certificate, String authority, String server, String hostCertificate) {}

    /** @throws IOException with the server's own sentence where it refuses */
    public Enrolled enrol(Secret token, byte[] key, String hostKey) throws IOException {
        byte[] body = CanonicalJson.bytes(
                Map.of("token", token.reveal(), "key", Base64.getEncoder().encodeToString(key), "host_key", hostKey));
        var request = HttpRequest.newBuilder(server.resolve("/api/v1/gateways/enrollments"))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            String text;
            try (InputStream in = response.body()) {
                text = new String(in.readNBytes(ANSWER_MAX), StandardCharsets.UTF_8);
            }
            if (!(Json.read(text) instanceof Map<?, ?> answer)) {
                throw new IOException("the server's answer is not readable (status " + response.statusCode() + ")");
            }
            if (response.statusCode() != 201) {
                throw new IOException(Text.printable(answer.get("code") + ": " + answer.get("detail")));
            }
            return new Enrolled(
                    member(answer, "name"),
                    member(answer, "certificate"),
                    member(answer, "authority"),
                    member(answer, "server"),
                    member(answer, "host_certificate"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String member(Map<?, ?> answer, String name) throws IOException {
        if (answer.get(name) instanceof String text) {
            return text;
        }
        throw new IOException("the server's answer has no " + name);
    }
}
