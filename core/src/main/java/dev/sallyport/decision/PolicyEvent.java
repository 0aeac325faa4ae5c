package dev.sallyport.decision;

import dev.sallyport.audit.EventType;

/** What the audit log says about policies. */
enum PolicyEvent implements EventType {
    ENFORCED("policy.enforced"),
    SHADOWED("policy.shadowed"),
    REFUSED("policy.refused");

    private final String activity;

    PolicyEvent(String activity) {
        this.activity = activity;
    }

    @Override
    public OcsfClass ocsfClass() {
        return OcsfClass.ENTITY_MANAGEMENT;
    }

    @Override
    public String activity() {
        return activity;
    }
}
