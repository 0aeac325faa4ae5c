package dev.sallyport.identity;

import dev.sallyport.audit.EventType;

/** What happens to persons, logins and sessions. */
public enum IdentityEvent implements EventType {
    SIGNED_IN(OcsfClass.AUTHENTICATION, "sign-in.succeeded"),
    SIGN_IN_REFUSED(OcsfClass.AUTHENTICATION, "sign-in.refused"),
    SESSION_STARTED(OcsfClass.AUTHENTICATION, "session.started"),
    SESSION_ENDED(OcsfClass.AUTHENTICATION, "session.ended"),
    TOKEN_REUSED(OcsfClass.DETECTION_FINDING, "session.token-reused"),
    DEVICE_DECIDED(OcsfClass.AUTHENTICATION, "session.device-decided"),
    CLIENT_DECIDED(OcsfClass.AUTHENTICATION, "session.client-decided"),
    HALF_SIGNED_IN(OcsfClass.AUTHENTICATION, "sign-in.factor-wanted"),
    FACTOR_OFFERED(OcsfClass.ACCOUNT_CHANGE, "factor.offered"),
    FACTOR_ENROLLED(OcsfClass.ACCOUNT_CHANGE, "factor.enrolled"),
    FACTOR_REMOVED(OcsfClass.ACCOUNT_CHANGE, "factor.removed"),
    FACTOR_RESET(OcsfClass.ACCOUNT_CHANGE, "factor.reset"),
    FACTOR_REFUSED(OcsfClass.AUTHENTICATION, "factor.refused"),
    ENROLMENT_CODE_MADE(OcsfClass.ACCOUNT_CHANGE, "factor.enrolment-code-made"),
    ENROLMENT_CODE_USED(OcsfClass.AUTHENTICATION, "factor.enrolment-code-used"),
    RECOVERY_CODES_MADE(OcsfClass.ACCOUNT_CHANGE, "factor.recovery-codes-made"),
    RECOVERY_CODE_USED(OcsfClass.AUTHENTICATION, "factor.recovery-code-used"),
    PASSKEY_REGISTERED(OcsfClass.ACCOUNT_CHANGE, "passkey.registered"),
    PASSKEY_RENAMED(OcsfClass.ACCOUNT_CHANGE, "passkey.renamed"),
    PASSKEY_REMOVED(OcsfClass.ACCOUNT_CHANGE, "passkey.removed"),
    STEP_UP_PROVED(OcsfClass.AUTHENTICATION, "step-up.proved"),
    STEP_UP_USED(OcsfClass.AUTHENTICATION, "step-up.used"),
    PASSWORD_CHANGED(OcsfClass.ACCOUNT_CHANGE, "password.changed"),
    RESET_LINK_MADE(OcsfClass.ACCOUNT_CHANGE, "password.reset-link-made"),
    PASSWORD_RESET(OcsfClass.ACCOUNT_CHANGE, "password.reset"),
    PERSON_CREATED(OcsfClass.ACCOUNT_CHANGE, "person.created"),
    PERSON_UPDATED(OcsfClass.ACCOUNT_CHANGE, "person.updated"),
    PERSON_DELETED(OcsfClass.ACCOUNT_CHANGE, "person.deleted"),
    PERSON_DISABLED(OcsfClass.ACCOUNT_CHANGE, "person.disabled"),
    PERSON_ENABLED(OcsfClass.ACCOUNT_CHANGE, "person.enabled"),
    PERSON_QUARANTINED(OcsfClass.ACCOUNT_CHANGE, "person.quarantined"),
    QUARANTINE_LIFTED(OcsfClass.ACCOUNT_CHANGE, "person.quarantine-lifted"),
    IDENTITY_LINKED(OcsfClass.ACCOUNT_CHANGE, "identity.linked"),
    IDENTITY_MOVED(OcsfClass.ACCOUNT_CHANGE, "identity.moved"),
    IDENTITY_UNLINKED(OcsfClass.ACCOUNT_CHANGE, "identity.unlinked"),
    ATTRIBUTES_CHANGED(OcsfClass.ACCOUNT_CHANGE, "person.attributes-changed"),
    GROUP_CREATED(OcsfClass.GROUP_MANAGEMENT, "group.created"),
    GROUP_UPDATED(OcsfClass.GROUP_MANAGEMENT, "group.updated"),
    GROUP_DELETED(OcsfClass.GROUP_MANAGEMENT, "group.deleted"),
    MEMBER_ADDED(OcsfClass.GROUP_MANAGEMENT, "group.member-added"),
    MEMBER_REMOVED(OcsfClass.GROUP_MANAGEMENT, "group.member-removed"),
    SETUP_LINK_MADE(OcsfClass.APPLICATION_LIFECYCLE, "setup.link-made"),
    SETUP_DONE(OcsfClass.APPLICATION_LIFECYCLE, "setup.done"),
    TOKEN_KEY_CHANGED(OcsfClass.ENTITY_MANAGEMENT, "token-key.changed");

    private final OcsfClass ocsfClass;
    private final String activity;

    IdentityEvent(OcsfClass ocsfClass, String activity) {
        this.ocsfClass = ocsfClass;
        this.activity = activity;
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
