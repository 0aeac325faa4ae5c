package dev.sallyport.server;

import dev.sallyport.base.Ids;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import dev.sallyport.identity.SecondFactor;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one place where what went wrong becomes HTTP. A refusal is told as it is; everything else is a fault: logged once,
 * with its trace, under an id that the caller gets instead.
 */
@RestControllerAdvice
@Order(0)
public final class ApiProblems {
    /** What a client that was told to wait should wait, in seconds. */
    public static final String RETRY_AFTER = "2";

    private static final Logger LOG = Logger.getLogger(ApiProblems.class.getName());
    private static final MediaType PROBLEM = MediaType.parseMediaType(Problem.MEDIA_TYPE);

    private final JsonMapper json;

    public ApiProblems(JsonMapper json) {
        this.json = json;
    }

    @ExceptionHandler(Refusal.class)
    ResponseEntity<Problem> refusal(Refusal refusal) {
        return answer(Problem.of(refusal));
    }

    /** Thrown again, it stays unhandled and reaches the container. */
    @SuppressWarnings("DoNotCallSuggester") // the framework calls it
    @ExceptionHandler(AnswerBrokenOff.class)
    void brokenOff(AnswerBrokenOff broken) {
        throw broken;
    }

    @ExceptionHandler(HttpMessageNotReadableException.class)
    ResponseEntity<Problem> unreadable(HttpMessageNotReadableException e) {
        // the parser wraps what reading threw, such as a body that is too large
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return answer(Problem.of(refusal));
            }
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnrecognizedPropertyException unknown) {
                return answer(Problem.of(HttpRefusal.UNKNOWN_FIELD.because("unknown field "
                        + Text.quoted(unknown.getPropertyName()) + at(unknown) + " (allowed: "
                        + unknown.getKnownPropertyIds() + ")")));
            }
            if (cause instanceof JacksonException malformed) {
                return answer(Problem.of(HttpRefusal.MALFORMED.because(
                        "the body is not the JSON expected here" + path(malformed) + at(malformed))));
            }
        }
        return answer(Problem.of(HttpRefusal.MALFORMED.because("a body in JSON is expected here")));
    }

    @ExceptionHandler(HttpMediaTypeNotSupportedException.class)
    ResponseEntity<Problem> mediaType(HttpMediaTypeNotSupportedException e) {
        return answer(Problem.of(
                415,
                "unsupported media type",
                "input.media-type",
                "Content-Type: " + Text.quoted(String.valueOf(e.getContentType())) + " (expected: application/json)",
                null));
    }

    /** Changing without saying what one saw loses somebody else's change (RFC 6585). */
    @ExceptionHandler(MissingRequestHeaderException.class)
    ResponseEntity<Problem> header(MissingRequestHeaderException e) {
        boolean ifMatch = e.getHeaderName().equals(HttpHeaders.IF_MATCH);
        return answer(Problem.of(
                ifMatch ? 428 : 400,
                ifMatch ? "precondition required" : "invalid",
                ifMatch ? "input.if-match-required" : "input.malformed",
                e.getHeaderName() + ": missing (expected: "
                        + (ifMatch ? "the ETag of the version you saw)" : "this header)"),
                null));
    }

    @ExceptionHandler(HttpRequestMethodNotSupportedException.class)
    ResponseEntity<Problem> method(HttpRequestMethodNotSupportedException e) {
        return ResponseEntity.status(405)
                .contentType(PROBLEM)
                .headers(headers -> {
                    if (e.getSupportedHttpMethods() != null) {
                        headers.setAllow(e.getSupportedHttpMethods());
                    }
                })
                .body(Problem.of(
                        405,
                        "method not allowed",
                        "input.method",
                        "method: " + Text.quoted(e.getMethod()) + " (allowed here: " + e.getSupportedHttpMethods()
                                + ")",
                        null));
    }

    @ExceptionHandler({NoResourceFoundException.class, NoHandlerFoundException.class})
    ResponseEntity<Problem> unknownPath() {
        return answer(Problem.of(HttpRefusal.UNKNOWN_PATH.because("there is nothing here")));
    }

    @ExceptionHandler(MethodArgumentTypeMismatchException.class)
    ResponseEntity<Problem> parameter(MethodArgumentTypeMismatchException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return answer(Problem.of(refusal));
            }
        }
        return answer(Problem.of(HttpRefusal.MALFORMED.because(
                e.getName() + ": " + Text.quoted(String.valueOf(e.getValue())) + " (expected: another form)")));
    }

    @ExceptionHandler(Throwable.class)
    ResponseEntity<Problem> fault(Throwable fault, HttpServletRequest request) {
        if (fault instanceof ErrorResponse response && response.getStatusCode().is4xxClientError()) {
            String detail = response.getBody().getDetail();
            return ResponseEntity.status(response.getStatusCode())
                    .contentType(PROBLEM)
                    .body(Problem.of(
                            response.getStatusCode().value(),
                            "invalid",
                            "input.malformed",
                            detail == null ? "the request is malformed" : detail,
                            null));
        }
        return answer(logged(fault, request));
    }

    /** The HTTP status of a refusal. */
    public static int status(Refusal refusal) {
        return Problem.of(refusal).status();
    }

    /** For filters, which run before any handler. */
    public void write(HttpServletRequest request, HttpServletResponse response, Throwable thrown) throws IOException {
        Problem problem = thrown instanceof Refusal refusal ? Problem.of(refusal) : logged(thrown, request);
        if (response.isCommitted()) {
            return;
        }
        response.setStatus(problem.status());
        headers(problem).forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        response.setContentType(Problem.MEDIA_TYPE);
        response.getOutputStream().write(json.writeValueAsBytes(problem));
    }

    private static Problem logged(Throwable fault, HttpServletRequest request) {
        String id = Ids.next("err_");
        LOG.log(
                Level.SEVERE,
                fault,
                () -> "fault id=" + id + " method=" + request.getMethod() + " path="
                        + Text.quoted(request.getRequestURI()));
        return Problem.fault(id);
    }

    private static ResponseEntity<Problem> answer(Problem problem) {
        return ResponseEntity.status(problem.status())
                .contentType(PROBLEM)
                .headers(headers -> headers.putAll(headers(problem)))
                .body(problem);
    }

    private static HttpHeaders headers(Problem problem) {
        var headers = new HttpHeaders();
        switch (problem.status()) {
            case 401 -> {
                headers.add(HttpHeaders.WWW_AUTHENTICATE, "DPoP" + error(problem) + " algs=\"ES256\"");
            }
            case 429, 503 -> headers.add(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
            default -> {}
        }
        return headers;
    }

    /** What is wrong with who calls: nobody, a token that does not count, or too little shown too long ago (RFC 9470). */
    private static String error(Problem problem) {
        if (problem.extensions().get(SecondFactor.MAX_AGE) instanceof Number seconds) {
            Object wanted = problem.extensions().get(SecondFactor.ACR_VALUES);
            return " error=\"insufficient_user_authentication\","
                    + (wanted instanceof String acr ? " acr_values=\"" + acr + "\"," : "") + " max_age=\"" + seconds
                    + "\",";
        }
        return problem.code().equals("auth.required") ? "" : " error=\"invalid_token\",";
    }

    private static String path(JacksonException malformed) {
        String path = malformed.getPathReference();
        return path == null || path.isEmpty() ? "" : ", at " + Text.quoted(path.replaceAll("[a-zA-Z0-9_.$]*\\[", "["));
    }

    private static String at(JacksonException malformed) {
        TokenStreamLocation location = malformed.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : ", line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
