package dev.sallyport.cli.api;

import dev.sallyport.base.Secret;
import dev.sallyport.cli.output.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The key a session is bound to (RFC 9449, ES256): whoever steals the tokens alone can do nothing with them. Signed with
 * the JDK, whose P1363 format is exactly JOSE's, so that no JWT library has to start with every command.
 */
public final class DpopKey {
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int COORDINATE = 32;

    private final PrivateKey key;
    private final String x;
    private final String y;

    private DpopKey(PrivateKey key, String x, String y) {
        this.key = key;
        this.x = x;
        this.y = y;
    }

    public static DpopKey generate() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            var point = ((ECPublicKey) pair.getPublic()).getW();
            return new DpopKey(pair.getPrivate(), coordinate(point.getAffineX()), coordinate(point.getAffineY()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK knows no P-256", e);
        }
    }

    /** Reads what {@link #json} wrote. */
    static DpopKey read(JsonNode json) throws GeneralSecurityException {
        var encoded = Secret.of(Json.text(json, "private_key"));
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(encoded.reveal())));
        return new DpopKey(key, Json.text(json, "x"), Json.text(json, "y"));
    }

    /** For the profile file alone. */
    ObjectNode json() {
        return Json.object()
                .put("private_key", Base64.getEncoder().encodeToString(key.getEncoded()))
                .put("x", x)
                .put("y", y);
    }

    /**
     * A proof for one request (RFC 9449 section 4.2).
     *
     * @param url without query and fragment
     * @param token the access token the request carries; none at the token endpoint
     * @param nonce the server's, when it asked for one
     */
    public String proof(String method, String url, @Nullable Secret token, @Nullable String nonce, Instant issuedAt) {
        var jwk = Json.object().put("kty", "EC").put("crv", "P-256").put("x", x).put("y", y);
        var header = Json.object().put("typ", "dpop+jwt").put("alg", "ES256");
        header.set("jwk", jwk);
        var claims = Json.object()
                .put("jti", random(16))
                .put("htm", method)
                .put("htu", url)
                .put("iat", issuedAt.getEpochSecond());
        if (token != null) {
            claims.put("ath", digest(token.reveal()));
        }
        if (nonce != null) {
            claims.put("nonce", nonce);
        }
        String signed = encode(Json.compact(header)) + '.' + encode(Json.compact(claims));
        return signed + '.' + BASE64URL.encodeToString(sign(signed));
    }

    /** Random text for ids, states and verifiers; only characters that a URL needs no escape for. */
    public static String random(int bytes) {
        var random = new byte[bytes];
        RANDOM.nextBytes(random);
        return BASE64URL.encodeToString(random);
    }

    /** The SHA-256 of an ASCII text in base64url, as PKCE's challenge and DPoP's {@code ath} want it. */
    public static String digest(String text) {
        try {
            return BASE64URL.encodeToString(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK knows no SHA-256", e);
        }
    }

    private byte[] sign(String text) {
        try {
            var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the session's key does not sign", e);
        }
    }

    private static String encode(String json) {
        return BASE64URL.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String coordinate(BigInteger value) {
        byte[] bytes = value.toByteArray();
        var fixed = new byte[COORDINATE];
        int length = Math.min(bytes.length, COORDINATE);
        System.arraycopy(bytes, bytes.length - length, fixed, COORDINATE - length, length);
        return BASE64URL.encodeToString(fixed);
    }
}
