package dev.sallyport.incident;

import dev.sallyport.audit.EventType;

/** What the audit log says about incidents. */
enum IncidentEvent implements EventType {
    OPENED("incident.opened"),
    CHANGED("incident.changed"),
    CONFIRMED("incident.confirmed"),
    RESPONDERS_CHANGED("incident.responders-changed"),
    CLOSED("incident.closed"),
    REFUSED("incident.refused");

    private final String activity;

    IncidentEvent(String activity) {
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
