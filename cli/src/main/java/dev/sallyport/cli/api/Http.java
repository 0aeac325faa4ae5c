package dev.sallyport.cli.api;

import dev.sallyport.cli.shell.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Plain HTTP to one server: no redirects followed, no answer larger than a limit, no wait without an end. */
public final class Http {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Longer than the longest wait a long poll may ask for. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** Recordings may be large. */
    private static final Duration DOWNLOAD = Duration.ofHours(1);

    private static final long LARGEST = 64L << 20;

    private final HttpClient client;

    private Http(HttpClient client) {
        this.client = client;
    }

    /** Believes the CA given, or those of the JDK. */
    public static Http to(@Nullable String caPem) {
        try {
            var builder = builder();
            return new Http((caPem == null ? builder : builder.sslContext(Trust.pinned(caPem))).build());
        } catch (GeneralSecurityException | IOException e) {
            throw Failure.here(
                    "tls.unusable-ca",
                    "the CA certificate cannot be used: " + e.getMessage(),
                    "give the server's CA: sallyport login --server URL --ca-file ca.pem");
        }
    }

    /** Believes anybody; see {@link Trust#blind}. */
    static Http blind() throws GeneralSecurityException {
        return new Http(builder().sslContext(Trust.blind()).build());
    }

    /** Sends and waits for the whole answer, whatever its status. */
    public Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) {
        return send(method, uri, headers, body, ANSWER, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
    }

    /** The same, but a good answer of any size goes into the file; one that breaks off is a failure. */
    Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body, Path into) {
        BodyHandler<byte[]> small = BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST);
        return send(
                method,
                uri,
                headers,
                body,
                DOWNLOAD,
                info -> info.statusCode() == 200
                        ? BodySubscribers.mapping(BodySubscribers.ofFile(into), _ -> new byte[0])
                        : small.apply(info));
    }

    private Answer send(
            String method,
            URI uri,
            Map<String, String> headers,
            @Nullable String body,
            Duration limit,
            BodyHandler<byte[]> handler) {
        var request = HttpRequest.newBuilder(uri)
                .timeout(limit)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            var answer = client.send(request.build(), handler);
            return new Answer(answer.statusCode(), answer.headers(), answer.body());
        } catch (SSLException e) {
            throw Failure.here(
                    "tls.not-trusted",
                    origin(uri) + " cannot be trusted: " + e.getMessage(),
                    "sallyport login --server " + origin(uri) + " --ca-file F or --ca-fingerprint SHA256:…");
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            if (limit.equals(DOWNLOAD) && !(e instanceof ConnectException)) {
                throw Failure.here(
                        "download.broken-off",
                        "the answer of " + origin(uri) + " broke off and nothing of it was kept: " + why,
                        "the server's log tells why");
            }
            throw Failure.here(
                    "server.unreachable", origin(uri) + " does not answer: " + why, "sallyport doctor looks closer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.here("interrupted", "interrupted while waiting for " + origin(uri), null);
        }
    }

    /** When the certificate ends that the server shows; none where nothing is encrypted. */
    public Optional<Instant> certificateEnd(URI uri) {
        try {
            var request = HttpRequest.newBuilder(uri).timeout(ANSWER).build();
            Optional<SSLSession> session = client.send(
                            request, BodyHandlers.limiting(BodyHandlers.discarding(), LARGEST))
                    .sslSession();
            if (session.isEmpty() || !(session.get().getPeerCertificates()[0] instanceof X509Certificate shown)) {
                return Optional.empty();
            }
            return Optional.of(shown.getNotAfter().toInstant());
        } catch (IOException e) {
            throw Failure.here("server.unreachable", origin(uri) + " does not answer: " + e.getMessage(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.here("interrupted", "interrupted while waiting for " + origin(uri), null);
        }
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER);
    }

    private static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }
}
