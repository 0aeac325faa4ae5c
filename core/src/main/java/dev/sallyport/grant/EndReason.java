package dev.sallyport.grant;

/** Why a grant ended. */
public enum EndReason {
    EXPIRED,
    RETURNED,
    REVOKED,
    QUARANTINED,
    POLICY,
    TARGET_GONE
}
