package dev.sallyport.catalog;

import dev.sallyport.catalog.Catalog.Offer;
import java.util.Comparator;

/** How what somebody may ask for follows one another. */
public enum OfferOrder {
    /** By role, then by target. */
    ROLE,
    ROLE_DESC,
    /** By target, then by role. */
    TARGET,
    TARGET_DESC;

    private static final Comparator<Offer> BY_ROLE =
            Comparator.comparing(offer -> offer.role().name());
    private static final Comparator<Offer> BY_TARGET =
            Comparator.comparing(offer -> offer.target().name());

    boolean backwards() {
        return this == ROLE_DESC || this == TARGET_DESC;
    }

    boolean byRole() {
        return this == ROLE || this == ROLE_DESC;
    }

    Comparator<Offer> comparing() {
        Comparator<Offer> forwards = byRole() ? BY_ROLE.thenComparing(BY_TARGET) : BY_TARGET.thenComparing(BY_ROLE);
        return backwards() ? forwards.reversed() : forwards;
    }
}
