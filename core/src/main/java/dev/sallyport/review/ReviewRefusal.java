package dev.sallyport.review;

import dev.sallyport.base.Refusal;

/** Why a review stays open. */
public enum ReviewRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "review.unknown"),
    DONE(Refusal.Kind.CONFLICT, "review.done-already"),
    OWN(Refusal.Kind.FORBIDDEN, "review.own");

    private final Refusal.Kind kind;
    private final String code;

    ReviewRefusal(Refusal.Kind kind, String code) {
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
