package dev.sallyport.base;

/** The id of a session: one use of a grant through a gateway. */
public record SessionId(String value) implements Id {
    public static final String PREFIX = "ssn_";

    public SessionId {
        Ids.check(PREFIX, value);
    }

    public static SessionId next() {
        return new SessionId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
