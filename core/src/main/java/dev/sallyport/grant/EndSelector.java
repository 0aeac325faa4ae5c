package dev.sallyport.grant;

import dev.sallyport.base.GrantId;

/** Which grants to end. */
public sealed interface EndSelector {
    record OneGrant(GrantId id) implements EndSelector {}

    /** Of the person of this name. */
    record OfPerson(String name) implements EndSelector {}

    /** On the target of this name. */
    record OnTarget(String name) implements EndSelector {}

    /** Through the role of this name. */
    record OfRole(String name) implements EndSelector {}

    /** Granted for the incident with this id. */
    record OfIncident(String id) implements EndSelector {}

    record All() implements EndSelector {}
}
