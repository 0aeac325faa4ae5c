package dev.sallyport.request;

import dev.sallyport.audit.EventType;

/** What the audit log says about requests. */
enum RequestEvent implements EventType {
    CREATED("request.created"),
    REFUSED("request.refused"),
    ITEM_APPROVED("request.approved"),
    ITEM_DENIED("request.denied"),
    EXPIRED("request.expired"),
    WITHDRAWN("request.withdrawn"),
    GLASS_BROKEN("break-glass.used"),
    ESCALATED("approval.escalated"),
    FELL_BACK("approval.fell-back"),
    NOT_FALLEN_BACK("approval.fallback-refused"),
    REMINDED("approval.reminded"),
    UNTOLD("approval.untold"),
    TOLD("approval.told"),
    APPROVAL_GIVEN("approval.given"),
    APPROVAL_REFUSED("approval.refused");

    private final String activity;

    RequestEvent(String activity) {
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
