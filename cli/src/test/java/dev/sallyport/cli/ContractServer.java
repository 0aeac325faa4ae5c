package dev.sallyport.cli;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sallyport.cli.api.DpopKey;
import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A small server that speaks the contract: the OAuth walk, proofs of possession judged by another library, refresh
 * tokens that work once and end the family when used twice. What the API answers is set by the test.
 */
final class ContractServer implements AutoCloseable {
    record Call(
            String method,
            String path,
            @Nullable String query,
            JsonNode body,
            @Nullable String stepUp) {}

    record Reply(int status, String body, Map<String, String> headers) {
        static Reply of(int status, String body) {
            return new Reply(status, body, Map.of());
        }
    }

    static final String PASSWORD = "correct horse";

    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final HttpServer http;
    private final String scheme;
    private final String caPem;
    private final Map<String, String> challenges = new ConcurrentHashMap<>();
    private final Map<String, String> keyOfToken = new ConcurrentHashMap<>();
    private final Map<String, Function<Call, Reply>> routes = new ConcurrentHashMap<>();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final Set<String> proofs = ConcurrentHashMap.newKeySet();
    private final AtomicInteger counter = new AtomicInteger();
    private final AtomicInteger devicePolls = new AtomicInteger();

    final List<Call> calls = new CopyOnWriteArrayList<>();
    final List<String> complaints = new CopyOnWriteArrayList<>();
    final AtomicInteger refreshes = new AtomicInteger();
    volatile String validAccess = "";
    volatile String validRefresh = "";
    volatile boolean familyEnded;
    volatile @Nullable String nonce;
    volatile long lifetime = 600;
    volatile long clockTolerance = 60;
    volatile @Nullable String otherIssuer;

    /** The code that signing in needs besides the password, if it does. */
    volatile @Nullable String secondFactor;

    /** Whether signing in needs a passkey besides the password, which only a browser shows. */
    volatile boolean passkey;

    ContractServer() throws IOException {
        this(HttpServer.create(ADDRESS, 16), "http", "");
    }

    /** Over TLS, with the CA that {@code /ca.pem} shows. */
    ContractServer(SSLContext tls, String caPem) throws IOException {
        this(https(tls), "https", caPem);
    }

    private ContractServer(HttpServer http, String scheme, String caPem) {
        this.http = http;
        this.scheme = scheme;
        this.caPem = caPem;
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", this::answer);
        http.start();
        route("GET /me", """
                {"person":{"id":"per_1","name":"dev","display_name":"Dev Eloper"},"identity":{"id":"idn_1","issuer":"local","subject":"dev"},
                 "groups":["developers"],"session":{"id":"ses_1","auth_time":"2026-11-22T10:00:00Z","amr":["pwd"],"expires_at":"2026-11-22T18:00:00Z"},"rights":[]}""");
    }

    String url() {
        return scheme + "://127.0.0.1:" + http.getAddress().getPort();
    }

    void route(String methodAndPath, String json) {
        route(methodAndPath, _ -> Reply.of(200, json));
    }

    void route(String methodAndPath, Function<Call, Reply> reply) {
        routes.put(methodAndPath, reply);
    }

    /** Every answer to this path of the API promises more than it brings. */
    void breaksOff(String path) {
        broken.add("/api/v1" + path);
    }

    /** The bodies sent to this route. */
    List<JsonNode> sent(String methodAndPath) {
        return calls.stream()
                .filter(call -> methodAndPath.equals(call.method() + " " + call.path()))
                .map(Call::body)
                .toList();
    }

    static Reply problem(int status, String code, String detail, String hint) {
        return Reply.of(
                status,
                Json.compact(Json.object()
                        .put("type", "about:blank")
                        .put("status", status)
                        .put("code", code)
                        .put("detail", detail)
                        .put("hint", hint)));
    }

    @Override
    public void close() {
        http.stop(0);
    }

    private static HttpServer https(SSLContext tls) throws IOException {
        var server = HttpsServer.create(ADDRESS, 16);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Reply reply;
        try {
            reply = reply(exchange, body);
        } catch (Exception e) {
            complaints.add(e.toString());
            reply = Reply.of(500, "");
        }
        reply.headers().forEach(exchange.getResponseHeaders()::add);
        boolean binary = "application/octet-stream".equals(reply.headers().get("Content-Type"));
        byte[] bytes = reply.body().getBytes(binary ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        long more = broken.contains(exchange.getRequestURI().getPath()) ? 100 : 0;
        exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length + more);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Reply reply(HttpExchange exchange, String body) throws Exception {
        URI uri = exchange.getRequestURI();
        String path = uri.getPath();
        if (path.startsWith("/api/v1/")) {
            return api(exchange, path.substring("/api/v1".length()), body);
        }
        Map<String, String> query = form(uri.getRawQuery());
        return switch (path) {
            case "/ca.pem" -> caPem.isEmpty() ? Reply.of(404, "") : Reply.of(200, caPem);
            case "/livez", "/readyz" -> Reply.of(200, "ok");
            case "/.well-known/oauth-authorization-server" ->
                Reply.of(
                        200,
                        "{\"issuer\":\"" + (otherIssuer == null ? url() : otherIssuer)
                                + "\",\"authorization_response_iss_parameter_supported\":true}");
            case "/oauth2/authorize" -> authorize(exchange);
            case "/authorize" -> confirm(exchange, query, form(body));
            case "/login" -> login(exchange, query, form(body));
            case "/login/code" -> code(exchange, query, form(body));
            case "/oauth2/token" -> token(exchange, form(body));
            case "/oauth2/device_authorization" -> {
                proof(exchange, null);
                yield Reply.of(
                        200,
                        "{\"device_code\":\"dc\",\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"" + url()
                                + "/activate\",\"expires_in\":300,\"interval\":0}");
            }
            default -> Reply.of(404, "");
        };
    }

    private Reply authorize(HttpExchange exchange) {
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        if (cookie == null || !cookie.contains("session=in")) {
            String saved = DpopKey.random(9);
            challenges.put("saved-" + saved, exchange.getRequestURI().toString());
            return new Reply(
                    302, "", Map.of("Location", "/login", "Set-Cookie", "saved=" + saved + "; Path=/; HttpOnly"));
        }
        String state = DpopKey.random(9);
        challenges.put("asked-" + state, exchange.getRequestURI().getRawQuery());
        return new Reply(302, "", Map.of("Location", url() + "/authorize?client_id=sallyport-cli&state=" + state));
    }

    private Reply confirm(HttpExchange exchange, Map<String, String> query, Map<String, String> form) {
        if (exchange.getRequestMethod().equals("GET")) {
            return new Reply(
                    200,
                    "<form method=post><input type=\"hidden\" name=\"_csrf\" value=\"d\">"
                            + "<input type=\"hidden\" name=\"state\" value=\"" + query.get("state") + "\">"
                            + "<button name=\"verdict\" value=\"allow\">Allow</button></form>",
                    Map.of("Content-Type", "text/html"));
        }
        String asked = challenges.remove("asked-" + form.get("state"));
        if (!"d".equals(form.get("_csrf")) || asked == null) {
            return Reply.of(403, "");
        }
        Map<String, String> request = form(asked);
        String answer = "error=access_denied";
        if ("allow".equals(form.get("verdict"))) {
            String code = "code-" + counter.incrementAndGet();
            challenges.put(code, request.getOrDefault("code_challenge", ""));
            answer = "code=" + code;
        }
        return new Reply(
                303,
                "",
                Map.of(
                        "Location",
                        request.get("redirect_uri") + "?" + answer + "&state=" + request.get("state") + "&iss="
                                + url()));
    }

    private Reply login(HttpExchange exchange, Map<String, String> query, Map<String, String> form) {
        if (exchange.getRequestMethod().equals("GET")) {
            return new Reply(
                    200,
                    query.isEmpty()
                            ? "<form method=post><input type='hidden' name='_csrf' value='a&amp;b'>"
                                    + "<input name=\"username\"><input type=\"password\" name=\"password\"></form>"
                            : "name or password is wrong",
                    Map.of("Content-Type", "text/html"));
        }
        if (!"a&b".equals(form.get("_csrf"))) {
            return Reply.of(403, "");
        }
        if (!"dev".equals(form.get("username")) || !PASSWORD.equals(form.get("password"))) {
            return new Reply(302, "", Map.of("Location", "/login?error"));
        }
        return secondFactor == null && !passkey
                ? signedIn(exchange)
                : new Reply(302, "", Map.of("Location", "/login/code"));
    }

    private Reply code(HttpExchange exchange, Map<String, String> query, Map<String, String> form) {
        if (exchange.getRequestMethod().equals("GET")) {
            return new Reply(
                    200,
                    query.isEmpty()
                            ? "<form method=post><input type='hidden' name='_csrf' value='c'>"
                                    + (passkey ? "" : "<input name=\"code\">") + "</form>"
                            : "this code is wrong",
                    Map.of("Content-Type", "text/html"));
        }
        return "c".equals(form.get("_csrf")) && form.getOrDefault("code", "").equals(secondFactor)
                ? signedIn(exchange)
                : new Reply(302, "", Map.of("Location", "/login/code?error"));
    }

    private Reply signedIn(HttpExchange exchange) {
        String cookie = String.valueOf(exchange.getRequestHeaders().getFirst("Cookie"));
        String saved = challenges.getOrDefault("saved-" + cookie.replaceFirst(".*saved=([^;]*).*", "$1"), "/");
        return new Reply(302, "", Map.of("Location", saved, "Set-Cookie", "session=in; Path=/; HttpOnly"));
    }

    private synchronized Reply token(HttpExchange exchange, Map<String, String> form) throws Exception {
        if (nonceMissing(exchange)) {
            return new Reply(400, "{\"error\":\"use_dpop_nonce\"}", Map.of("DPoP-Nonce", String.valueOf(nonce)));
        }
        String key = proof(exchange, null);
        switch (form.getOrDefault("grant_type", "")) {
            case "authorization_code" -> {
                String challenge = challenges.remove(form.getOrDefault("code", ""));
                if (!DpopKey.digest(form.getOrDefault("code_verifier", "")).equals(challenge)) {
                    return Reply.of(400, "{\"error\":\"invalid_grant\"}");
                }
            }
            case "refresh_token" -> {
                refreshes.incrementAndGet();
                if (!validRefresh.equals(form.get("refresh_token")) || familyEnded) {
                    familyEnded = true;
                    return Reply.of(400, "{\"error\":\"invalid_grant\"}");
                }
            }
            default -> {
                String[] answers = {"authorization_pending", "slow_down"};
                int poll = devicePolls.getAndIncrement();
                if (poll == 0) {
                    return Reply.of(400, "{\"error\":\"" + answers[poll] + "\"}");
                }
            }
        }
        validAccess = "access-" + counter.incrementAndGet();
        validRefresh = "refresh-" + counter.incrementAndGet();
        keyOfToken.put(validAccess, key);
        return Reply.of(
                200,
                Json.compact(Json.object()
                        .put("access_token", validAccess)
                        .put("refresh_token", validRefresh)
                        .put("token_type", "DPoP")
                        .put("expires_in", lifetime)));
    }

    private Reply api(HttpExchange exchange, String path, String body) throws Exception {
        String method = exchange.getRequestMethod();
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!path.startsWith("/ssh/") && !path.endsWith("/host-certificate")) {
            if (!authorization.equals("DPoP " + validAccess) || familyEnded) {
                return problem(401, "auth.token-expired", "the access token has expired", "");
            }
            if (nonceMissing(exchange)) {
                return new Reply(
                        401,
                        "{}",
                        Map.of(
                                "WWW-Authenticate",
                                "DPoP error=\"use_dpop_nonce\"",
                                "DPoP-Nonce",
                                String.valueOf(nonce)));
            }
            String key = proof(exchange, validAccess);
            if (!key.equals(keyOfToken.get(validAccess))) {
                complaints.add("the proof is signed with another key than the token is bound to");
            }
        }
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (!body.isEmpty() && !"application/json".equals(type)) {
            complaints.add(method + " " + path + ": Content-Type: " + type + " (expected: application/json)");
        }
        var call = new Call(
                method,
                path,
                exchange.getRequestURI().getRawQuery(),
                Json.read(body),
                exchange.getRequestHeaders().getFirst("Sallyport-Step-Up"));
        calls.add(call);
        Function<Call, Reply> route = routes.get(method + " " + path);
        return route == null ? problem(404, "not-found", path + " does not exist", "") : route.apply(call);
    }

    private boolean nonceMissing(HttpExchange exchange) throws Exception {
        if (nonce == null) {
            return false;
        }
        var proof = SignedJWT.parse(exchange.getRequestHeaders().getFirst("DPoP"));
        return !nonce.equals(proof.getJWTClaimsSet().getStringClaim("nonce"));
    }

    /** Checks the proof as RFC 9449 section 4.3 says and returns the thumbprint of its key. */
    private String proof(HttpExchange exchange, @Nullable String token) throws Exception {
        var proof = SignedJWT.parse(exchange.getRequestHeaders().getFirst("DPoP"));
        var key = proof.getHeader().getJWK().toECKey();
        var claims = proof.getJWTClaimsSet();
        complain(!key.isPrivate(), "the proof shows the private key");
        complain("dpop+jwt".equals(String.valueOf(proof.getHeader().getType())), "typ");
        complain(proof.getHeader().getAlgorithm().equals(JWSAlgorithm.ES256), "alg");
        complain(proof.verify(new ECDSAVerifier(key)), "signature");
        complain(exchange.getRequestMethod().equals(claims.getStringClaim("htm")), "htm");
        complain((url() + exchange.getRequestURI().getRawPath()).equals(claims.getStringClaim("htu")), "htu");
        complain(proofs.add(claims.getJWTID()), "jti used twice");
        long age = Instant.now().getEpochSecond()
                - claims.getIssueTime().toInstant().getEpochSecond();
        complain(Math.abs(age) < clockTolerance, "iat");
        String ath = token == null ? null : DpopKey.digest(token);
        complain(java.util.Objects.equals(ath, claims.getStringClaim("ath")), "ath");
        return key.computeThumbprint().toString();
    }

    private void complain(boolean good, String what) {
        if (!good) {
            complaints.add("DPoP proof: " + what);
        }
    }

    private static Map<String, String> form(@Nullable String text) {
        var form = new HashMap<String, String>();
        for (String part : (text == null ? "" : text).split("&")) {
            String[] pair = part.split("=", 2);
            if (!pair[0].isEmpty()) {
                form.put(
                        URLDecoder.decode(pair[0], StandardCharsets.UTF_8),
                        pair.length == 2 ? URLDecoder.decode(pair[1], StandardCharsets.UTF_8) : "");
            }
        }
        return form;
    }
}
