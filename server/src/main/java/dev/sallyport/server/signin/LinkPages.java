package dev.sallyport.server.signin;

import dev.sallyport.identity.Login;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.page.Pages;
import dev.sallyport.session.SignInLinks;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where a person signs in for a terminal of theirs: they see where it stands and where it wants to go, and get a code to
 * type back into it.
 */
@RestController
final class LinkPages {
    private final WebSessions sessions;
    private final SavedRequests saved;
    private final SignInLinks links;
    private final RateLimits rates;
    private final Pages pages;

    LinkPages(WebSessions sessions, SavedRequests saved, SignInLinks links, RateLimits rates, Pages pages) {
        this.sessions = sessions;
        this.saved = saved;
        this.links = links;
        this.rates = rates;
        this.pages = pages;
    }

    @GetMapping("/ssh/{link}")
    ResponseEntity<String> show(
            HttpServletRequest request, HttpServletResponse response, CsrfToken csrf, @PathVariable String link) {
        Optional<Login> login = sessions.login(request);
        if (login.isEmpty()) {
            saved.saveRequest(request, response);
            return pages.seeOther("/login");
        }
        rates.deviceCode(login.get().person().value());
        SignInLinks.Shown shown = links.show(link);
        return pages.answer(
                200,
                "terminal",
                Map.of(
                        "csrf",
                        csrf.getToken(),
                        "name",
                        login.get().name(),
                        "destination",
                        shown.login().map(account -> account + "@").orElse("") + shown.target(),
                        "from",
                        shown.clientAddress(),
                        "client",
                        shown.clientVersion(),
                        "gateway",
                        shown.gateway(),
                        "link",
                        link));
    }

    @PostMapping("/ssh/{link}")
    ResponseEntity<String> answer(HttpServletRequest request, @PathVariable String link) {
        Optional<Login> login = sessions.login(request);
        if (login.isEmpty()) {
            return pages.seeOther("/login");
        }
        rates.deviceCode(login.get().person().value());
        String code = links.answer(
                login.get().actor(request.getRemoteAddr()), login.get().person(), link);
        return pages.answer(200, "terminal-code", Map.of("code", code));
    }
}
