package dev.sallyport.identity;

import dev.sallyport.base.Refusal;

/** What second factors refuse. */
public enum FactorRefusal implements Refusal.Code {
    /** The same answer for a wrong code, one that was used, and one of another time. */
    WRONG(Refusal.Kind.FORBIDDEN, "factor.wrong-code"),
    THROTTLED(Refusal.Kind.TOO_MANY, "factor.throttled"),
    NONE(Refusal.Kind.CONFLICT, "factor.none"),
    NOT_OFFERED(Refusal.Kind.CONFLICT, "factor.not-offered"),
    /** Somebody has an authenticator already, and only who holds it may replace it. */
    CODE_NEEDED(Refusal.Kind.FORBIDDEN, "factor.code-needed"),
    NO_PASSWORD(Refusal.Kind.CONFLICT, "factor.no-password"),
    /** A code is for a first second factor, and there is one. */
    PRESENT(Refusal.Kind.CONFLICT, "factor.present"),
    CODE_FOR_ONESELF(Refusal.Kind.CONFLICT, "factor.code-for-oneself"),
    /** A password alone enrols nothing. */
    ENROLMENT_CODE_WANTED(Refusal.Kind.FORBIDDEN, "factor.enrolment-code-wanted"),
    RESET_OWN(Refusal.Kind.CONFLICT, "factor.reset-own"),
    /** The password was right, but the second step came too late or for nothing that waits. */
    HALF_GONE(Refusal.Kind.UNAUTHENTICATED, "sign-in.start-again"),
    /** Signed in too long ago for this (RFC 9470). */
    SIGN_IN_TOO_OLD(Refusal.Kind.UNAUTHENTICATED, "auth.sign-in-too-old"),
    /** A second factor must be shown first, or anew (RFC 9470). */
    STEP_UP_REQUIRED(Refusal.Kind.UNAUTHENTICATED, "auth.step-up-required"),
    /** The same answer for a proof that is unknown, used, too old, somebody else's, or for something else. */
    STEP_UP_INVALID(Refusal.Kind.FORBIDDEN, "auth.step-up-invalid");

    private final Refusal.Kind kind;
    private final String code;

    FactorRefusal(Refusal.Kind kind, String code) {
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
