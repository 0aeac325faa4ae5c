package dev.sallyport.audit;

/** How it went: done, not allowed, or tried and failed. */
public enum Outcome {
    SUCCESS,
    REFUSED,
    FAILURE
}
