package dev.sallyport.gateway.wire;

import dev.sallyport.base.LeaseId;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.SessionId;
import dev.sallyport.spi.gateway.Answer;
import dev.sallyport.spi.gateway.Asked;
import dev.sallyport.spi.gateway.Certified;
import dev.sallyport.spi.gateway.ControlPlane;
import dev.sallyport.spi.gateway.Destination;
import dev.sallyport.spi.gateway.Evidence;
import dev.sallyport.spi.gateway.FeedPage;
import dev.sallyport.spi.gateway.LiveFrame;
import dev.sallyport.spi.gateway.Opened;
import dev.sallyport.spi.gateway.Opening;
import dev.sallyport.spi.gateway.Order;
import dev.sallyport.spi.gateway.PermitId;
import dev.sallyport.spi.gateway.Report;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;

/** The control plane over HTTP: a POST per word, with the gateway's certificate as its name. */
public final class HttpControlPlane implements ControlPlane {
    /** The largest answer that is read. */
    static final int ANSWER_MAX = 8 * 1024 * 1024;

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final URI base;
    private volatile HttpClient client;

    /** What a control plane has refused, or that it is away. */
    private record Code(Refusal.Kind kind, String code) implements Refusal.Code {}

    /** @param server the server's address; {@code https} unless a test says otherwise */
    public HttpControlPlane(URI server, SSLContext tls) {
        this.base = server;
        this.client = client(tls);
    }

    private static HttpClient client(SSLContext tls) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .connectTimeout(LIMIT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** New connections from now on, with another certificate. */
    public void use(SSLContext tls) {
        client = client(tls);
    }

    /** New certificates for the keys this gateway has. */
    public WireBodies.Renewed renew(String hostKey) {
        return Words.read(WireBodies.Renewed.class, post("renew", new WireBodies.Renew(hostKey), LIMIT));
    }

    @Override
    public Answer authorize(Evidence evidence, Destination destination) {
        return Words.read(Answer.class, post("authorize", new WireBodies.Authorize(evidence, destination), LIMIT));
    }

    @Override
    public Asked ask(Evidence evidence, Destination destination, String role, Duration duration, String reason) {
        return Words.read(
                Asked.class, post("ask", new WireBodies.Ask(evidence, destination, role, duration, reason), LIMIT));
    }

    @Override
    public Opened open(PermitId permit, SessionId session, Opening opening) {
        return Words.read(Opened.class, post("open", new WireBodies.Open(permit, session, opening), LIMIT));
    }

    @Override
    public Certified certify(SessionId session, LeaseId lease, String publicKey) {
        return Words.read(Certified.class, post("certify", new WireBodies.Certify(session, lease, publicKey), LIMIT));
    }

    @Override
    public Secret secret(SessionId session) {
        return Words.read(WireBodies.SecretIs.class, post("secret", new WireBodies.SecretOf(session), LIMIT))
                .secret();
    }

    @Override
    public long report(String source, List<Report> reports) {
        return Words.read(WireBodies.Told.class, post("report", new WireBodies.Tell(source, reports), LIMIT))
                .durable();
    }

    @Override
    public FeedPage feed(long after, Duration wait) {
        return Words.read(FeedPage.class, post("feed", new WireBodies.After(after, wait), LIMIT.plus(wait)));
    }

    @Override
    public List<Order> command(long after, Duration wait) {
        return Words.readList(Order.class, post("command", new WireBodies.After(after, wait), LIMIT.plus(wait)));
    }

    @Override
    public void live(SessionId session, List<LiveFrame> frames) {
        post("live", new WireBodies.Live(session, frames), LIMIT);
    }

    private String post(String word, Object body, Duration limit) {
        var request = HttpRequest.newBuilder(base.resolve("/gateway/v1/" + word))
                .timeout(limit)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Words.write(body)))
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            String text;
            try (InputStream in = response.body()) {
                byte[] bytes = in.readNBytes(ANSWER_MAX + 1);
                if (bytes.length > ANSWER_MAX) {
                    throw away("an answer of more than " + ANSWER_MAX + " bytes");
                }
                text = new String(bytes, StandardCharsets.UTF_8);
            }
            if (response.statusCode() >= 400) {
                throw refused(response.statusCode(), text);
            }
            return text;
        } catch (IOException e) {
            throw away(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away("interrupted");
        }
    }

    private static Refusal refused(int status, String text) {
        WireBodies.Refused refused;
        try {
            refused = Words.read(WireBodies.Refused.class, text);
        } catch (Refusal _) {
            return away("status " + status);
        }
        Refusal.Kind kind = Arrays.stream(Refusal.Kind.values())
                .filter(one -> one.name().equals(refused.kind()))
                .findFirst()
                .orElse(Refusal.Kind.UNAVAILABLE);
        var code = new Code(kind, refused.code());
        String hint = refused.hint();
        return hint == null ? code.because(refused.sentence()) : code.because(refused.sentence(), hint);
    }

    private static Refusal away(String why) {
        return new Code(Refusal.Kind.UNAVAILABLE, "unavailable.control-plane")
                .because("the control plane cannot be reached: " + why);
    }
}
