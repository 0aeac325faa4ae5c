package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Tx;

/**
 * Stands around a change of a person's groups or attributes that is not made through the catalogue, so that what rested
 * on them ends in the same transaction. Implemented by the feature that knows who is eligible for what.
 */
@FunctionalInterface
public interface FactsWatch {
    /** Runs the change; afterwards what the person held and is no longer eligible for is ending. */
    void during(Tx tx, PersonId person, Runnable change);
}
