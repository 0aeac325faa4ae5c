package dev.sallyport.breakglass;

import dev.sallyport.base.Refusal;

/** What kits and their reconciliation refuse. */
public enum BreakglassRefusal implements Refusal.Code {
    UNKNOWN_KIT(Refusal.Kind.NOT_FOUND, "breakglass.unknown-kit"),
    KIT_EXISTS(Refusal.Kind.CONFLICT, "breakglass.kit-exists"),
    NOT_PROPOSED(Refusal.Kind.CONFLICT, "breakglass.not-proposed"),
    KIT_ENDED(Refusal.Kind.CONFLICT, "breakglass.kit-ended"),
    OTHER_FINGERPRINT(Refusal.Kind.CONFLICT, "breakglass.other-fingerprint"),
    SECOND_PERSON(Refusal.Kind.FORBIDDEN, "breakglass.second-person"),
    NO_PERSON(Refusal.Kind.FORBIDDEN, "breakglass.no-person"),
    OTHER_RECORD(Refusal.Kind.CONFLICT, "breakglass.other-record"),
    NOTHING_TO_ROTATE(Refusal.Kind.NOT_FOUND, "breakglass.nothing-to-rotate");

    private final Refusal.Kind kind;
    private final String code;

    BreakglassRefusal(Refusal.Kind kind, String code) {
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
