package dev.sallyport.acceptance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.NullMarked;

/** As much of a browser as plain forms need: follows redirects and keeps cookies by host and port. */
@NullMarked
final class Browser {
    private static final int MOST_REDIRECTS = 10;

    private final HttpClient http;
    private final Map<String, Map<String, String>> cookies = new TreeMap<>();

    /** A page, after all redirects. */
    record Shown(int status, URI address, String html) {}

    Browser(String caPem) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "ca",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(caPem.getBytes(StandardCharsets.US_ASCII))));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            http = HttpClient.newBuilder().sslContext(tls).build();
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    Shown open(URI address) {
        return follow(HttpRequest.newBuilder(address).GET(), address);
    }

    Shown submit(URI address, Map<String, String> form) {
        return follow(
                HttpRequest.newBuilder(address)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(Keycloak.form(form))),
                address);
    }

    private Shown follow(HttpRequest.Builder first, URI start) {
        HttpRequest.Builder request = first;
        URI address = start;
        for (int i = 0; i < MOST_REDIRECTS; i++) {
            HttpResponse<String> answer = send(request, address);
            if (answer.statusCode() < 300 || answer.statusCode() >= 400) {
                return new Shown(answer.statusCode(), address, answer.body());
            }
            address = address.resolve(answer.headers().firstValue("Location").orElseThrow());
            request = HttpRequest.newBuilder(address).GET();
        }
        throw new AssertionError("too many redirects, the last to " + address);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, URI address) {
        Map<String, String> jar = cookies.computeIfAbsent(address.getAuthority(), _ -> new TreeMap<>());
        request.header("Accept", "text/html");
        if (!jar.isEmpty()) {
            request.header(
                    "Cookie",
                    jar.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            for (String header : answer.headers().allValues("Set-Cookie")) {
                String[] pair = header.split(";", 2)[0].split("=", 2);
                if (header.contains("Max-Age=0")) {
                    jar.remove(pair[0]);
                } else {
                    jar.put(pair[0], pair[1]);
                }
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
