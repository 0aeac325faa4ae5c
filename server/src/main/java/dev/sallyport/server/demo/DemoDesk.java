package dev.sallyport.server.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.base.Secret;
import dev.sallyport.credential.WebhookKey;
import dev.sallyport.database.Spec;
import dev.sallyport.formats.json.CanonicalJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * A program of somebody's own, as the how-to of decision services describes one: it says yes to a quarter of an hour and no to
 * more, and it takes news. It answers on the loopback address alone, and only what is signed.
 */
final class DemoDesk implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int BODY_MAX = 256 * 1024;
    private static final int KEY_BYTES = 32;

    private final HttpServer http;
    private final Secret key = newKey();

    DemoDesk() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/decide", exchange -> answer(exchange, true));
        http.createContext("/news", exchange -> answer(exchange, false));
        http.start();
    }

    private static Secret newKey() {
        var bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Secret.of("whsec_" + Base64.getEncoder().encodeToString(bytes));
    }

    int port() {
        return http.getAddress().getPort();
    }

    /** What both sides sign with. */
    Secret key() {
        return key;
    }

    private void answer(HttpExchange exchange, boolean decides) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(BODY_MAX);
            WebhookKey signing = WebhookKey.of(key).orElseThrow();
            String context = header(exchange, "webhook-id") + "." + header(exchange, "webhook-timestamp");
            if (!signing.verifies(header(exchange, "webhook-signature"), context, body)) {
                exchange.sendResponseHeaders(401, -1);
            } else if (decides) {
                decide(exchange, signing, body);
            } else {
                exchange.sendResponseHeaders(204, -1);
            }
        }
    }

    private static void decide(HttpExchange exchange, WebhookKey signing, byte[] body) throws IOException {
        Spec question = Spec.of(new String(body, StandardCharsets.UTF_8));
        boolean small = Duration.parse(question.text("duration", "PT24H")).compareTo(LONGEST) <= 0;
        byte[] answer = CanonicalJson.bytes(Map.of(
                "decision",
                small ? "approve" : "deny",
                "comment",
                small ? "small enough" : "a quarter of an hour is enough",
                "nonce",
                question.text("nonce", "")));
        String context = "answer." + question.text("request", "") + "." + hash(body) + "." + question.text("nonce", "");
        exchange.getResponseHeaders().set("Sallyport-Signature", signing.sign(context, answer));
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    private static String hash(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
