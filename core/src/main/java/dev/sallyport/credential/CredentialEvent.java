package dev.sallyport.credential;

import dev.sallyport.audit.EventType;

/** What the audit log says about keys and hosts. */
enum CredentialEvent implements EventType {
    CA_KEY_CREATED("ca-key.created"),
    CA_KEY_ACTIVATED("ca-key.activated"),
    CA_KEY_RETIRED("ca-key.retired"),
    HOST_ENROLLED("target.enrolled"),
    HOST_WITHDRAWN("target.enrolment-withdrawn"),
    HOST_CERTIFIED("target.host-certified");

    private final String activity;

    CredentialEvent(String activity) {
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
