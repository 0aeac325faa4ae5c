package dev.sallyport.base;

/** The id of a person: a human or a workload, who may have several logins. */
public record PersonId(String value) implements Id {
    public static final String PREFIX = "per_";

    public PersonId {
        Ids.check(PREFIX, value);
    }

    public static PersonId next() {
        return new PersonId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
