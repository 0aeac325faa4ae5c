package dev.sallyport.request;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.grant.Grant;

/** Told when a grant begins that somebody has to review. Implemented by the feature that keeps the reviews. */
public interface Reviewing {
    /** Whether an emergency of this person still awaits its review. */
    boolean owes(Rx rx, PersonId person);

    /** The grant of this request begins, and somebody has to review it. */
    void owed(Tx tx, Request request, Grant grant);
}
