package dev.sallyport.base;

/** The id of an item of a request: one role on one target. */
public record ItemId(String value) implements Id {
    public static final String PREFIX = "itm_";

    public ItemId {
        Ids.check(PREFIX, value);
    }

    public static ItemId next() {
        return new ItemId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
