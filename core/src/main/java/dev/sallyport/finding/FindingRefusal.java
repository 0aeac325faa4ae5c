package dev.sallyport.finding;

import dev.sallyport.base.Refusal;

/** Why something about findings is refused. */
public enum FindingRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "finding.unknown");

    private final Refusal.Kind kind;
    private final String code;

    FindingRefusal(Refusal.Kind kind, String code) {
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
