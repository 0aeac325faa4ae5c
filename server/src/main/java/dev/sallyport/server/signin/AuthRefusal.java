package dev.sallyport.server.signin;

import dev.sallyport.base.Refusal;

/** Why a call is not accepted as anybody's. */
public enum AuthRefusal implements Refusal.Code {
    REQUIRED(Refusal.Kind.UNAUTHENTICATED, "auth.required"),
    TOKEN_EXPIRED(Refusal.Kind.UNAUTHENTICATED, "auth.token-expired"),
    TOKEN_INVALID(Refusal.Kind.UNAUTHENTICATED, "auth.token-invalid"),
    SESSION_ENDED(Refusal.Kind.UNAUTHENTICATED, "auth.session-ended"),
    PROOF_REQUIRED(Refusal.Kind.UNAUTHENTICATED, "auth.dpop-required"),
    PROOF_INVALID(Refusal.Kind.UNAUTHENTICATED, "auth.dpop-invalid"),
    MISSING_RIGHT(Refusal.Kind.FORBIDDEN, "auth.missing-right");

    private final Refusal.Kind kind;
    private final String code;

    AuthRefusal(Refusal.Kind kind, String code) {
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
