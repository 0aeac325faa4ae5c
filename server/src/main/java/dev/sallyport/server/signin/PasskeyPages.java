package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.identity.FactorRefusal;
import dev.sallyport.identity.Login;
import dev.sallyport.identity.PasskeyMade;
import dev.sallyport.identity.PasskeyRefusal;
import dev.sallyport.identity.PasskeyResets;
import dev.sallyport.identity.PasskeyShown;
import dev.sallyport.identity.PasskeySignIn;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.page.Pages;
import dev.sallyport.server.page.PasskeyAnswer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Passkeys where nobody is signed in: alone, after a password, and by the link for a lost one. The script of the page asks
 * for what the browser needs, and sends the form with what came of it.
 */
@RestController
final class PasskeyPages {
    /** The cookie of a browser that was asked for a passkey. */
    private static final String ASKED = "passkey";

    private static final Duration LIFE = Duration.ofMinutes(5);

    private final PasskeySignIn signIn;
    private final PasskeyResets resets;
    private final ResetPages resetPages;
    private final WebSessions sessions;
    private final SavedRequests saved;
    private final RateLimits rates;
    private final Pages pages;
    private final Cookies cookies;

    PasskeyPages(
            PasskeySignIn signIn,
            PasskeyResets resets,
            ResetPages resetPages,
            WebSessions sessions,
            SavedRequests saved,
            RateLimits rates,
            Pages pages,
            Cookies cookies) {
        this.signIn = signIn;
        this.resets = resets;
        this.resetPages = resetPages;
        this.sessions = sessions;
        this.saved = saved;
        this.rates = rates;
        this.pages = pages;
        this.cookies = cookies;
    }

    @PostMapping(path = "/login/passkey/options", produces = MediaType.APPLICATION_JSON_VALUE)
    Map<String, Object> offer(HttpServletRequest request, HttpServletResponse response) {
        rates.signIn(request.getRemoteAddr());
        return asked(response, signIn.begin());
    }

    private Map<String, Object> asked(HttpServletResponse response, PasskeySignIn.Begun begun) {
        cookies.write(response, ASKED, begun.browser().reveal(), LIFE);
        return begun.options();
    }

    @PostMapping("/login/passkey")
    ResponseEntity<String> alone(
            HttpServletRequest request,
            HttpServletResponse response,
            @RequestParam(PasskeyAnswer.FIELD) String passkey) {
        Optional<String> browser = cookies.read(request, ASKED);
        if (browser.isEmpty()) {
            return pages.seeOther("/login?again");
        }
        cookies.clear(response, ASKED);
        try {
            Login login = signIn.alone(Secret.of(browser.get()), shown(passkey), request.getRemoteAddr());
            return enter(request, response, login);
        } catch (Refusal refusal) {
            return pages.seeOther("/login?" + why(refusal));
        }
    }

    @PostMapping(path = "/login/code/passkey/options", produces = MediaType.APPLICATION_JSON_VALUE)
    Map<String, Object> offerSecond(HttpServletRequest request) {
        rates.signIn(request.getRemoteAddr());
        return signIn.offer(Secret.of(cookies.read(request, SignInPages.HALF).orElse("")));
    }

    @PostMapping("/login/code/passkey")
    ResponseEntity<String> second(
            HttpServletRequest request,
            HttpServletResponse response,
            @RequestParam(PasskeyAnswer.FIELD) String passkey) {
        Optional<String> ticket = cookies.read(request, SignInPages.HALF);
        if (ticket.isEmpty()) {
            return pages.seeOther("/login?again");
        }
        try {
            Login login = signIn.second(Secret.of(ticket.get()), shown(passkey), request.getRemoteAddr());
            cookies.clear(response, SignInPages.HALF);
            return enter(request, response, login);
        } catch (Refusal refusal) {
            if (refusal.code().equals(FactorRefusal.HALF_GONE.code())) {
                cookies.clear(response, SignInPages.HALF);
                return pages.seeOther("/login?again");
            }
            return pages.seeOther("/login/code?" + why(refusal));
        }
    }

    private ResponseEntity<String> enter(HttpServletRequest request, HttpServletResponse response, Login login) {
        sessions.start(request, response, login);
        return pages.seeOther(saved.take(request, response).orElse("/"));
    }

    /** What the form says then; what else goes wrong is told as it is. */
    private static String why(Refusal refusal) {
        if (refusal.code().equals(PasskeyRefusal.REFUSED.code())) {
            return "passkey";
        }
        if (refusal.code().equals(FactorRefusal.THROTTLED.code())) {
            return "throttled";
        }
        throw refusal;
    }

    @PostMapping(path = ResetPages.PATH + "/passkey/options", produces = MediaType.APPLICATION_JSON_VALUE)
    Map<String, Object> offerByLink(
            HttpServletRequest request, HttpServletResponse response, @RequestParam String token) {
        rates.signIn(request.getRemoteAddr());
        return asked(response, resets.begin(Secret.of(token), request.getRemoteAddr()));
    }

    @PostMapping(ResetPages.PATH + "/passkey")
    ResponseEntity<String> registerByLink(
            HttpServletRequest request,
            HttpServletResponse response,
            CsrfToken csrf,
            @RequestParam String token,
            @RequestParam String name,
            @RequestParam(PasskeyAnswer.FIELD) String passkey) {
        Secret browser = Secret.of(cookies.read(request, ASKED).orElse(""));
        cookies.clear(response, ASKED);
        try {
            resets.complete(browser, Secret.of(token), name, made(passkey), request.getRemoteAddr());
        } catch (Refusal refusal) {
            return resetPages.page(ApiProblems.status(refusal), csrf, token, refusal.sentence());
        }
        return pages.message(
                "Your passkey is registered",
                "It is how you sign in from now on; a password that you had here counts no more, and everything that was"
                        + " signed in before has been signed out. Sign in with the passkey.");
    }

    static PasskeyShown shown(String text) {
        Map<String, Object> said = PasskeyAnswer.of(text);
        return new PasskeyShown(
                PasskeyAnswer.text(said, "id"),
                PasskeyAnswer.text(said, "client_data"),
                PasskeyAnswer.text(said, "authenticator_data"),
                PasskeyAnswer.text(said, "signature"),
                Optional.of(PasskeyAnswer.text(said, "user_handle")).filter(handle -> !handle.isEmpty()));
    }

    private static PasskeyMade made(String text) {
        Map<String, Object> said = PasskeyAnswer.of(text);
        List<String> transports = said.get("transports") instanceof List<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
        return new PasskeyMade(
                PasskeyAnswer.text(said, "client_data"), PasskeyAnswer.text(said, "attestation"), transports);
    }
}
