package dev.sallyport.session;

import dev.sallyport.base.Refusal;

/** What sessions and gateways refuse. */
public enum SessionRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "session.unknown"),
    CLOSED(Refusal.Kind.CONFLICT, "session.closed"),
    NO_RECORDING(Refusal.Kind.NOT_FOUND, "recording.not-there"),
    REASON_REQUIRED(Refusal.Kind.INVALID, "session.reason-required"),
    OWN_SUPERVISION(Refusal.Kind.FORBIDDEN, "session.own-supervision"),
    BAD_EVIDENCE(Refusal.Kind.FORBIDDEN, "gateway.bad-evidence"),
    PERMIT_USED(Refusal.Kind.CONFLICT, "gateway.permit-used"),
    PERMIT_UNKNOWN(Refusal.Kind.NOT_FOUND, "gateway.permit-unknown"),
    GRANT_ENDED(Refusal.Kind.FORBIDDEN, "gateway.grant-ended"),
    NO_RECORDING_KEY(Refusal.Kind.UNAVAILABLE, "gateway.no-recording-key"),
    NO_SECRET(Refusal.Kind.UNAVAILABLE, "gateway.no-secret"),
    NOT_YOURS(Refusal.Kind.NOT_FOUND, "gateway.session-unknown"),
    NOT_ASKABLE(Refusal.Kind.FORBIDDEN, "gateway.not-askable"),
    LINK_UNKNOWN(Refusal.Kind.NOT_FOUND, "sign-in.link-unknown"),
    NO_GATEWAY(Refusal.Kind.UNAVAILABLE, "credential.no-gateway"),
    GATEWAY_UNKNOWN(Refusal.Kind.NOT_FOUND, "gateway.unknown"),
    GATEWAY_BUILT_IN(Refusal.Kind.CONFLICT, "gateway.built-in"),
    GATEWAY_WITHDRAWN(Refusal.Kind.FORBIDDEN, "gateway.withdrawn"),
    TOKEN_REFUSED(Refusal.Kind.INVALID, "gateway.token-refused");

    private final Refusal.Kind kind;
    private final String code;

    SessionRefusal(Refusal.Kind kind, String code) {
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
