package dev.sallyport.request;

/** The life of an item of a request; the transitions allowed stand in the schema. */
public enum ItemState {
    PENDING,
    APPROVED,
    DENIED,
    EXPIRED,
    WITHDRAWN
}
