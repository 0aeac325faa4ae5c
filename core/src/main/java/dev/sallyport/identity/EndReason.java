package dev.sallyport.identity;

/** Why a sign-in session ended before its time. */
public enum EndReason {
    SIGNED_OUT,
    REVOKED,
    TOKEN_REUSE,
    PASSWORD_CHANGED,
    DISABLED,
    QUARANTINED,
    IDENTITY_UNLINKED,
    FACTOR_RESET,
    FACTOR_REMOVED,
    /** A browser that was not used for a while. */
    IDLE
}
