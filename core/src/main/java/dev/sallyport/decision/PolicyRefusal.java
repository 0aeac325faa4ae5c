package dev.sallyport.decision;

import dev.sallyport.base.Refusal;

/** Why the policies stay as they are. */
public enum PolicyRefusal implements Refusal.Code {
    UNSOUND(Refusal.Kind.INVALID, "policy.unsound"),
    UNKNOWN(Refusal.Kind.NOT_FOUND, "policy.unknown"),
    NOTHING_TO_CHANGE(Refusal.Kind.CONFLICT, "policy.nothing-to-change"),
    LOCKS_OUT(Refusal.Kind.CONFLICT, "policy.locks-out"),
    CANNOT_BE_KEPT(Refusal.Kind.CONFLICT, "policy.cannot-be-kept"),
    BUSY(Refusal.Kind.TOO_MANY, "policy.busy");

    private final Refusal.Kind kind;
    private final String code;

    PolicyRefusal(Refusal.Kind kind, String code) {
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
