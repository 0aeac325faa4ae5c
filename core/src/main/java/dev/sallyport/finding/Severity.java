package dev.sallyport.finding;

/** How soon somebody should look. */
public enum Severity {
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL
}
