package dev.sallyport.base;

/** The id of a target. */
public record TargetId(String value) implements Id {
    public static final String PREFIX = "tgt_";

    public TargetId {
        Ids.check(PREFIX, value);
    }

    public static TargetId next() {
        return new TargetId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
