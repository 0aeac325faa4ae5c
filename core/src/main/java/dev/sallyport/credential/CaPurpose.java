package dev.sallyport.credential;

/** What a signing key is for; keys of different purposes are never trusted in each other's place. */
public enum CaPurpose {
    /** Signs what people hold for gateways. */
    ACCESS,
    /** Signs what targets accept. */
    TARGET,
    /** Signs host keys. */
    HOST,
    /** Signs the key revocation list. */
    KRL
}
