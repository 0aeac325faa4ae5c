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
        return ResponseEntity.status(code)
                .contentType(MediaType.parseMediaType(Problem.MEDIA_TYPE))
                .body(problem(code));
    }

    /** What can be said of a status alone. */
    static Problem problem(int status) {
        return switch (status) {
            case 404 -> invalid(status, "input.unknown-path", "there is nothing here");
            case 405, 501 -> invalid(status, "input.method", "this method is not known here");
            case 413, 414, 431 -> invalid(status, "input.too-large", "the request or its head is too large");
            case 505 -> invalid(status, "input.malformed", "this version of HTTP is not spoken here");
            default ->
                status < 500
                        ? invalid(status, "input.malformed", "the request was turned down")
                        : Problem.of(status, "internal error", "internal.error", "internal error", null);
        };
    }

    private static Problem invalid(int status, String code, String detail) {
        return Problem.of(status, "invalid", code, detail, null);
    }
}
