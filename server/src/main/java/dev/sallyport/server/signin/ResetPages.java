package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Secret;
import dev.sallyport.identity.PasskeyProofs;
import dev.sallyport.identity.PasswordResets;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Where the link for a lost password leads. The form is the same for every link: only sending it tells whether one works. */
@RestController
final class ResetPages {
    static final String PATH = "/reset-password";

    private final PasswordResets resets;
    private final PasskeyProofs passkeys;
    private final Pages pages;

    ResetPages(PasswordResets resets, PasskeyProofs passkeys, Pages pages) {
        this.resets = resets;
        this.passkeys = passkeys;
        this.pages = pages;
    }

    @GetMapping(PATH)
    ResponseEntity<String> form(CsrfToken csrf, @RequestParam String token) {
        return page(200, csrf, token, "");
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ResponseEntity<String> submit(
            HttpServletRequest request,
            CsrfToken csrf,
            @RequestParam String token,
            @RequestParam String password,
            @RequestParam String again) {
        if (!password.equals(again)) {
            return page(400, csrf, token, "the two passwords differ");
        }
        try {
            resets.complete(Secret.of(token), Secret.of(password), request.getRemoteAddr());
        } catch (Refusal refusal) {
            return page(ApiProblems.status(refusal), csrf, token, refusal.sentence());
        }
        return pages.message(
                "Your new password is set", "Everything that was signed in before has been signed out. Sign in again.");
    }

    ResponseEntity<String> page(int status, CsrfToken csrf, String token, String alert) {
        return pages.answer(
                status,
                "reset",
                Map.of("csrf", csrf.getToken(), "alert", alert, "token", token, "passkeys", passkeys.possible()));
    }
}
