package dev.sallyport.credential;

import dev.sallyport.base.Refusal;

/** Why a signing key is not rotated. */
public enum CaRefusal implements Refusal.Code {
    NEXT_EXISTS(Refusal.Kind.CONFLICT, "ca-key.next-exists"),
    NO_NEXT(Refusal.Kind.CONFLICT, "ca-key.no-next"),
    HOSTS_LACK(Refusal.Kind.CONFLICT, "ca-key.hosts-lack"),
    TOO_EARLY(Refusal.Kind.CONFLICT, "ca-key.too-early");

    private final Refusal.Kind kind;
    private final String code;

    CaRefusal(Refusal.Kind kind, String code) {
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
