package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.page.Refusals;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What pages refuse is told as a page to browsers, and as a problem to everybody else. */
@RestControllerAdvice(
        assignableTypes = {
            SignInPages.class,
            DevicePages.class,
            ClientPages.class,
            SetUpPages.class,
            ResetPages.class,
            PasskeyPages.class,
            ProviderPages.class,
            DecisionPages.class
        })
@Order(-1)
final class PageRefusals {
    private final Refusals refusals;

    PageRefusals(Refusals refusals) {
        this.refusals = refusals;
    }

    @ExceptionHandler(Refusal.class)
    void tell(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        refusals.write(request, response, refusal);
    }
}
