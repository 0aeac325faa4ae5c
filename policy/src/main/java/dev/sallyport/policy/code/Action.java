package dev.sallyport.policy.code;

/** What is to be decided: to gain something, to keep it for longer, or whether what runs may go on. */
public enum Action {
    REQUEST,
    EXTEND,
    HOLD
}
