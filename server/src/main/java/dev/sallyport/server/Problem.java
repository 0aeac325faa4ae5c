package dev.sallyport.server;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error as clients see it (RFC 9457); every text is safe to print. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String code,
        String detail,
        @Nullable String hint,
        @Nullable String id,
        @JsonAnyGetter Map<String, Object> extensions) {
    /** The media type of the RFC. */
    public static final String MEDIA_TYPE = "application/problem+json";

    public Problem {
        detail = Text.printable(detail);
        hint = hint == null ? null : Text.printable(hint);
        extensions = Map.copyOf(extensions);
    }

    public static Problem of(Refusal refusal) {
        Problem problem = of(refusal.kind(), refusal.code(), refusal.sentence(), refusal.hint());
        return new Problem(
                problem.type,
                problem.title,
                problem.status,
                problem.code,
                problem.detail,
                problem.hint,
                null,
                refusal.details());
    }

    static Problem of(Refusal.Kind kind, String code, String detail, @Nullable String hint) {
        return of(status(kind), title(kind), code, detail, hint);
    }

    static Problem of(int status, String title, String code, String detail, @Nullable String hint) {
        return new Problem("about:blank", title, status, code, detail, hint, null, Map.of());
    }

    static Problem fault(String id) {
        return new Problem(
                "about:blank",
                "internal error",
                500,
                "internal.error",
                "internal error; the server's log tells more under " + id,
                null,
                id,
                Map.of());
    }

    /** The same with one more member. */
    public Problem with(String name, Object value) {
        return new Problem(type, title, status, code, detail, hint, id, Map.of(name, value));
    }

    static int status(Refusal.Kind kind) {
        return switch (kind) {
            case INVALID -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case STALE -> 412;
            case TOO_LARGE -> 413;
            case TOO_MANY -> 429;
            case UNAVAILABLE -> 503;
        };
    }

    private static String title(Refusal.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
