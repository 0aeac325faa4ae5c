package dev.sallyport.spi;

/** How fast a lease can be ended before its time. */
public enum Cut {
    /** At once: through a gateway, an account, a binding. */
    INSTANT,
    /** When the target has fetched what it must refuse (an SSH key revocation list). */
    POLL,
    /** Not at all: it lives until it expires. */
    EXPIRY
}
