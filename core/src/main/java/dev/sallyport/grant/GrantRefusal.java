package dev.sallyport.grant;

import dev.sallyport.base.Refusal;

/** What grants refuse. */
public enum GrantRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "grant.unknown"),
    UNKNOWN_TARGET(Refusal.Kind.NOT_FOUND, "target.unknown"),
    UNKNOWN_ROLE(Refusal.Kind.NOT_FOUND, "role.unknown"),
    UNKNOWN_INCIDENT(Refusal.Kind.NOT_FOUND, "incident.unknown"),
    ENDED(Refusal.Kind.CONFLICT, "grant.ended"),
    NOT_ACTIVE(Refusal.Kind.FORBIDDEN, "grant.person-not-active"),
    NO_GRANT(Refusal.Kind.FORBIDDEN, "credential.no-grant"),
    WRONG_LOGIN(Refusal.Kind.FORBIDDEN, "credential.wrong-login"),
    GATEWAY_ONLY(Refusal.Kind.FORBIDDEN, "credential.gateway-only"),
    NOT_SSH(Refusal.Kind.INVALID, "credential.not-ssh");

    private final Refusal.Kind kind;
    private final String code;

    GrantRefusal(Refusal.Kind kind, String code) {
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
