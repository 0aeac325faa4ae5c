package dev.sallyport.breakglass;

import dev.sallyport.audit.EventType;

/** What the audit log says about kits and their use. */
enum BreakglassEvent implements EventType {
    KIT_PROPOSED("breakglass.kit-proposed", OcsfClass.ENTITY_MANAGEMENT),
    KIT_CONFIRMED("breakglass.kit-confirmed", OcsfClass.ENTITY_MANAGEMENT),
    KIT_REFUSED("breakglass.kit-refused", OcsfClass.ENTITY_MANAGEMENT),
    KIT_RETIRED("breakglass.kit-retired", OcsfClass.ENTITY_MANAGEMENT),
    KIT_DISTRUSTED("breakglass.kit-distrusted", OcsfClass.ENTITY_MANAGEMENT),
    OPENED("breakglass.opened", OcsfClass.AUTHORIZE_SESSION),
    LOGIN_SEEN("breakglass.login-seen", OcsfClass.SSH_ACTIVITY),
    RECONCILED("breakglass.reconciled", OcsfClass.API_ACTIVITY),
    TARGET_ROTATED("breakglass.target-rotated", OcsfClass.ENTITY_MANAGEMENT);

    private final String activity;
    private final OcsfClass ocsfClass;

    BreakglassEvent(String activity, OcsfClass ocsfClass) {
        this.activity = activity;
        this.ocsfClass = ocsfClass;
    }

    @Override
    public OcsfClass ocsfClass() {
        return ocsfClass;
    }

    @Override
    public String activity() {
        return activity;
    }
}
