package dev.sallyport.spi.gateway;

import dev.sallyport.base.Id;
import dev.sallyport.base.Ids;

/** The id of a permit: the answer to one authorization, good for opening a session within a minute, once. */
public record PermitId(String value) implements Id {
    public static final String PREFIX = "pmt_";

    public PermitId {
        Ids.check(PREFIX, value);
    }

    public static PermitId next() {
        return new PermitId(Ids.next(PREFIX));
    }

    @Override
    public String toString() {
        return value;
    }
}
