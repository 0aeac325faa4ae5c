package dev.sallyport.request;

import dev.sallyport.base.Refusal;

/** What requests refuse. */
public enum RequestRefusal implements Refusal.Code {
    INVALID(Refusal.Kind.INVALID, "request.invalid"),
    UNKNOWN(Refusal.Kind.NOT_FOUND, "request.unknown"),
    NOTHING_TO_ASK(Refusal.Kind.NOT_FOUND, "request.unknown-role-or-target"),
    SELF_APPROVAL(Refusal.Kind.FORBIDDEN, "request.self-approval"),
    DELEGATORS_OWN(Refusal.Kind.FORBIDDEN, "request.delegators-own"),
    NOT_APPROVER(Refusal.Kind.FORBIDDEN, "request.not-approver"),
    NOT_REQUESTER(Refusal.Kind.FORBIDDEN, "request.not-requester"),
    NOT_ACTIVE(Refusal.Kind.FORBIDDEN, "request.not-active"),
    NOT_PENDING(Refusal.Kind.CONFLICT, "request.not-pending"),
    ROLE_CHANGED(Refusal.Kind.CONFLICT, "request.role-changed"),
    EXPIRED(Refusal.Kind.CONFLICT, "request.expired"),
    ALREADY_DECIDED(Refusal.Kind.CONFLICT, "request.already-decided-by-you"),
    TOO_MANY_FAVOURITES(Refusal.Kind.CONFLICT, "favourite.too-many"),
    IDEMPOTENCY(Refusal.Kind.CONFLICT, "idempotency.mismatch");

    private final Refusal.Kind kind;
    private final String code;

    RequestRefusal(Refusal.Kind kind, String code) {
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
