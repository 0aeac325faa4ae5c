package dev.sallyport.spi;

import java.time.Instant;
import java.util.List;

/**
 * One kind of lease at one kind of target. Calls are idempotent, because they are repeated after a crash, and closing is
 * never skipped: it is asked for until it has answered {@link Closing.Closed}.
 */
public interface Leases {
    /** The name leases of this kind carry, such as {@code ssh-certificate}. */
    String kind();

    /**
     * Removes every trace of the lease at the target; closing one that is already gone succeeds.
     *
     * @param now the time to judge by
     * @throws TargetException when the target could not be reached or refused; it is tried again later
     */
    Closing close(LeaseSpec lease, Instant now) throws TargetException;

    /**
     * As {@link #close} for each of these, in their order; a kind that can ask for many at once does. One that cannot be
     * closed does not hold up the others: what {@code close} throws is an {@link Closing.Unconfirmed}.
     */
    default List<Closing> closeAll(List<LeaseSpec> leases, Instant now) {
        return leases.stream().map(lease -> closeOne(lease, now)).toList();
    }

    private Closing closeOne(LeaseSpec lease, Instant now) {
        try {
            return close(lease, now);
        } catch (TargetException e) {
            return new Closing.Unconfirmed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            System.getLogger(Leases.class.getName())
                    .log(System.Logger.Level.WARNING, "lease " + lease.id() + " could not be closed", e);
            return new Closing.Unconfirmed("internal error");
        }
    }

    /** How far closing has come. */
    sealed interface Closing {
        /** The target has confirmed it, or it cannot work any more by itself; {@code how} says which. */
        record Closed(String how) implements Closing {}

        /** The target has not confirmed yet; {@code why} names what is missing. */
        record Unconfirmed(String why) implements Closing {}
    }
}
