package dev.sallyport.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.database.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A client as the command line is one: trusts the server's authority, keeps cookies, proves its key. */
final class TestClient {
    static final String VERIFIER = "a-code-verifier-of-more-than-forty-three-characters-0123456789";
    static final String REDIRECT = "http://127.0.0.1:45678/callback";

    private static final Pattern FORM_TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    final RunningServer server;
    final ECKey key;
    private final HttpClient http;
    private final Map<String, String> cookies;
    private final URI place;

    TestClient(RunningServer server) {
        this(server, "127.0.0.1");
    }

    TestClient(RunningServer server, String from) {
        this.server = server;
        this.place = server.url();
        this.cookies = new TreeMap<>();
        try {
            this.http = HttpClient.newBuilder()
                    .sslContext(trusting(server.caPem().orElseThrow()))
                    .localAddress(InetAddress.ofLiteral(from))
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
            this.key = new ECKeyGenerator(Curve.P_256).generate();
        } catch (GeneralSecurityException | IOException | JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private TestClient(TestClient client, URI place) {
        this.server = client.server;
        this.place = place;
        this.cookies = client.cookies;
        this.http = client.http;
        this.key = client.key;
    }

    /** The same client, its calls taken by the server on another port. */
    TestClient at(int port) {
        return new TestClient(this, URI.create("https://localhost:" + port));
    }

    private static SSLContext trusting(String pem) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    // Plain requests
    // ----------------------------------------------------------------------------------------------------

    /** An answer whose body is read as it comes, without cookies. */
    HttpResponse<java.io.InputStream> stream(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Opens a WebSocket as a page of this origin would; fails with the handshake's answer where it is refused. */
    CompletableFuture<WebSocket> socket(String path, String origin, WebSocket.Listener listener) {
        return http.newWebSocketBuilder()
                .header("Cookie", cookieHeader())
                .header("Origin", origin)
                .buildAsync(URI.create("wss://" + place.getAuthority() + path), listener);
    }

    private String cookieHeader() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        if (!cookies.isEmpty()) {
            request.header("Cookie", cookieHeader());
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            response.headers().allValues("Set-Cookie").forEach(this::keep);
            return response;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void keep(String header) {
        String pair = header.split(";", 2)[0];
        int equals = pair.indexOf('=');
        if (header.contains("Max-Age=0")) {
            cookies.remove(pair.substring(0, equals));
        } else {
            cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
    }

    Map<String, String> cookies() {
        return cookies;
    }

    /** Asks for a path as the proxy does that takes the prefix away, where the server is shown under one. */
    HttpRequest.Builder request(String path) {
        String asked = path.startsWith("http") ? path.replaceFirst("^https?://[^/]*", "") : path;
        String prefix = place.getPath();
        return HttpRequest.newBuilder(place.resolve(
                !prefix.isEmpty() && asked.startsWith(prefix + "/") ? asked.substring(prefix.length()) : asked));
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, Map<String, String> form) {
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(body(form)));
    }

    static HttpRequest.BodyPublisher body(Map<String, String> form) {
        return HttpRequest.BodyPublishers.ofString(query(form));
    }

    static String query(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    static Map<String, Object> json(HttpResponse<String> response) {
        return Json.object(response.body());
    }

    // Signing in
    // --------------------------------------------------------------------------------------------------------

    static Map<String, String> authorizeRequest() {
        var request = new LinkedHashMap<String, String>();
        request.put("response_type", "code");
        request.put("client_id", "sallyport-cli");
        request.put("redirect_uri", REDIRECT);
        request.put("scope", "sallyport");
        request.put("state", "xyz");
        request.put("code_challenge", hash(VERIFIER));
        request.put("code_challenge_method", "S256");
        return request;
    }

    HttpResponse<String> authorize(Map<String, String> request) {
        return get("/oauth2/authorize?" + query(request));
    }

    String formToken(String path) {
        String html = get(path).body();
        var found = FORM_TOKEN.matcher(html);
        if (!found.find()) {
            throw new AssertionError("no form in " + html);
        }
        return found.group(1);
    }

    HttpResponse<String> login(String name, String password) {
        return post("/login", Map.of("_csrf", formToken("/login"), "username", name, "password", password));
    }

    /** Answers on the page of confirmation that an authorize request leads to. */
    HttpResponse<String> answer(HttpResponse<String> asked, String verdict) {
        String page = location(asked);
        return post(
                "/authorize", Map.of("_csrf", formToken(page), "state", parameter(page, "state"), "verdict", verdict));
    }

    /** Goes on to the authorize request that waited for the sign-in, and allows the client. */
    HttpResponse<String> allowed(HttpResponse<String> signedIn) {
        return answer(get(location(signedIn)), "allow");
    }

    /** Walks from the authorize request over the forms to the code. */
    String code(String name, String password) {
        cookies.clear();
        authorize(authorizeRequest());
        return parameter(location(allowed(login(name, password))), "code");
    }

    HttpResponse<String> showCode(String code) {
        return post("/login/code", Map.of("_csrf", formToken("/login/code"), "code", code));
    }

    /** As {@link #signIn(String, String)}, for somebody with a second factor. */
    Tokens signIn(String name, String password, String code) {
        cookies.clear();
        authorize(authorizeRequest());
        HttpResponse<String> half = login(name, password);
        if (!location(half).equals("/login/code")) {
            throw new AssertionError("no code was asked for: " + location(half));
        }
        HttpResponse<String> back = allowed(showCode(code));
        return tokens(token(codeExchange(parameter(location(back), "code"))));
    }

    Map<String, String> codeExchange(String code) {
        return new TreeMap<>(Map.of(
                "grant_type", "authorization_code",
                "client_id", "sallyport-cli",
                "code", code,
                "redirect_uri", REDIRECT,
                "code_verifier", VERIFIER));
    }

    HttpResponse<String> token(Map<String, String> form) {
        return token(form, proof("POST", server.url() + "/oauth2/token", null));
    }

    HttpResponse<String> token(Map<String, String> form, @Nullable String proof) {
        HttpRequest.Builder request =
                request("/oauth2/token").header("Content-Type", "application/x-www-form-urlencoded");
        if (proof != null) {
            request.header("DPoP", proof);
        }
        return send(request.POST(body(form)));
    }

    record Tokens(String access, String refresh) {}

    Tokens signIn(String name, String password) {
        return tokens(token(codeExchange(code(name, password))));
    }

    static Tokens tokens(HttpResponse<String> response) {
        Map<String, Object> json = json(response);
        if (!json.containsKey("access_token")) {
            throw new AssertionError("no tokens in " + response.statusCode() + " " + response.body());
        }
        return new Tokens(String.valueOf(json.get("access_token")), String.valueOf(json.get("refresh_token")));
    }

    HttpResponse<String> refresh(String refreshToken) {
        return token(
                Map.of("grant_type", "refresh_token", "client_id", "sallyport-cli", "refresh_token", refreshToken));
    }

    // The API
    // -----------------------------------------------------------------------------------------------------------

    HttpResponse<String> api(String method, String path, String accessToken) {
        return api(method, path, accessToken, proof(method, server.url() + path, accessToken));
    }

    HttpResponse<String> api(String method, String path, String accessToken, String proof) {
        return send(request(path)
                .header("Authorization", "DPoP " + accessToken)
                .header("DPoP", proof)
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    HttpResponse<String> apiPost(String path, String accessToken, String contentType, String body) {
        return send(request(path)
                .header("Authorization", "DPoP " + accessToken)
                .header("DPoP", proof("POST", server.url() + path, accessToken))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    String proof(String method, String url, @Nullable String accessToken) {
        return proof(method, url, accessToken, Instant.now(), key);
    }

    static String proof(String method, String url, @Nullable String accessToken, Instant at, ECKey key) {
        var claims = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .claim("htm", method)
                .claim("htu", url)
                .issueTime(Date.from(at));
        if (accessToken != null) {
            claims.claim("ath", hash(accessToken));
        }
        try {
            var jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .type(new JOSEObjectType("dpop+jwt"))
                            .jwk(key.toPublicJWK())
                            .build(),
                    claims.build());
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String location(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Location")
                .orElseThrow(
                        () -> new AssertionError("no Location in " + response.statusCode() + " " + response.body()));
    }

    static String parameter(String url, String name) {
        for (String pair : URI.create(url).getQuery().split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        throw new AssertionError("no " + name + " in " + url);
    }
}
