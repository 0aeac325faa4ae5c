package dev.sallyport.grant;

/** The life of a lease; one found issuing after a crash is closed. */
public enum LeaseState {
    ISSUING,
    ISSUED,
    CLOSING,
    CLOSED
}
