package dev.sallyport.decision;

/** What a set does: it decides, or only says what it would have decided. */
public enum PolicyStage {
    SHADOW,
    ENFORCED
}
