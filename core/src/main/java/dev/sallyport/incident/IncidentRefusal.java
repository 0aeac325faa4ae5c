package dev.sallyport.incident;

import dev.sallyport.base.Refusal;

/** What incidents refuse. */
public enum IncidentRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "incident.unknown"),
    INVALID(Refusal.Kind.INVALID, "incident.invalid"),
    CLOSED(Refusal.Kind.CONFLICT, "incident.closed-already"),
    CONFIRMED(Refusal.Kind.CONFLICT, "incident.confirmed-already"),
    OWN(Refusal.Kind.FORBIDDEN, "incident.own"),
    SELF(Refusal.Kind.FORBIDDEN, "incident.self"),
    TOO_MANY(Refusal.Kind.TOO_MANY, "incident.too-many"),
    UNPROVEN(Refusal.Kind.UNAUTHENTICATED, "incident.unproven"),
    TOO_OLD(Refusal.Kind.INVALID, "incident.too-old");

    private final Refusal.Kind kind;
    private final String code;

    IncidentRefusal(Refusal.Kind kind, String code) {
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
