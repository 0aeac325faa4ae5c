package dev.sallyport.server.oidc;

import dev.sallyport.base.Refusal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls to providers: so long, so large, and never somewhere else than asked. */
final class Outbound {
    static final Duration TIME = Duration.ofSeconds(5);
    static final int BYTES = 1 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(3);

    /** Made at the first call: most servers start without one. */
    private static final class Client {
        private static final HttpClient HTTP = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();

        private Client() {}
    }

    record Answer(int status, String body) {}

    Answer get(URI address) {
        return send(HttpRequest.newBuilder(address).GET());
    }

    Answer post(URI address, String form, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return send(request);
    }

    /** Whether we talk to this address: TLS, or loopback where the issuer is on loopback too. */
    static boolean isAllowed(URI address, String issuer) {
        boolean plain = "http".equals(address.getScheme())
                && issuer.startsWith("http:")
                && isLoopback(String.valueOf(address.getHost()));
        return address.getHost() != null
                && address.getUserInfo() == null
                && ("https".equals(address.getScheme()) || plain);
    }

    private static boolean isLoopback(String host) {
        return host.equals("127.0.0.1") || host.equals("[::1]") || host.equals("localhost");
    }

    private static Answer send(HttpRequest.Builder builder) {
        HttpRequest request =
                builder.timeout(TIME).header("Accept", "application/json").build();
        CompletableFuture<HttpResponse<byte[]>> answer = Client.HTTP.sendAsync(
                request, HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), BYTES));
        try {
            HttpResponse<byte[]> response = answer.get(TIME.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
        } catch (ExecutionException e) {
            throw down(
                    request.uri(), e.getCause() instanceof IOException ? "the connection failed" : "the call failed");
        } catch (TimeoutException _) {
            answer.cancel(true);
            throw down(request.uri(), "no answer within " + TIME.toSeconds() + " s");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw down(request.uri(), "interrupted");
        }
    }

    static Refusal down(URI address, String why) {
        return ProviderRefusal.DOWN.because(
                "the provider at " + address.getHost() + " cannot be reached: " + why,
                "try again later, or sign in another way");
    }
}
