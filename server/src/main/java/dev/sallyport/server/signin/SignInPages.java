package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.base.Text;
import dev.sallyport.catalog.OidcProvider;
import dev.sallyport.database.Database;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.identity.IdentityRefusal;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.PasskeyProofs;
import dev.sallyport.identity.PasskeySignIn;
import dev.sallyport.identity.SecondFactor;
import dev.sallyport.identity.SignIn;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The sign-in form, and signing out of a browser. */
@RestController
final class SignInPages {
    /** The cookie of who has shown their password and not yet a second factor. */
    static final String HALF = "half";

    private final SignIn signIn;
    private final PasskeySignIn passkeySignIn;
    private final PasskeyProofs passkeys;
    private final WebSessions sessions;
    private final SavedRequests saved;
    private final Database database;
    private final Pages pages;
    private final Cookies cookies;

    SignInPages(
            SignIn signIn,
            PasskeySignIn passkeySignIn,
            PasskeyProofs passkeys,
            WebSessions sessions,
            SavedRequests saved,
            Database database,
            Pages pages,
            Cookies cookies) {
        this.signIn = signIn;
        this.passkeySignIn = passkeySignIn;
        this.passkeys = passkeys;
        this.sessions = sessions;
        this.saved = saved;
        this.database = database;
        this.pages = pages;
        this.cookies = cookies;
    }

    @GetMapping("/login")
    ResponseEntity<String> form(
            CsrfToken csrf,
            @RequestParam(required = false) @Nullable String error,
            @RequestParam(required = false) @Nullable String throttled,
            @RequestParam(required = false) @Nullable String busy,
            @RequestParam(required = false) @Nullable String again,
            @RequestParam(required = false) @Nullable String passkey) {
        String alert = "";
        if (passkey != null) {
            alert = "this passkey was not accepted; try again, or sign in another way";
        } else if (error != null) {
            alert = "name or password is wrong";
        } else if (throttled != null) {
            alert = "too many failed sign-ins from your network; wait a few minutes, then try again";
        } else if (busy != null) {
            alert = "too many are signing in right now; try again in a few seconds";
        } else if (again != null) {
            alert = "this sign-in waited too long, or is over; start again";
        }
        List<ProviderChoice> providers = database.read(OidcProvider::all).stream()
                .map(provider ->
                        new ProviderChoice(Text.printable(provider.displayName()), ProviderPages.path(provider)))
                .toList();
        return pages.answer(
                200,
                "login",
                Map.of(
                        "csrf",
                        csrf.getToken(),
                        "alert",
                        alert,
                        "providers",
                        providers,
                        "passkeys",
                        passkeys.possible()));
    }

    @PostMapping("/login")
    ResponseEntity<String> signIn(
            HttpServletRequest request,
            HttpServletResponse response,
            @RequestParam String username,
            @RequestParam String password) {
        try {
            return switch (signIn.password(username, Secret.of(password), request.getRemoteAddr())) {
                case SignIn.FirstStep.In(Login login) -> enter(request, response, login);
                case SignIn.FirstStep.CodeWanted(Secret ticket) -> {
                    cookies.write(response, HALF, ticket.reveal(), SignIn.HALF_LIFE);
                    yield pages.seeOther("/login/code");
                }
            };
        } catch (Refusal refusal) {
            if (refusal.code().equals(IdentityRefusal.WRONG.code())) {
                return pages.seeOther("/login?error");
            }
            if (refusal.code().equals(IdentityRefusal.THROTTLED.code())) {
                return pages.seeOther("/login?throttled");
            }
            if (refusal.code().equals(IdentityRefusal.BUSY.code())) {
                return pages.seeOther("/login?busy");
            }
            throw refusal;
        }
    }

    private ResponseEntity<String> enter(HttpServletRequest request, HttpServletResponse response, Login login) {
        sessions.start(request, response, login);
        return pages.seeOther(saved.take(request, response).orElse("/"));
    }

    @GetMapping("/login/code")
    ResponseEntity<String> codeForm(
            HttpServletRequest request,
            HttpServletResponse response,
            CsrfToken csrf,
            @RequestParam(required = false) @Nullable String error,
            @RequestParam(required = false) @Nullable String throttled,
            @RequestParam(required = false) @Nullable String passkey) {
        Optional<String> ticket = cookies.read(request, HALF);
        if (ticket.isEmpty()) {
            return pages.seeOther("/login");
        }
        SecondFactor.Kinds wanted = passkeySignIn.wanted(Secret.of(ticket.get()));
        if (!wanted.any()) {
            cookies.clear(response, HALF);
            return pages.seeOther("/login?again");
        }
        String alert = "";
        if (error != null) {
            alert = "this code is wrong, or was used already; wait for the next one";
        } else if (throttled != null) {
            alert = "too many failed attempts; wait a few minutes, then try again";
        } else if (passkey != null) {
            alert = "this passkey was not accepted; try again";
        }
        return pages.answer(
                200,
                "code",
                Map.of(
                        "csrf",
                        csrf.getToken(),
                        "alert",
                        alert,
                        "code",
                        wanted.totp(),
                        "passkey",
                        wanted.passkey(),
                        "possible",
                        passkeys.possible()));
    }

    @PostMapping("/login/code")
    ResponseEntity<String> code(HttpServletRequest request, HttpServletResponse response, @RequestParam String code) {
        Optional<String> ticket = cookies.read(request, HALF);
        if (ticket.isEmpty()) {
            return pages.seeOther("/login?again");
        }
        try {
            Login login = signIn.code(Secret.of(ticket.get()), Secret.of(code), request.getRemoteAddr());
            cookies.clear(response, HALF);
            return enter(request, response, login);
        } catch (Refusal refusal) {
            if (refusal.code().equals(FactorRefusal.WRONG.code())) {
                return pages.seeOther("/login/code?error");
            }
            if (refusal.code().equals(FactorRefusal.THROTTLED.code())) {
                return pages.seeOther("/login/code?throttled");
            }
            if (refusal.kind() == Refusal.Kind.UNAVAILABLE) {
                throw refusal;
            }
            // too late, taken back, or no longer somebody who may sign in: what it was is in the log
            cookies.clear(response, HALF);
            return pages.seeOther("/login?again");
        }
    }

    @PostMapping("/sign-out")
    ResponseEntity<String> signOut(HttpServletRequest request, HttpServletResponse response) {
        sessions.end(request, response);
        return pages.seeOther("/login");
    }
}
