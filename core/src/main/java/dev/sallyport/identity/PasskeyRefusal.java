package dev.sallyport.identity;

import dev.sallyport.base.Refusal;

/** What passkeys refuse. */
public enum PasskeyRefusal implements Refusal.Code {
    /** The same answer whatever was wrong, and for who may not sign in; the audit log says what it was. */
    REFUSED(Refusal.Kind.FORBIDDEN, "passkey.refused"),
    NO_HOST_NAME(Refusal.Kind.CONFLICT, "passkey.no-host-name"),
    PROVIDER_ONLY(Refusal.Kind.CONFLICT, "passkey.provider-only"),
    TOO_MANY(Refusal.Kind.CONFLICT, "passkey.too-many"),
    TAKEN(Refusal.Kind.CONFLICT, "passkey.registered-already"),
    UNKNOWN(Refusal.Kind.NOT_FOUND, "passkey.unknown"),
    /** Nobody locks themselves out. */
    LAST(Refusal.Kind.CONFLICT, "passkey.last"),
    /** A link alone makes no second factor beside one that its holder has not shown. */
    FACTOR_FIRST(Refusal.Kind.CONFLICT, "passkey.factor-first");

    private final Refusal.Kind kind;
    private final String code;

    PasskeyRefusal(Refusal.Kind kind, String code) {
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
