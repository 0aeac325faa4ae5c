package dev.sallyport.base;

/** The id of a role. */
public record RoleId(String value) implements Id {
    public static final String PREFIX = "rol_";

    public RoleId {
        Ids.check(PREFIX, value);
    }

    public static RoleId next() {
        return new RoleId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
