package dev.sallyport.server;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers for what the container or the firewall has turned down before a handler saw it. */
@RestController
final class ErrorPages {
    @RequestMapping("/error")
    ResponseEntity<Problem> error(HttpServletRequest request) {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int code = status instanceof Integer number ? number : 404;
        Problem problem = code >= 500
                ? Problem.of(code, "internal error", "internal.error", "internal error", null)
                : Problem.of(
                        code,
                        "invalid",
                        code == 404 ? "input.unknown-path" : "input.malformed",
                        code == 404 ? "there is nothing here" : "the request was turned down",
                        null);
        return ResponseEntity.status(code)
                .contentType(MediaType.parseMediaType(Problem.MEDIA_TYPE))
                .body(problem);
    }
}
