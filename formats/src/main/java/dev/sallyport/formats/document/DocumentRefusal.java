package dev.sallyport.formats.document;

import dev.sallyport.base.Refusal;

/** Why a file is not read at all. The catalogue answers with the same codes. */
public enum DocumentRefusal implements Refusal.Code {
    INVALID(Refusal.Kind.INVALID, "catalog.invalid"),
    TOO_LARGE(Refusal.Kind.TOO_LARGE, "catalog.too-large");

    private final Refusal.Kind kind;
    private final String code;

    DocumentRefusal(Refusal.Kind kind, String code) {
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
