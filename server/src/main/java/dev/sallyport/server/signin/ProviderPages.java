package dev.sallyport.server.signin;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.OidcProvider;
import dev.sallyport.database.Database;
import dev.sallyport.identity.Assertion;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.ProviderSignIn;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.server.oidc.ProviderRefusal;
import dev.sallyport.server.oidc.RelyingParty;
import dev.sallyport.server.oidc.RelyingParty.Attempt;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** To a provider, and back. Each provider has an address of its own to come back to. */
@RestController
final class ProviderPages {
    private final Database database;
    private final RelyingParty relyingParty;
    private final ProviderAttempts attempts;
    private final ProviderSignIn signIn;
    private final WebSessions sessions;
    private final SavedRequests saved;
    private final RateLimits rates;
    private final Pages pages;
    private final String url;

    ProviderPages(
            Database database,
            RelyingParty relyingParty,
            ProviderAttempts attempts,
            ProviderSignIn signIn,
            WebSessions sessions,
            SavedRequests saved,
            RateLimits rates,
            Pages pages,
            ServerConfig config) {
        this.database = database;
        this.relyingParty = relyingParty;
        this.attempts = attempts;
        this.signIn = signIn;
        this.sessions = sessions;
        this.saved = saved;
        this.rates = rates;
        this.pages = pages;
        this.url = config.url().toString();
    }

    /** What the provider sent the browser back with. */
    private record Answer(
            @Nullable String state,
            @Nullable String code,
            @Nullable String error,
            @Nullable String description,
            @Nullable String issuer) {}

    @GetMapping("/login/oidc/{name}")
    ResponseEntity<String> leave(HttpServletRequest request, HttpServletResponse response, @PathVariable String name) {
        rates.signIn(request.getRemoteAddr());
        OidcProvider provider = provider(name);
        return seeOther(relyingParty.address(provider, back(provider), attempts.begin(response, provider.id())));
    }

    @GetMapping("/login/oidc/{name}/callback")
    ResponseEntity<String> comeBack(
            HttpServletRequest request,
            HttpServletResponse response,
            @PathVariable String name,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String code,
            @RequestParam(required = false) @Nullable String error,
            @RequestParam(name = "error_description", required = false) @Nullable String description,
            @RequestParam(name = "iss", required = false) @Nullable String issuer) {
        rates.signIn(request.getRemoteAddr());
        OidcProvider provider = provider(name);
        var answer = new Answer(state, code, error, description, issuer);
        Assertion said = assertion(request, response, provider, answer);
        Login login = signIn.signIn(said, provider.terms(), request.getRemoteAddr());
        sessions.start(request, response, login);
        return pages.seeOther(saved.take(request, response).orElse("/"));
    }

    private Assertion assertion(
            HttpServletRequest request, HttpServletResponse response, OidcProvider provider, Answer answer) {
        try {
            Attempt attempt = attempts.take(request, response, answer.state == null ? "" : answer.state, provider.id())
                    .orElseThrow(() -> ProviderRefusal.NOT_AWAITED.because(
                            "this browser was not sent to that provider, or has come back already",
                            "start the sign-in again, and finish it within " + ProviderAttempts.LIFE.toMinutes()
                                    + " minutes"));
            relyingParty.checkIssuer(provider, Optional.ofNullable(answer.issuer));
            if (answer.error != null || answer.code == null) {
                throw turnedDown(provider, answer);
            }
            return assertion(provider, relyingParty.claims(provider, back(provider), answer.code, attempt));
        } catch (Refusal refusal) {
            signIn.refused(
                    provider.name(), provider.issuer(), Optional.empty(), refusal.code(), request.getRemoteAddr());
            throw refusal;
        }
    }

    private static Refusal turnedDown(OidcProvider provider, Answer answer) {
        String error = answer.error == null ? "neither a code nor an error" : answer.error;
        String more = answer.description == null ? "" : ", " + Text.quoted(answer.description);
        return ProviderRefusal.TURNED_DOWN.because(
                provider.displayName() + " answered: " + Text.quoted(error) + more, "start the sign-in again");
    }

    private static Assertion assertion(OidcProvider provider, JWTClaimsSet token) {
        Map<String, Object> claims = token.getClaims();
        return new Assertion(
                provider.name(),
                provider.issuer(),
                token.getSubject(),
                provider.wantedName(claims),
                text(claims, "name"),
                text(claims, "email"),
                provider.groups(claims),
                provider.attributes(claims),
                claims.get("amr") instanceof List<?> list
                        ? list.stream()
                                .filter(String.class::isInstance)
                                .map(String.class::cast)
                                .limit(20)
                                .toList()
                        : List.of(),
                text(claims, "acr"),
                claims.get("auth_time") instanceof Number seconds
                        ? Optional.of(Instant.ofEpochSecond(seconds.longValue()))
                        : Optional.empty());
    }

    private static Optional<String> text(Map<String, Object> claims, String name) {
        return claims.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private OidcProvider provider(String name) {
        return database.read(rx -> OidcProvider.named(rx, name))
                .orElseThrow(() -> ProviderRefusal.UNKNOWN.because("there is no such provider"));
    }

    private URI back(OidcProvider provider) {
        return URI.create(url + path(provider) + "/callback");
    }

    static String path(OidcProvider provider) {
        return "/login/oidc/" + provider.name();
    }

    private static ResponseEntity<String> seeOther(URI address) {
        return ResponseEntity.status(302).location(address).build();
    }
}
