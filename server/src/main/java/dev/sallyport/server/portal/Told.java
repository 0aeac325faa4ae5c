package dev.sallyport.server.portal;

import dev.sallyport.base.Refusal;

/**
 * What the API told as a problem (RFC 9457) rather than by refusing, told on.
 *
 * @param code as the API said it
 */
record Told(Refusal.Kind kind, String code) implements Refusal.Code {
    /** The problem, with its details. */
    static Refusal of(int status, Doc problem) {
        var told = new Told(kind(status), problem.text("code"));
        Refusal refusal = problem.has("hint")
                ? told.because(problem.text("detail"), problem.text("hint"))
                : told.because(problem.text("detail"));
        return problem.has("errors")
                ? refusal.with(
                        "errors",
                        problem.texts(
                                "errors",
                                error -> "line " + error.text("line") + ", column " + error.text("column") + ": "
                                        + error.text("message")))
                : refusal;
    }

    private static Refusal.Kind kind(int status) {
        return switch (status) {
            case 401 -> Refusal.Kind.UNAUTHENTICATED;
            case 403 -> Refusal.Kind.FORBIDDEN;
            case 404 -> Refusal.Kind.NOT_FOUND;
            case 409 -> Refusal.Kind.CONFLICT;
            case 412, 428 -> Refusal.Kind.STALE;
            case 413 -> Refusal.Kind.TOO_LARGE;
            case 429 -> Refusal.Kind.TOO_MANY;
            default -> status < 500 ? Refusal.Kind.INVALID : Refusal.Kind.UNAVAILABLE;
        };
    }
}
