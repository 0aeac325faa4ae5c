package dev.sallyport.request;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Rx;
import dev.sallyport.database.Tx;
import dev.sallyport.grant.Grant;
import java.util.List;

/** Told when a grant begins that somebody has to review. Implemented by the feature that keeps the reviews. */
public interface Reviewing {
    /**
     * Whether an emergency of this person still awaits its review.
     *
     * @param incidents emergencies of these do not count: who works on one needs more than one target
     */
    boolean owes(Rx rx, PersonId person, List<String> incidents);

    /**
     * The grant of this request begins, and somebody has to review it.
     *
     * @param incidents that it was given for
     */
    void owed(Tx tx, Request request, Grant grant, Emergency emergency, List<String> incidents);
}
