package dev.sallyport.consulting;

import dev.sallyport.base.Refusal;

/** What is refused about decision services. */
public enum ConsultingRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "decision-service.unknown"),
    INVALID(Refusal.Kind.INVALID, "decision-service.invalid"),
    BUSY(Refusal.Kind.TOO_MANY, "decision-service.busy");

    private final Refusal.Kind kind;
    private final String code;

    ConsultingRefusal(Refusal.Kind kind, String code) {
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
