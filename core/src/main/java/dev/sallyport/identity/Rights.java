package dev.sallyport.identity;

import java.util.Set;

/** The names of administration rights: what roles on the product itself give. Who holds which is for grants to say. */
public final class Rights {
    /** Every right there is. */
    public static final Set<String> ALL = Set.of(
            "audit.read",
            "request.read-all",
            "grant.read-all",
            "grant.revoke",
            "identity.read",
            "identity.link",
            "person.quarantine",
            "person.reset-factor",
            "person.reset-password",
            "catalog.read",
            "catalog.write",
            "target.enroll",
            "gateway.enroll",
            "breakglass.read",
            "breakglass.kit",
            "breakglass.reconcile",
            "key.read",
            "key.rotate",
            "finding.read",
            "policy.read",
            "policy.enforce",
            "review.decide",
            "incident.read",
            "incident.open",
            "incident.change",
            "incident.confirm",
            "session.read-all",
            "session.view",
            "session.steer",
            "notification.read",
            "notification.write",
            "decision-service.write",
            "metrics.read");

    private Rights() {}
}
