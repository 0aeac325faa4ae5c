package dev.sallyport.base;

/** The id of a request. */
public record RequestId(String value) implements Id {
    public static final String PREFIX = "req_";

    public RequestId {
        Ids.check(PREFIX, value);
    }

    public static RequestId next() {
        return new RequestId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
