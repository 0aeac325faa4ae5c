package dev.sallyport.acceptance;

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
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One person's way to the HTTP API: signs in through the form as the command line does, and proves its key with every
 * call. What it holds stays good when the server dies, because a sign-in is state of the database. Calls may come from
 * several threads.
 */
@NullMarked
final class ApiClient {
    private static final String VERIFIER = "a-code-verifier-of-more-than-forty-three-characters-0123456789";
    private static final String REDIRECT = "http://127.0.0.1:45678/callback";
    private static final Duration LIMIT = Duration.ofSeconds(45);
    private static final Pattern FORM_TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    /** Half of an access token's life. */
    private static final Duration SIGN_IN_AGAIN = Duration.ofMinutes(5);

    private final String url;
    private final Supplier<HttpClient> http;
    private final String name;
    private final String password;
    private final ECKey key;
    private @Nullable String token;
    private Instant signedIn = Instant.EPOCH;

    /** The connections are asked for at each call, so that a test can throw away those that a crash has broken. */
    ApiClient(String url, Supplier<HttpClient> http, String name, String password) {
        this.url = url;
        this.http = http;
        this.name = name;
        this.password = password;
        try {
            this.key = new ECKeyGenerator(Curve.P_256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the server said. */
    record Answer(int status, JsonNode body, boolean retryAfter) {
        /** The stable code of a refusal, or an empty text. */
        String code() {
            return body.path("code").asString("");
        }
    }

    String name() {
        return name;
    }

    /** Fetches a new token when the present one is getting old; the server must be up. */
    synchronized void signIn() {
        if (token != null && signedIn.plus(SIGN_IN_AGAIN).isAfter(Instant.now())) {
            return;
        }
        var cookies = new TreeMap<String, String>();
        try {
            var ask = new TreeMap<>(Map.of(
                    "response_type", "code",
                    "client_id", "sallyport-cli",
                    "redirect_uri", REDIRECT,
                    "scope", "sallyport",
                    "state", "xyz",
                    "code_challenge", hash(VERIFIER),
                    "code_challenge_method", "S256"));
            page(cookies, request("/oauth2/authorize?" + query(ask)).GET());
            HttpResponse<String> in = page(
                    cookies,
                    form(
                            "/login",
                            Map.of("_csrf", formToken(cookies, "/login"), "username", name, "password", password)));
            String confirm =
                    location(page(cookies, request(pathOf(location(in))).GET()));
            HttpResponse<String> back = page(
                    cookies,
                    form(
                            "/authorize",
                            Map.of(
                                    "_csrf",
                                    formToken(cookies, pathOf(confirm)),
                                    "state",
                                    parameter(confirm, "state"),
                                    "verdict",
                                    "allow")));
            HttpResponse<String> answer = page(
                    cookies,
                    form(
                                    "/oauth2/token",
                                    Map.of(
                                            "grant_type",
                                            "authorization_code",
                                            "client_id",
                                            "sallyport-cli",
                                            "code",
                                            parameter(location(back), "code"),
                                            "redirect_uri",
                                            REDIRECT,
                                            "code_verifier",
                                            VERIFIER))
                            .header("DPoP", proof("POST", "/oauth2/token", null)));
            token = Installation.JSON
                    .readTree(answer.body())
                    .path("access_token")
                    .asString();
            signedIn = Instant.now();
        } catch (IOException e) {
            throw new AssertionError(name + " cannot sign in", e);
        }
    }

    /** One call; {@code null} as body sends none. */
    Answer call(String method, String path, @Nullable Object body) throws IOException {
        String bearer = java.util.Objects.requireNonNull(token, "signed in");
        HttpRequest.BodyPublisher sent = body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(Installation.JSON.writeValueAsString(body));
        HttpResponse<String> response = send(request(path)
                .header("Authorization", "DPoP " + bearer)
                .header("DPoP", proof(method, path, bearer))
                .header("Content-Type", "application/json")
                .method(method, sent));
        return new Answer(
                response.statusCode(),
                Installation.JSON.readTree(response.body().isEmpty() ? "{}" : response.body()),
                response.headers().firstValue("Retry-After").isPresent());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(LIMIT);
    }

    private HttpRequest.Builder form(String path, Map<String, String> values) {
        return request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(query(values)));
    }

    private String formToken(Map<String, String> cookies, String path) throws IOException {
        String html = page(cookies, request(path).GET()).body();
        var form = FORM_TOKEN.matcher(html);
        if (!form.find()) {
            throw new AssertionError("no form in " + html);
        }
        return form.group(1);
    }

    private HttpResponse<String> page(Map<String, String> cookies, HttpRequest.Builder request) throws IOException {
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        HttpResponse<String> response = send(request);
        for (String header : response.headers().allValues("Set-Cookie")) {
            String pair = header.split(";", 2)[0];
            int equals = pair.indexOf('=');
            if (header.contains("Max-Age=0")) {
                cookies.remove(pair.substring(0, equals));
            } else {
                cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return response;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.get().send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private String proof(String method, String path, @Nullable String bearer) {
        var claims = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .claim("htm", method)
                .claim("htu", url + path.split("\\?", 2)[0]) // RFC 9449: without the query
                .issueTime(Date.from(Instant.now()));
        if (bearer != null) {
            claims.claim("ath", hash(bearer));
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

    private static String query(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String location(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Location")
                .orElseThrow(
                        () -> new AssertionError("no Location in " + response.statusCode() + " " + response.body()));
    }

    private static String pathOf(String location) {
        URI uri = URI.create(location);
        return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private static String parameter(String location, String name) {
        for (String pair : URI.create(location).getQuery().split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        throw new AssertionError("no " + name + " where a sign-in leads to");
    }
}
