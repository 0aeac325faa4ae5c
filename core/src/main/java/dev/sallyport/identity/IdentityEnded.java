package dev.sallyport.identity;

import dev.sallyport.base.PersonId;
import dev.sallyport.database.Tx;

/** Told, in the same transaction, when a person may no longer have anything; implemented by what hands things out. */
@FunctionalInterface
public interface IdentityEnded {
    /** The why is {@code quarantined}, {@code disabled} or {@code deleted}; the reason is what a person typed. */
    void ended(Tx tx, PersonId person, String why, String reason);
}
