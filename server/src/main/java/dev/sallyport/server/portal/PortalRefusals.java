package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;
import dev.sallyport.server.ApiProblems;
import dev.sallyport.server.page.Pages;
import dev.sallyport.server.page.Refusals;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What is refused on a page of the portal is told as a page; to its scripts, as a problem. */
@RestControllerAdvice(basePackageClasses = PortalRefusals.class)
@Order(-2)
final class PortalRefusals {
    private final ApiProblems problems;
    private final Pages pages;

    PortalRefusals(ApiProblems problems, Pages pages) {
        this.problems = problems;
        this.pages = pages;
    }

    @ExceptionHandler(Refusal.class)
    void tell(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        if (!Refusals.inBrowser(request)) {
            problems.write(request, response, refusal);
            return;
        }
        if (refusal.kind() == Refusal.Kind.UNAVAILABLE) {
            response.setHeader("Retry-After", ApiProblems.RETRY_AFTER);
        }
        Visit.write(response, page(request, refusal));
    }

    /** In the frame of the portal; alone where nobody has come in, or nothing can be asked now. */
    private ResponseEntity<String> page(HttpServletRequest request, Refusal refusal) {
        if (refusal.kind() != Refusal.Kind.UNAVAILABLE
                && request.getAttribute(Visit.ATTRIBUTE) instanceof Visit visit) {
            try {
                List<Form> again = Resent.of(visit, refusal).stream().toList();
                String hint = Objects.requireNonNullElse(refusal.hint(), "");
                List<Cell> pages = Hints.page(hint).stream().toList();
                boolean helps = !Hints.isCommand(hint) || pages.isEmpty() && again.isEmpty();
                return visit.show(
                        ApiProblems.status(refusal),
                        "refusal",
                        Map.of(
                                "sentence",
                                refusal.sentence(),
                                "hint",
                                helps ? hint : "",
                                "pages",
                                pages,
                                "code",
                                refusal.code(),
                                "sent",
                                visit.isSent(),
                                "again",
                                again));
            } catch (Refusal _) {
                return pages.refusal(refusal);
            }
        }
        return pages.refusal(refusal);
    }
}
