package dev.sallyport.decision;

import dev.sallyport.database.Tx;

/** Told inside the transaction in which other rules begin to decide. Implemented by the feature that holds the grants. */
@FunctionalInterface
public interface PolicyChanged {
    /** Everything that runs must be judged again. */
    void policyChanged(Tx tx);
}
