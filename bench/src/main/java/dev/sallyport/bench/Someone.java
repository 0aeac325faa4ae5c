package dev.sallyport.bench;

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
import dev.sallyport.bench.Wire.Reply;
import dev.sallyport.database.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A person who signs in as the command line does and calls the API over one connection, proving a key (RFC 9449). */
final class Someone implements AutoCloseable {
    static final String PASSWORD = "correct horse battery";

    private static final String VERIFIER = "a-code-verifier-of-more-than-forty-three-characters-0123456789";
    private static final String REDIRECT = "http://127.0.0.1:45678/callback";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Pattern FORM_TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private final URI url;
    private final Wire wire;
    private final ECKey key;
    private final Map<String, String> cookies = new TreeMap<>();
    private @Nullable String token;

    Someone(URI url, SSLContext tls) {
        this.url = url;
        this.wire = new Wire(url, tls);
        try {
            this.key = new ECKeyGenerator(Curve.P_256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Walks from the authorize request over the form to the tokens. */
    Someone signIn(String name) throws IOException {
        cookies.clear();
        var asked = new LinkedHashMap<String, String>();
        asked.put("response_type", "code");
        asked.put("client_id", "sallyport-cli");
        asked.put("redirect_uri", REDIRECT);
        asked.put("scope", "sallyport");
        asked.put("state", "xyz");
        asked.put("code_challenge", hash(VERIFIER));
        asked.put("code_challenge_method", "S256");
        browse("GET", "/oauth2/authorize?" + form(asked), "");
        Reply back = browse(
                "POST", "/login", form(Map.of("_csrf", formToken("/login"), "username", name, "password", PASSWORD)));
        String confirm = location(browse("GET", pathOf(location(back)), ""));
        Reply allowed = browse(
                "POST",
                "/authorize",
                form(Map.of(
                        "_csrf",
                        formToken(pathOf(confirm)),
                        "state",
                        parameter(confirm, "state"),
                        "verdict",
                        "allow")));
        String code = parameter(location(allowed), "code");
        Reply tokens = wire.send(
                "POST",
                "/oauth2/token",
                Map.of("Content-Type", FORM, "DPoP", proof("POST", "/oauth2/token", null)),
                form(Map.of(
                        "grant_type", "authorization_code",
                        "client_id", "sallyport-cli",
                        "code", code,
                        "redirect_uri", REDIRECT,
                        "code_verifier", VERIFIER)));
        token = String.valueOf(Json.object(tokens.expect(200).body()).get("access_token"));
        return this;
    }

    private String formToken(String path) throws IOException {
        var found = FORM_TOKEN.matcher(browse("GET", path, "").body());
        if (!found.find()) {
            throw new IllegalStateException("no form at " + path);
        }
        return found.group(1);
    }

    Reply get(String path) throws IOException {
        return prepare("GET", path, "").send();
    }

    Reply post(String path, Object body) throws IOException {
        return prepare("POST", path, Json.text(body)).send();
    }

    /** A call whose proof is made already, so that only the call itself is timed. */
    Prepared prepare(String method, String path, String body) {
        String whole = "/api/v1" + path;
        String access = java.util.Objects.requireNonNull(token);
        var headers = new TreeMap<String, String>();
        headers.put("Authorization", "DPoP " + access);
        headers.put("DPoP", proof(method, whole.split("\\?", 2)[0], access));
        if (!body.isEmpty()) {
            headers.put("Content-Type", "application/json");
        }
        return () -> wire.send(method, whole, headers, body);
    }

    /** A call that waits to be made. */
    @FunctionalInterface
    interface Prepared {
        Reply send() throws IOException;

        /** Makes the call and says how long it took. */
        default long timed(int status) throws IOException {
            long start = System.nanoTime();
            Reply reply = send();
            long nanos = System.nanoTime() - start;
            reply.expect(status);
            return nanos;
        }
    }

    /** A page of the portal, as the browser that has signed in asks for it. */
    Prepared page(String path) {
        return () -> browse("GET", path, "");
    }

    private Reply browse(String method, String path, String body) throws IOException {
        var headers = new TreeMap<String, String>();
        if (!cookies.isEmpty()) {
            headers.put(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        if (!body.isEmpty()) {
            headers.put("Content-Type", FORM);
        }
        Reply reply = wire.send(method, path, headers, body);
        reply.headers().stream()
                .filter(header -> header.getKey().equals("set-cookie"))
                .forEach(header -> keep(header.getValue()));
        return reply;
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

    private String proof(String method, String path, @Nullable String access) {
        var claims = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .claim("htm", method)
                .claim("htu", url + path)
                .issueTime(Date.from(Instant.now()));
        if (access != null) {
            claims.claim("ath", hash(access));
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

    private static String location(Reply reply) {
        return reply.header("location")
                .orElseThrow(() -> new IllegalStateException("no Location in " + reply.status() + " " + reply.body()));
    }

    private static String pathOf(String location) {
        URI place = URI.create(location);
        return place.getRawPath() + (place.getRawQuery() == null ? "" : "?" + place.getRawQuery());
    }

    private static String parameter(String location, String name) {
        for (String pair : URI.create(location).getQuery().split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        throw new IllegalStateException("no " + name + " where sign-in leads to");
    }

    private static String form(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
