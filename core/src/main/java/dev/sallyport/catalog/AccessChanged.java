package dev.sallyport.catalog;

import dev.sallyport.base.PersonId;
import dev.sallyport.base.RoleId;
import dev.sallyport.base.TargetId;
import dev.sallyport.database.Tx;
import java.util.List;

/**
 * Told inside the transaction of a change, after its rows are written, so that running grants end together with what
 * they rest on. Implemented by the feature that holds the grants.
 */
public interface AccessChanged {
    /** The target is deleted: every grant on it ends. */
    void targetGone(Tx tx, TargetId target);

    /** The role is deleted: every grant of it ends. */
    void roleGone(Tx tx, RoleId role);

    /**
     * Each of these persons held a running grant of the role on a target where they were eligible before and are not
     * any more (or they are disabled now). The change is visible to {@link Catalog#isEligible}.
     */
    void eligibilityChanged(Tx tx, RoleId role, List<PersonId> persons);

    /** Something changed that policies may look at: what runs must be judged again. */
    void factsChanged(Tx tx);

    /** The same about these persons alone, such as their groups or attributes. */
    void factsChanged(Tx tx, List<PersonId> persons);
}
