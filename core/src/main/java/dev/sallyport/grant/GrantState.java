package dev.sallyport.grant;

/** The life of a grant; the transitions allowed stand in the schema. */
public enum GrantState {
    SCHEDULED,
    ACTIVE,
    ENDING,
    ENDED
}
