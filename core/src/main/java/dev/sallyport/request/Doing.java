package dev.sallyport.request;

/** What somebody may do with a request now. */
public enum Doing {
    /** Give their yes to an item, or that of somebody who lent them the right. */
    APPROVE,
    /** Give their no. */
    DENY,
    /** Take back what they asked for and what still waits. */
    WITHDRAW
}
