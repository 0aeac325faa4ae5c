package dev.sallyport.server.signin;

import dev.sallyport.identity.Login;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where a person lets a device in that has no browser (RFC 8628): they type the code it shows, see what asks and from
 * where, and decide. A code in the address is not taken as typed.
 */
@RestController
final class DevicePages {
    private static final int LONGEST_CODE = 20;

    private final WebSessions sessions;
    private final SavedRequests saved;
    private final Authorizations authorizations;
    private final RateLimits rates;
    private final Pages pages;

    DevicePages(
            WebSessions sessions, SavedRequests saved, Authorizations authorizations, RateLimits rates, Pages pages) {
        this.sessions = sessions;
        this.saved = saved;
        this.authorizations = authorizations;
        this.rates = rates;
        this.pages = pages;
    }

    @GetMapping("/activate")
    ResponseEntity<String> form(
            HttpServletRequest request,
            HttpServletResponse response,
            CsrfToken csrf,
            @RequestParam(required = false) @Nullable String unknown) {
        Optional<Login> login = sessions.login(request);
        if (login.isEmpty()) {
            saved.saveRequest(request, response);
            return pages.seeOther("/login");
        }
        rates.person(login.get().person().value());
        String alert =
                unknown == null ? "" : "no device is waiting with this code; codes last ten minutes and count once";
        return pages.answer(200, "device", Map.of("csrf", csrf.getToken(), "alert", alert));
    }

    @PostMapping("/activate")
    ResponseEntity<String> show(
            HttpServletRequest request, CsrfToken csrf, @RequestParam("user_code") String userCode) {
        Optional<Login> login = sessions.login(request);
        if (login.isEmpty()) {
            return pages.seeOther("/activate");
        }
        rates.deviceCode(login.get().person().value());
        return find(userCode)
                .map(waiting -> pages.answer(
                        200,
                        "decide",
                        Map.of(
                                "csrf",
                                csrf.getToken(),
                                "name",
                                login.get().name(),
                                "client",
                                waiting.client(),
                                "from",
                                waiting.askedFrom(),
                                "at",
                                waiting.askedAt().toString(),
                                "userCode",
                                userCode)))
                .orElseGet(() -> pages.seeOther("/activate?unknown"));
    }

    @PostMapping("/activate/decide")
    ResponseEntity<String> decide(
            HttpServletRequest request, @RequestParam("user_code") String userCode, @RequestParam String verdict) {
        Optional<SignedIn> browser = sessions.signedIn(request);
        if (browser.isEmpty()) {
            return pages.seeOther("/activate");
        }
        rates.deviceCode(browser.get().login().person().value());
        boolean allowed = verdict.equals("allow");
        boolean waited = userCode.length() <= LONGEST_CODE
                && authorizations.decide(userCode, browser.get(), allowed, request.getRemoteAddr());
        if (!waited) {
            return pages.seeOther("/activate?unknown");
        }
        return pages.message(allowed ? "The device is let in" : "The device is refused", "You can close this page.");
    }

    private Optional<Authorizations.Waiting> find(String userCode) {
        return userCode.length() <= LONGEST_CODE ? authorizations.waiting(userCode) : Optional.empty();
    }
}
