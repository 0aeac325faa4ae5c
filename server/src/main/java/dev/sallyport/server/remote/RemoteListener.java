package dev.sallyport.server.remote;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.base.Ids;
import dev.sallyport.base.Refusal;
import dev.sallyport.gateway.wire.Presented;
import dev.sallyport.gateway.wire.WireBodies;
import dev.sallyport.gateway.wire.Words;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.session.Gateway;
import dev.sallyport.session.GatewaySessions;
import dev.sallyport.spi.gateway.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Where gateways outside of servers speak their words: {@code POST /gateway/v1/WORD} on a port of its own, over TLS 1.3
 * with a client's certificate. Nothing else is there, neither pages nor the API, and nothing is read from who shows no
 * certificate of the authority of gateways.
 */
public final class RemoteListener implements SmartLifecycle {
    /** The largest body of a word. */
    static final int BODY_MAX = 16 << 20;

    /** Calls of one gateway at once: words wait for the feed, and logins come in bursts. */
    static final int AT_ONCE = 256;

    private static final Logger LOG = Logger.getLogger(RemoteListener.class.getName());
    private static final String PATH = "/gateway/v1/";
    private static final Duration NEW_CERTIFICATE_EVERY = Duration.ofDays(1);

    static {
        // this listener's alone: nothing else here uses the JDK's server
        limit("sun.net.httpserver.maxReqTime", "60");
        limit("sun.net.httpserver.maxRspTime", "90");
        limit("sun.net.httpserver.maxIdleConnections", "2000");
        limit("jdk.httpserver.maxConnections", "4000");
    }

    private final GatewayAdmission admission;
    private final GatewaySessions sessions;
    private final Map<String, Semaphore> places = new ConcurrentHashMap<>();
    private @Nullable HttpsServer server;
    private @Nullable ExecutorService calls;
    private @Nullable ScheduledExecutorService renewal;

    public RemoteListener(GatewayAdmission admission, GatewaySessions sessions) {
        this.admission = admission;
        this.sessions = sessions;
    }

    private enum Why implements Refusal.Code {
        BUSY(Refusal.Kind.UNAVAILABLE, "gateway.busy"),
        UNKNOWN_WORD(Refusal.Kind.NOT_FOUND, "gateway.unknown-word"),
        TOO_LARGE(Refusal.Kind.TOO_LARGE, "input.too-large");

        private final Refusal.Kind kind;
        private final String code;

        Why(Refusal.Kind kind, String code) {
            this.kind = kind;
            this.code = code;
        }

        @Override
        public Refusal.Kind kind() {
            return kind;
        }

        @Override
        public String code() {
            return code;
        }
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    @Override
    public synchronized void start() {
        if (!admission.config().isOn() || server != null) {
            return;
        }
        var config = admission.config();
        try {
            GatewayAuthority authority = admission.authority();
            GatewayAuthority.Issued first = authority.listener(config.address(), admission.now());
            var shown = new Presented(first.certificate(), first.key());
            var made =
                    HttpsServer.create(new InetSocketAddress(InetAddress.getByName(config.bind()), config.port()), 0);
            made.setHttpsConfigurator(new OnlyGateways(context(authority, shown)));
            var executor = Executors.newVirtualThreadPerTaskExecutor();
            made.setExecutor(executor);
            made.createContext("/", this::answer);
            made.start();
            server = made;
            calls = executor;
            renewal = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("gateway-listener").factory());
            var _ = renewal.scheduleAtFixedRate(
                    () -> renew(authority, shown),
                    NEW_CERTIFICATE_EVERY.toSeconds(),
                    NEW_CERTIFICATE_EVERY.toSeconds(),
                    TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "gateway.remote: cannot listen on " + config.bind() + ":" + config.port() + ": " + e.getMessage(),
                    e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("gateway.remote: TLS cannot be set up", e);
        }
    }

    private void renew(GatewayAuthority authority, Presented shown) {
        try {
            GatewayAuthority.Issued next = authority.listener(admission.config().address(), admission.now());
            shown.replace(next.certificate(), next.key());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the listener for gateways keeps its certificate for another day", e);
        }
    }

    private static SSLContext context(GatewayAuthority authority, Presented shown)
            throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("gateways", authority.certificate());
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(new KeyManager[] {shown}, trust.getTrustManagers(), null);
        return context;
    }

    /** Whoever shows no certificate gets no further than the handshake. */
    private static final class OnlyGateways extends HttpsConfigurator {
        OnlyGateways(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setNeedClientAuth(true);
            tls.setProtocols(new String[] {"TLSv1.3"});
            parameters.setSSLParameters(tls);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = 200;
            String text;
            try {
                text = called((HttpsExchange) exchange);
            } catch (Refusal refusal) {
                status = ApiProblems.status(refusal);
                text = refused(refusal.kind().name(), refusal.code(), refusal.sentence(), refusal.hint());
                if (status == 401 || status == 403) {
                    exchange.getResponseHeaders().set("Connection", "close");
                }
            } catch (RuntimeException fault) {
                String id = Ids.next("err_");
                LOG.log(Level.SEVERE, fault, () -> "fault id=" + id + " gateway word=" + word(exchange));
                status = 500;
                text = refused(Refusal.Kind.UNAVAILABLE.name(), "internal.error", "internal error " + id, null);
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static String refused(String kind, String code, String sentence, @Nullable String hint) {
        return Words.write(new WireBodies.Refused(kind, code, sentence, hint));
    }

    private String called(HttpsExchange exchange) throws IOException {
        var certificate = (X509Certificate) exchange.getSSLSession().getPeerCertificates()[0];
        Gateway gateway = admission.known(certificate);
        Semaphore place = places.computeIfAbsent(gateway.id(), _ -> new Semaphore(AT_ONCE));
        if (!place.tryAcquire()) {
            throw Why.BUSY.because("this gateway has " + AT_ONCE + " calls under way (allowed: " + AT_ONCE + ")");
        }
        try {
            byte[] body = exchange.getRequestBody().readNBytes(BODY_MAX + 1);
            if (body.length > BODY_MAX) {
                throw Why.TOO_LARGE.because("the body is too large (allowed: " + BODY_MAX + " bytes)");
            }
            // whoever was withdrawn while the body came is not heard any more
            gateway = admission.known(certificate);
            String text = new String(body, StandardCharsets.UTF_8);
            String word = word(exchange);
            return word.equals("renew")
                    ? Words.write(admission.renew(gateway, certificate, Words.read(WireBodies.Renew.class, text)))
                    : said(sessions.controlPlane(gateway), word, text);
        } finally {
            place.release();
        }
    }

    private static String word(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return exchange.getRequestMethod().equals("POST") && path.startsWith(PATH) ? path.substring(PATH.length()) : "";
    }

    private static String said(ControlPlane plane, String word, String body) {
        return switch (word) {
            case "authorize" -> {
                var asked = Words.read(WireBodies.Authorize.class, body);
                yield Words.write(plane.authorize(asked.evidence(), asked.destination()));
            }
            case "ask" -> {
                var asked = Words.read(WireBodies.Ask.class, body);
                yield Words.write(plane.ask(
                        asked.evidence(), asked.destination(), asked.role(), asked.duration(), asked.reason()));
            }
            case "open" -> {
                var asked = Words.read(WireBodies.Open.class, body);
                yield Words.write(plane.open(asked.permit(), asked.session(), asked.opening()));
            }
            case "certify" -> {
                var asked = Words.read(WireBodies.Certify.class, body);
                yield Words.write(plane.certify(asked.session(), asked.lease(), asked.publicKey()));
            }
            case "secret" ->
                Words.write(new WireBodies.SecretIs(
                        plane.secret(Words.read(WireBodies.SecretOf.class, body).session())));
            case "report" -> {
                var asked = Words.read(WireBodies.Tell.class, body);
                yield Words.write(new WireBodies.Told(plane.report(asked.source(), asked.reports())));
            }
            case "feed" -> {
                var asked = Words.read(WireBodies.After.class, body);
                yield Words.write(plane.feed(asked.after(), asked.atMost()));
            }
            case "command" -> {
                var asked = Words.read(WireBodies.After.class, body);
                yield Words.write(plane.command(asked.after(), asked.atMost()));
            }
            case "live" -> {
                var asked = Words.read(WireBodies.Live.class, body);
                plane.live(asked.session(), asked.frames());
                yield "";
            }
            default -> throw Why.UNKNOWN_WORD.because("there is no such word (expected: POST " + PATH + "WORD)");
        };
    }

    @Override
    public synchronized void stop() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
        if (calls != null) {
            calls.shutdownNow();
        }
        if (renewal != null) {
            renewal.shutdownNow();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return server != null;
    }
}
