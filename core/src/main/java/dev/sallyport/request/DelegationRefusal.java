package dev.sallyport.request;

import dev.sallyport.base.Refusal;

/** Why a right to decide stays where it is. */
public enum DelegationRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "delegation.unknown"),
    INVALID(Refusal.Kind.INVALID, "delegation.invalid"),
    NOT_ACTIVE(Refusal.Kind.FORBIDDEN, "delegation.not-active"),
    TOO_MANY(Refusal.Kind.CONFLICT, "delegation.too-many"),
    ENDED(Refusal.Kind.CONFLICT, "delegation.ended-already");

    private final Refusal.Kind kind;
    private final String code;

    DelegationRefusal(Refusal.Kind kind, String code) {
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
