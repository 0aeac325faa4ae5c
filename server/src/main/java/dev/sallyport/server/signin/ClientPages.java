package dev.sallyport.server.signin;

import dev.sallyport.server.RateLimits;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where a person lets a client in that listens on loopback (RFC 8252). Any page can make a browser that is signed in ask
 * for this, and anything on that machine can listen: so nothing goes there before the person has said so, each time, in
 * the browser that was asked.
 */
@RestController
final class ClientPages {
    static final String PATH = "/authorize";

    private static final int LONGEST_STATE = 200;

    private final WebSessions sessions;
    private final Authorizations authorizations;
    private final RateLimits rates;
    private final Pages pages;

    ClientPages(WebSessions sessions, Authorizations authorizations, RateLimits rates, Pages pages) {
        this.sessions = sessions;
        this.authorizations = authorizations;
        this.rates = rates;
        this.pages = pages;
    }

    @GetMapping(PATH)
    ResponseEntity<String> ask(HttpServletRequest request, CsrfToken csrf, @RequestParam String state) {
        Optional<SignedIn> signedIn = sessions.signedIn(request);
        signedIn.ifPresent(browser -> rates.person(person(browser)));
        return signedIn.flatMap(browser -> waiting(state, browser)
                        .map(question -> page(csrf, state, browser, question, isOfAnotherSite(request))))
                .orElseGet(this::nothingWaits);
    }

    @PostMapping(PATH)
    ResponseEntity<String> decide(
            HttpServletRequest request, @RequestParam String state, @RequestParam String verdict) {
        Optional<SignedIn> signedIn = sessions.signedIn(request);
        signedIn.ifPresent(browser -> rates.signInAnswer(person(browser)));
        return signedIn.filter(_ -> state.length() <= LONGEST_STATE)
                .flatMap(browser ->
                        authorizations.answer(state, browser, verdict.equals("allow"), request.getRemoteAddr()))
                .map(ClientPages::goTo)
                .orElseGet(this::nothingWaits);
    }

    private static String person(SignedIn browser) {
        return browser.login().person().value();
    }

    private Optional<Authorizations.Question> waiting(String state, SignedIn browser) {
        return state.length() <= LONGEST_STATE ? authorizations.question(state, browser) : Optional.empty();
    }

    /** A page of somebody else's that brought the browser here must not have the answer under the pointer. */
    private static boolean isOfAnotherSite(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null && !site.equals("none") && !site.equals("same-origin");
    }

    private ResponseEntity<String> page(
            CsrfToken csrf, String state, SignedIn browser, Authorizations.Question question, boolean first) {
        return pages.answer(
                200,
                "client",
                Map.of(
                        "csrf",
                        csrf.getToken(),
                        "state",
                        state,
                        "name",
                        browser.login().name(),
                        "client",
                        Clients.name(question.client()),
                        "port",
                        question.port(),
                        "from",
                        question.askedFrom(),
                        "at",
                        question.askedAt().toString(),
                        "first",
                        first));
    }

    private static ResponseEntity<String> goTo(URI client) {
        return ResponseEntity.status(303).location(client).build();
    }

    private ResponseEntity<String> nothingWaits() {
        return pages.answer(
                404,
                "message",
                Map.of(
                        "title",
                        "Nothing waits here",
                        "text",
                        "This sign-in was answered already, waited too long, or was asked for in another browser. Start"
                                + " it again in the terminal: sallyport login"));
    }
}
