package dev.sallyport.base;

/** The id of a grant. */
public record GrantId(String value) implements Id {
    public static final String PREFIX = "grt_";

    public GrantId {
        Ids.check(PREFIX, value);
    }

    public static GrantId next() {
        return new GrantId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
