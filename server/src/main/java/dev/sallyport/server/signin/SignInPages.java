package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.OidcProvider;
import dev.sallyport.database.Database;
import dev.sallyport.identity.IdentityRefusal;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The sign-in form, and signing out of a browser. */
@RestController
final class SignInPages {
    private final SignIn signIn;
    private final WebSessions sessions;
    private final SavedRequests saved;
    private final Database database;
    private final Pages pages;

    SignInPages(SignIn signIn, WebSessions sessions, SavedRequests saved, Database database, Pages pages) {
        this.signIn = signIn;
        this.sessions = sessions;
        this.saved = saved;
        this.database = database;
        this.pages = pages;
    }

    @GetMapping("/login")
    ResponseEntity<String> form(
            CsrfToken csrf,
            @RequestParam(required = false) @Nullable String error,
            @RequestParam(required = false) @Nullable String throttled,
            @RequestParam(required = false) @Nullable String busy) {
        String alert = "";
        if (error != null) {
            alert = "name or password is wrong";
        } else if (throttled != null) {
            alert = "too many failed sign-ins from your network; wait a few minutes, then try again";
        } else if (busy != null) {
            alert = "too many are signing in right now; try again in a few seconds";
        }
        List<ProviderChoice> providers = database.read(OidcProvider::all).stream()
                .map(provider ->
                        new ProviderChoice(Text.printable(provider.displayName()), ProviderPages.path(provider)))
                .toList();
        return pages.answer(200, "login", Map.of("csrf", csrf.getToken(), "alert", alert, "providers", providers));
    }

    @PostMapping("/login")
    ResponseEntity<String> signIn(
            HttpServletRequest request,
            HttpServletResponse response,
            @RequestParam String username,
            @RequestParam String password) {
        try {
            Login login = signIn.password(username, Secret.of(password), request.getRemoteAddr());
            sessions.start(request, response, login);
            return seeOther(saved.take(request, response).orElse("/"));
        } catch (Refusal refusal) {
            if (refusal.code().equals(IdentityRefusal.WRONG.code())) {
                return seeOther("/login?error");
            }
            if (refusal.code().equals(IdentityRefusal.THROTTLED.code())) {
                return seeOther("/login?throttled");
            }
            if (refusal.code().equals(IdentityRefusal.BUSY.code())) {
                return seeOther("/login?busy");
            }
            throw refusal;
        }
    }

    @GetMapping("/")
    ResponseEntity<String> home(HttpServletRequest request, CsrfToken csrf) {
        return sessions.login(request)
                .map(login -> pages.answer(200, "home", Map.of("csrf", csrf.getToken(), "name", login.name())))
                .orElseGet(() -> seeOther("/login"));
    }

    @PostMapping("/sign-out")
    ResponseEntity<String> signOut(HttpServletRequest request, HttpServletResponse response) {
        sessions.end(request, response);
        return seeOther("/login");
    }

    @GetMapping("/style.css")
    ResponseEntity<Resource> style() {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/css;charset=UTF-8"))
                .body(new ClassPathResource("style.css", SignInPages.class));
    }

    static ResponseEntity<String> seeOther(String path) {
        return ResponseEntity.status(302).location(URI.create(path)).build();
    }
}
