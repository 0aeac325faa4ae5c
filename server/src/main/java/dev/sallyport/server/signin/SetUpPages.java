package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.identity.SetUp;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The first run: makes the first administrator with the link that the server printed. */
@RestController
final class SetUpPages {
    private final SetUp setUp;
    private final Pages pages;

    SetUpPages(SetUp setUp, Pages pages) {
        this.setUp = setUp;
        this.pages = pages;
    }

    record First(String token, String name, String displayName, String password) {}

    record Made(String person) {}

    @GetMapping("/setup")
    ResponseEntity<String> form(CsrfToken csrf, @RequestParam String token) {
        if (!setUp.isNeeded()) {
            return pages.seeOther("/login");
        }
        return page(200, csrf, token, "");
    }

    @PostMapping(path = "/setup", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ResponseEntity<String> submit(
            HttpServletRequest request,
            CsrfToken csrf,
            @RequestParam String token,
            @RequestParam String name,
            @RequestParam("display_name") String displayName,
            @RequestParam String password) {
        try {
            setUp.complete(Secret.of(token), name, displayName, Secret.of(password), request.getRemoteAddr());
            return pages.seeOther("/login");
        } catch (Refusal refusal) {
            return page(400, csrf, token, refusal.sentence());
        }
    }

    /** For scripts: the token itself is what no other site can know. */
    @PostMapping(path = "/setup", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    Made submit(HttpServletRequest request, @RequestBody First first) {
        return new Made(setUp.complete(
                        Secret.of(given(first.token)),
                        given(first.name),
                        given(first.displayName),
                        Secret.of(given(first.password)),
                        request.getRemoteAddr())
                .value());
    }

    private static String given(@org.jspecify.annotations.Nullable String value) {
        return value == null ? "" : value;
    }

    private ResponseEntity<String> page(int status, CsrfToken csrf, String token, String alert) {
        return pages.answer(status, "setup", Map.of("csrf", csrf.getToken(), "alert", alert, "token", token));
    }
}
