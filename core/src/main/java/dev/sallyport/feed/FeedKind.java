package dev.sallyport.feed;

/** What an entry of the feed tells nodes and gateways. */
public enum FeedKind {
    /** A grant has ended; the subject is its id. */
    GRANT_ENDED,
    /** Certificates joined the key revocation list; the subject is empty, because there is one list for all hosts. */
    KRL,
    /** Everything issued to a person stops counting; the subject is their id and the new epoch, {@code per_…:3}. */
    EPOCH,
    /** A sign-in session ended; the subject is its id. */
    SESSION_ENDED
}
