package dev.sallyport.server.oidc;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.OidcProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Our side of the authorization code flow with PKCE, for any provider of the catalogue; remembers what providers publish. */
public final class RelyingParty {
    private static final Duration METADATA_LIFE = Duration.ofMinutes(10);
    private static final Duration FAILURE_LIFE = Duration.ofSeconds(5);
    private static final Duration KEYS_LIFE = Duration.ofMinutes(5);
    private static final Duration KEYS_AGAIN = Duration.ofSeconds(10);
    private static final int LONGEST_CODE = 4_096;

    private final Outbound outbound = new Outbound();
    private final ClientSecrets secrets;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** Client secrets are files in the folder {@code secrets} of the server's data. */
    public RelyingParty(Path data) {
        this.secrets = new ClientSecrets(data.resolve("secrets"));
    }

    /** One sign-in on its way: the values that tie the answer to it. */
    public record Attempt(String state, String nonce, String verifier) {}

    private record Party(Metadata metadata, JWKSource<SecurityContext> keys) {}

    private record Known(@Nullable Party party, @Nullable Refusal failure, long readNanos) {
        boolean isFresh() {
            Duration life = party == null ? FAILURE_LIFE : METADATA_LIFE;
            return System.nanoTime() - readNanos < life.toNanos();
        }
    }

    /**
     * Where the browser goes.
     *
     * @throws Refusal {@code provider.unavailable} or {@code provider.unsound}
     */
    public URI address(OidcProvider provider, URI redirect, Attempt attempt) {
        URI endpoint = party(provider.issuer()).metadata.authorization();
        var query = new LinkedHashMap<String, String>();
        query.put("response_type", "code");
        query.put("client_id", provider.clientId());
        query.put("redirect_uri", redirect.toString());
        query.put("scope", String.join(" ", provider.scopes()));
        query.put("state", attempt.state());
        query.put("nonce", attempt.nonce());
        query.put("code_challenge", challenge(attempt.verifier()));
        query.put("code_challenge_method", "S256");
        query.put("max_age", String.valueOf(IdTokens.MAX_AGE.toSeconds()));
        return URI.create(endpoint + (endpoint.getRawQuery() == null ? "?" : "&") + form(query));
    }

    /** Refuses an answer that another provider sent: RFC 9207. */
    public void checkIssuer(OidcProvider provider, Optional<String> issuer) {
        boolean demanded = party(provider.issuer()).metadata.namesItself();
        if (issuer.isEmpty() && demanded || issuer.isPresent() && !issuer.get().equals(provider.issuer())) {
            throw ProviderRefusal.NOT_AWAITED.because(
                    "the answer does not come from the provider you were sent to", "start the sign-in again");
        }
    }

    /**
     * Exchanges the code and checks the ID token; returns its claims. What the provider says elsewhere is not asked for.
     *
     * @throws Refusal {@code sign-in.not-proven}, {@code provider.unavailable} or {@code provider.unsound}
     */
    public JWTClaimsSet claims(OidcProvider provider, URI redirect, String code, Attempt attempt) {
        if (code.isEmpty() || code.length() > LONGEST_CODE) {
            throw IdTokens.notProven("the code is empty or too long");
        }
        Party party = party(provider.issuer());
        Map<String, Object> tokens = exchange(provider, party.metadata, redirect, code, attempt.verifier());
        if (!(tokens.get("id_token") instanceof String idToken)) {
            throw IdTokens.notProven("there is no ID token");
        }
        Optional<String> access =
                tokens.get("access_token") instanceof String text ? Optional.of(text) : Optional.empty();
        return IdTokens.check(idToken, access, provider.issuer(), provider.clientId(), attempt.nonce(), party.keys);
    }

    private Map<String, Object> exchange(
            OidcProvider provider, Metadata metadata, URI redirect, String code, String verifier) {
        var form = new LinkedHashMap<String, String>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", redirect.toString());
        form.put("code_verifier", verifier);
        Optional<Secret> secret = secrets.read(provider.clientSecretFile());
        String authorization = "";
        if (secret.isPresent() && !metadata.secretInForm()) {
            authorization = basic(provider.clientId(), secret.get());
        } else {
            form.put("client_id", provider.clientId());
            secret.ifPresent(value -> form.put("client_secret", value.reveal()));
        }
        Outbound.Answer answer = outbound.post(metadata.token(), form(form), authorization);
        if (answer.status() >= 500) {
            throw Outbound.down(metadata.token(), "it answered " + answer.status() + " to the code");
        }
        Map<String, Object> said = Metadata.json(answer.body());
        if (answer.status() != 200) {
            throw IdTokens.notProven("the provider refuses the code: " + said.get("error"));
        }
        return said;
    }

    private Party party(String issuer) {
        Known now = known.get(issuer);
        if (now == null || !now.isFresh()) {
            now = fetch(issuer);
            known.put(issuer, now);
        }
        if (now.party == null) {
            throw java.util.Objects.requireNonNull(now.failure);
        }
        return now.party;
    }

    private Known fetch(String issuer) {
        try {
            Metadata metadata = Metadata.fetch(outbound, issuer);
            JWKSource<SecurityContext> keys = JWKSourceBuilder.<SecurityContext>create(url(metadata.keys()), this::keys)
                    .cache(
                            KEYS_LIFE.toMillis(),
                            Outbound.TIME.plus(Outbound.TIME).toMillis())
                    .refreshAheadCache(false)
                    .rateLimited(KEYS_AGAIN.toMillis())
                    .build();
            return new Known(new Party(metadata, keys), null, System.nanoTime());
        } catch (Refusal refusal) {
            return new Known(null, refusal, System.nanoTime());
        }
    }

    private Resource keys(URL address) throws IOException {
        try {
            Outbound.Answer answer = outbound.get(address.toURI());
            if (answer.status() != 200) {
                throw new IOException("the provider answered " + answer.status());
            }
            return new Resource(answer.body(), "application/json");
        } catch (Refusal | URISyntaxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static URL url(URI address) {
        try {
            return address.toURL();
        } catch (MalformedURLException _) {
            throw Metadata.unsound("jwks_uri: " + Text.quoted(address.toString()) + " (expected: an https address)");
        }
    }

    /** RFC 6749, 2.3.1. */
    private static String basic(String clientId, Secret secret) {
        String pair = encoded(clientId) + ":" + encoded(secret.reveal());
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }

    private static String challenge(String verifier) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static String form(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
