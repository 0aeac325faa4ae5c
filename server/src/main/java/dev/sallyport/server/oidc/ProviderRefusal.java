package dev.sallyport.server.oidc;

import dev.sallyport.base.Refusal;

/** Why a sign-in through a provider goes no further. */
public enum ProviderRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "provider.unknown"),
    /** The provider does not answer, or not in time, or far too much. */
    DOWN(Refusal.Kind.UNAVAILABLE, "provider.unavailable"),
    /** What the provider says of itself, or our settings for it, cannot be right. */
    UNSOUND(Refusal.Kind.UNAVAILABLE, "provider.unsound"),
    /** Nobody was sent to the provider from this browser, or they have come back already. */
    NOT_AWAITED(Refusal.Kind.INVALID, "sign-in.not-awaited"),
    /** The provider itself said no. */
    TURNED_DOWN(Refusal.Kind.FORBIDDEN, "sign-in.provider-refused"),
    /** The provider's answer does not prove who this is. */
    NOT_PROVEN(Refusal.Kind.FORBIDDEN, "sign-in.not-proven");

    private final Refusal.Kind kind;
    private final String code;

    ProviderRefusal(Refusal.Kind kind, String code) {
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
