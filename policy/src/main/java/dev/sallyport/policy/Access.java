package dev.sallyport.policy;

/** How a holder reaches the target: with a credential of their own, or only through a gateway that records. */
public enum Access {
    DIRECT,
    GATEWAY
}
