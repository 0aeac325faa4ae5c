package dev.sallyport.notification;

import dev.sallyport.audit.EventType;

/** What the audit log says about notifications. */
enum NotificationEvent implements EventType {
    DELIVERED("notification.delivered", OcsfClass.API_ACTIVITY),
    UNDELIVERABLE("notification.undeliverable", OcsfClass.API_ACTIVITY),
    RETRIED("notification.retried", OcsfClass.API_ACTIVITY),
    TESTED("notification.tested", OcsfClass.API_ACTIVITY),
    SECRET_SET("notification.secret-set", OcsfClass.ENTITY_MANAGEMENT);

    private final String activity;
    private final OcsfClass ocsfClass;

    NotificationEvent(String activity, OcsfClass ocsfClass) {
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
