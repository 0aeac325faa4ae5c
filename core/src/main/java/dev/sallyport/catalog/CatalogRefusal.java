package dev.sallyport.catalog;

import dev.sallyport.base.Refusal;
import dev.sallyport.formats.document.DocumentError;
import java.util.List;
import java.util.stream.Collectors;

/** Why the catalogue stays as it is. */
public enum CatalogRefusal implements Refusal.Code {
    INVALID(Refusal.Kind.INVALID, "catalog.invalid"),
    TOO_LARGE(Refusal.Kind.TOO_LARGE, "catalog.too-large"),
    NOT_FOUND(Refusal.Kind.NOT_FOUND, "catalog.not-found"),
    EXISTS(Refusal.Kind.CONFLICT, "catalog.exists"),
    IN_USE(Refusal.Kind.CONFLICT, "catalog.in-use"),
    MANAGED_ELSEWHERE(Refusal.Kind.CONFLICT, "catalog.managed-elsewhere"),
    BUILT_IN(Refusal.Kind.CONFLICT, "catalog.built-in"),
    STALE(Refusal.Kind.STALE, "catalog.stale");

    /** The most errors that one sentence tells. */
    private static final int TOLD = 5;

    private final Refusal.Kind kind;
    private final String code;

    CatalogRefusal(Refusal.Kind kind, String code) {
        this.kind = kind;
        this.code = code;
    }

    /** One sentence of what is wrong with a single document. */
    static Refusal invalid(List<DocumentError> errors) {
        return INVALID.because(told(errors));
    }

    static String told(List<DocumentError> errors) {
        String told = errors.stream().limit(TOLD).map(DocumentError::message).collect(Collectors.joining("; "));
        return errors.size() > TOLD ? told + "; and " + (errors.size() - TOLD) + " more" : told;
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
