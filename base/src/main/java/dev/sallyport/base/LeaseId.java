package dev.sallyport.base;

/** The id of a lease. */
public record LeaseId(String value) implements Id {
    public static final String PREFIX = "lse_";

    public LeaseId {
        Ids.check(PREFIX, value);
    }

    public static LeaseId next() {
        return new LeaseId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
