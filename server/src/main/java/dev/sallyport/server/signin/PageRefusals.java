package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.page.Pages;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
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
    private final Pages pages;
    private final ApiProblems problems;

    PageRefusals(Pages pages, ApiProblems problems) {
        this.pages = pages;
        this.problems = problems;
    }

    @ExceptionHandler(Refusal.class)
    void tell(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        String accepted = request.getHeader("Accept");
        if (accepted == null || !accepted.contains("text/html")) {
            problems.write(request, response, refusal);
            return;
        }
        ResponseEntity<String> page = pages.refusal(refusal);
        response.setStatus(page.getStatusCode().value());
        response.setContentType(String.valueOf(page.getHeaders().getContentType()));
        response.getOutputStream().write(String.valueOf(page.getBody()).getBytes(StandardCharsets.UTF_8));
    }
}
