package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Refusal;

/** What the gateway itself refuses. */
enum GatewayRefusal implements Refusal.Code {
    HOST_KEY(Refusal.Kind.FORBIDDEN, "gateway.host-key"),
    TARGET_AWAY(Refusal.Kind.UNAVAILABLE, "gateway.target-away"),
    TARGET_REFUSES(Refusal.Kind.FORBIDDEN, "gateway.target-refuses"),
    NOT_RECORDED(Refusal.Kind.UNAVAILABLE, "gateway.not-recorded"),
    NOT_NOTED(Refusal.Kind.UNAVAILABLE, "gateway.not-noted"),
    DEAF(Refusal.Kind.UNAVAILABLE, "gateway.deaf"),
    DRAINING(Refusal.Kind.UNAVAILABLE, "gateway.draining"),
    FULL(Refusal.Kind.TOO_MANY, "gateway.full"),
    ENDED(Refusal.Kind.FORBIDDEN, "gateway.grant-ended");

    private final Refusal.Kind kind;
    private final String code;

    GatewayRefusal(Refusal.Kind kind, String code) {
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
