package dev.sallyport.server.page;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.ApiProblems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/** What was refused, as whoever asked can read it: a page in a browser, a problem for programs. */
public final class Refusals {
    private final Pages pages;
    private final ApiProblems problems;

    public Refusals(Pages pages, ApiProblems problems) {
        this.pages = pages;
        this.problems = problems;
    }

    /** Whether somebody sees the answer in a browser; a call of the API is a program's, whatever it says that it takes. */
    public static boolean inBrowser(HttpServletRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT);
        return accepted != null
                && accepted.contains("text/html")
                && !request.getRequestURI().startsWith("/api/");
    }

    public void write(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        if (!inBrowser(request)) {
            problems.write(request, response, refusal);
            return;
        }
        if (response.isCommitted()) {
            return;
        }
        if (refusal.kind() == Refusal.Kind.UNAVAILABLE || refusal.kind() == Refusal.Kind.TOO_MANY) {
            response.setHeader(HttpHeaders.RETRY_AFTER, ApiProblems.RETRY_AFTER);
        }
        write(response, pages.refusal(refusal));
    }

    /** Also where no chain of filters has seen the request, which would have said the same of what a page may do. */
    private static void write(HttpServletResponse response, ResponseEntity<String> page) throws IOException {
        response.setStatus(page.getStatusCode().value());
        response.setContentType(String.valueOf(page.getHeaders().getContentType()));
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("Content-Security-Policy", Policies.PAGES);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.getOutputStream().write(String.valueOf(page.getBody()).getBytes(StandardCharsets.UTF_8));
    }
}
