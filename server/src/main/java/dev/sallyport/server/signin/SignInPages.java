package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.identity.IdentityRefusal;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.SignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import org.jspecify.annotations.Nullable;
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
    private static final String STYLE = """
            :root{color-scheme:light dark}
            body{font:1rem/1.5 system-ui,sans-serif;margin:0}
            main{max-width:26rem;margin:10vh auto;padding:0 1rem}
            label{display:block;margin:.75rem 0}
            input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.4rem}
            button{font:inherit;padding:.4rem 1rem;margin:.5rem .5rem 0 0}
            .alert{border-left:.3rem solid #b00;padding-left:.7rem}
            """;

    private final SignIn signIn;
    private final WebSessions sessions;
    private final SavedRequests saved;

    SignInPages(SignIn signIn, WebSessions sessions, SavedRequests saved) {
        this.signIn = signIn;
        this.sessions = sessions;
        this.saved = saved;
    }

    @GetMapping("/login")
    ResponseEntity<String> form(
            CsrfToken csrf,
            @RequestParam(required = false) @Nullable String error,
            @RequestParam(required = false) @Nullable String throttled,
            @RequestParam(required = false) @Nullable String busy) {
        Page page = Page.titled("Sign in");
        if (error != null) {
            page.alert("name or password is wrong");
        }
        if (throttled != null) {
            page.alert("too many failed sign-ins from your network; wait a few minutes, then try again");
        }
        if (busy != null) {
            page.alert("too many are signing in right now; try again in a few seconds");
        }
        return page.form("/login", csrf.getToken())
                .field("Name", "username", "text", "username")
                .field("Password", "password", "password", "current-password")
                .button("Sign in")
                .endForm()
                .answer(200);
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
                .map(login -> Page.titled("Sallyport")
                        .text("You are signed in as " + login.name() + ".")
                        .text("On the command line, sign in with: sallyport login")
                        .form("/sign-out", csrf.getToken())
                        .button("Sign out")
                        .endForm()
                        .answer(200))
                .orElseGet(() -> seeOther("/login"));
    }

    @PostMapping("/sign-out")
    ResponseEntity<String> signOut(HttpServletRequest request, HttpServletResponse response) {
        sessions.end(request, response);
        return seeOther("/login");
    }

    @GetMapping("/style.css")
    ResponseEntity<String> style() {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/css;charset=UTF-8"))
                .body(STYLE);
    }

    static ResponseEntity<String> seeOther(String path) {
        return ResponseEntity.status(302).location(URI.create(path)).build();
    }
}
