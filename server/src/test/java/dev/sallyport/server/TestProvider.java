package dev.sallyport.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.database.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A strict provider: real keys, and it refuses whoever sends no PKCE, no nonce, a wrong secret or another redirect. */
final class TestProvider implements AutoCloseable {
    /** How the next ID token is signed. */
    enum Signature {
        OWN_KEY,
        FOREIGN_KEY,
        NONE,
        CLIENT_SECRET
    }

    static final String CLIENT = "sallyport";
    static final String SECRET = "a-client-secret-that-is-long-enough-for-hs256";

    final String issuer;
    volatile Signature signature = Signature.OWN_KEY;
    volatile Consumer<JWTClaimsSet.Builder> change = _ -> {};
    volatile String redirect = "";

    private final HttpServer http;
    private final RSAKey key;
    private final RSAKey foreign;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();

    TestProvider() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            key = new RSAKeyGenerator(2048)
                    .keyID("one")
                    .keyUse(KeyUse.SIGNATURE)
                    .generate();
            foreign = new RSAKeyGenerator(2048)
                    .keyID("one")
                    .keyUse(KeyUse.SIGNATURE)
                    .generate();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        issuer = "http://127.0.0.1:" + http.getAddress().getPort() + "/realm";
        http.createContext("/realm/.well-known/openid-configuration", exchange -> answer(exchange, 200, discovery()));
        http.createContext(
                "/realm/keys", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toJSONObject()));
        http.createContext("/realm/token", this::token);
        http.start();
    }

    @Override
    public void close() {
        http.stop(0);
    }

    private Map<String, Object> discovery() {
        return Map.of(
                "issuer",
                issuer,
                "authorization_endpoint",
                issuer + "/authorize",
                "token_endpoint",
                issuer + "/token",
                "jwks_uri",
                issuer + "/keys",
                "token_endpoint_auth_methods_supported",
                List.of("client_secret_basic"));
    }

    /** What a person's visit ends with: the address, path and query only, that the browser is sent back to. */
    String visit(String address) {
        Map<String, String> asked = values(URI.create(address).getRawQuery());
        boolean sound = address.startsWith(issuer + "/authorize?")
                && "code".equals(asked.get("response_type"))
                && CLIENT.equals(asked.get("client_id"))
                && redirect.equals(asked.get("redirect_uri"))
                && "S256".equals(asked.get("code_challenge_method"))
                && asked.getOrDefault("code_challenge", "").length() == 43
                && asked.getOrDefault("nonce", "").length() >= 22
                && asked.getOrDefault("state", "").length() >= 22
                && List.of(asked.getOrDefault("scope", "").split(" ")).contains("openid");
        if (!sound) {
            throw new AssertionError("no sound request: " + asked);
        }
        String code = UUID.randomUUID().toString();
        codes.put(code, asked);
        return URI.create(redirect).getPath() + "?"
                + TestClient.query(Map.of("code", code, "state", asked.getOrDefault("state", "")));
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form = values(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Map<String, String> asked = codes.remove(form.getOrDefault("code", ""));
        String basic = "Basic "
                + Base64.getEncoder().encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.US_ASCII));
        if (!basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, Map.of("error", "invalid_client"));
        } else if (asked == null
                || !"authorization_code".equals(form.get("grant_type"))
                || !redirect.equals(form.get("redirect_uri"))
                || !TestClient.hash(form.getOrDefault("code_verifier", "")).equals(asked.get("code_challenge"))) {
            answer(exchange, 400, Map.of("error", "invalid_grant"));
        } else {
            answer(
                    exchange,
                    200,
                    Map.of(
                            "access_token",
                            "opaque",
                            "token_type",
                            "Bearer",
                            "id_token",
                            idToken(asked.getOrDefault("nonce", ""))));
        }
    }

    private String idToken(String nonce) {
        Instant now = Instant.now();
        var claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject("sub-kim")
                .audience(CLIENT)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)))
                .claim("nonce", nonce)
                .claim("auth_time", now.minusSeconds(5).getEpochSecond())
                .claim("amr", List.of("pwd", "otp"))
                .claim("acr", "gold")
                .claim("preferred_username", "kim")
                .claim("name", "Kim Doe");
        change.accept(claims);
        try {
            return signed(claims.build());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String signed(JWTClaimsSet claims) throws JOSEException {
        if (signature == Signature.NONE) {
            return new PlainJWT(claims).serialize();
        }
        boolean mac = signature == Signature.CLIENT_SECRET;
        var jwt = new SignedJWT(
                new JWSHeader.Builder(mac ? JWSAlgorithm.HS256 : JWSAlgorithm.RS256)
                        .keyID("one")
                        .build(),
                claims);
        jwt.sign(mac ? new MACSigner(SECRET) : new RSASSASigner(signature == Signature.OWN_KEY ? key : foreign));
        return jwt.serialize();
    }

    private static void answer(HttpExchange exchange, int status, Map<String, Object> json) throws IOException {
        byte[] body = Json.text(json).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static Map<String, String> values(String query) {
        var values = new TreeMap<String, String>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            values.put(
                    pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return values;
    }
}
