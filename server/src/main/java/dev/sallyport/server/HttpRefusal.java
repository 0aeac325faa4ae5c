package dev.sallyport.server;

import dev.sallyport.base.Refusal;

/** What is wrong with a request before any feature has seen it. */
public enum HttpRefusal implements Refusal.Code {
    MALFORMED(Refusal.Kind.INVALID, "input.malformed"),
    UNKNOWN_FIELD(Refusal.Kind.INVALID, "input.unknown-field"),
    TOO_LARGE(Refusal.Kind.TOO_LARGE, "input.too-large"),
    UNKNOWN_PATH(Refusal.Kind.NOT_FOUND, "input.unknown-path"),
    METHOD(Refusal.Kind.INVALID, "input.method"),
    RATE(Refusal.Kind.TOO_MANY, "rate.limited"),
    FORGED(Refusal.Kind.FORBIDDEN, "auth.form-expired");

    private final Refusal.Kind kind;
    private final String code;

    HttpRefusal(Refusal.Kind kind, String code) {
        this.kind = kind;
        this.code = code;
    }

    @Override
    public Refusal.Kind kind() {
        return kind;
    }

    @Override
    public String code() {
        return code;
    }
}
