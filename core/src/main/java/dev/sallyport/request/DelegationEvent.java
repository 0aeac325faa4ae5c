package dev.sallyport.request;

import dev.sallyport.audit.EventType;

/** What the audit log says about delegations. */
enum DelegationEvent implements EventType {
    CREATED("delegation.created"),
    ENDED("delegation.ended");

    private final String activity;

    DelegationEvent(String activity) {
        this.activity = activity;
    }

    @Override
    public OcsfClass ocsfClass() {
        return OcsfClass.USER_ACCESS_MANAGEMENT;
    }

    @Override
    public String activity() {
        return activity;
    }
}
