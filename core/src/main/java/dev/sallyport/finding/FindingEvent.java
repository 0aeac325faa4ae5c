package dev.sallyport.finding;

import dev.sallyport.audit.EventType;

enum FindingEvent implements EventType {
    OPENED("finding.opened"),
    CLOSED("finding.closed");

    private final String activity;

    FindingEvent(String activity) {
        this.activity = activity;
    }

    @Override
    public OcsfClass ocsfClass() {
        return OcsfClass.DETECTION_FINDING;
    }

    @Override
    public String activity() {
        return activity;
    }
}
