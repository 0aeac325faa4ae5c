package dev.sallyport.base;

/** The id of an identity: one login of a person. */
public record IdentityId(String value) implements Id {
    public static final String PREFIX = "idn_";

    public IdentityId {
        Ids.check(PREFIX, value);
    }

    public static IdentityId next() {
        return new IdentityId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
