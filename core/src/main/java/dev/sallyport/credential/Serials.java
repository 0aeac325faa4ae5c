package dev.sallyport.credential;

import dev.sallyport.database.Rx;

/** Serial numbers of certificates: unique over all nodes, taken from the database in blocks. */
final class Serials {
    /** As the sequence's increment in the schema. */
    static final int BLOCK = 1000;

    private long next;
    private long end;

    synchronized long next(Rx rx) {
        if (next == end) {
            next = rx.count("select nextval('ssh_serial')");
            end = next + BLOCK;
        }
        return next++;
    }
}
