package dev.sallyport.identity;

/**
 * Wraps what must not lie readable in the database, bound to the place where it lies; implemented by what holds the root
 * key.
 */
public interface Sealing {
    byte[] wrap(byte[] plain, String table, String id, String purpose);

    /** @throws IllegalStateException when the value was wrapped for another place or under another key */
    byte[] unwrap(byte[] wrapped, String table, String id, String purpose);
}
