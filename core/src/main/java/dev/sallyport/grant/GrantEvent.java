package dev.sallyport.grant;

import dev.sallyport.audit.EventType;

/** What the audit log says about grants and leases. */
enum GrantEvent implements EventType {
    CREATED("grant.created"),
    STARTED("grant.started"),
    EXTENDED("grant.extended"),
    ENDING("grant.ending"),
    ENDED("grant.ended"),
    LEASE_ISSUED("lease.issued"),
    LEASE_REFUSED("lease.refused"),
    LEASE_CLOSED("lease.closed");

    private final String activity;

    GrantEvent(String activity) {
        this.activity = activity;
    }

    @Override
    public OcsfClass ocsfClass() {
        return activity.startsWith("lease") ? OcsfClass.AUTHORIZE_SESSION : OcsfClass.USER_ACCESS_MANAGEMENT;
    }

    @Override
    public String activity() {
        return activity;
    }
}
