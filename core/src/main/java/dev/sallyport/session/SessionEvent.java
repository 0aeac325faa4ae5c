package dev.sallyport.session;

import dev.sallyport.audit.EventType;

/** What the audit log says about sessions, recordings and gateways. */
enum SessionEvent implements EventType {
    REFUSED(OcsfClass.SSH_ACTIVITY, "session.refused"),
    OPENED(OcsfClass.SSH_ACTIVITY, "session.opened"),
    CLOSED(OcsfClass.SSH_ACTIVITY, "session.closed"),
    COMMAND(OcsfClass.PROCESS_ACTIVITY, "session.command"),
    RULE_MATCHED(OcsfClass.DETECTION_FINDING, "session.rule-matched"),
    FILE(OcsfClass.FILE_SYSTEM_ACTIVITY, "session.file"),
    OPAQUE_OPENED(OcsfClass.SSH_ACTIVITY, "session.opaque-opened"),
    SUPERVISED(OcsfClass.SSH_ACTIVITY, "session.supervised"),
    STEERED(OcsfClass.AUTHORIZE_SESSION, "session.steered"),
    VIEWED(OcsfClass.API_ACTIVITY, "session.viewed"),
    GLIMPSED(OcsfClass.API_ACTIVITY, "session.glimpsed"),
    SEARCHED(OcsfClass.API_ACTIVITY, "session.searched"),
    SECRET_USED(OcsfClass.AUTHORIZE_SESSION, "session.secret-used"),
    RECORDING_PROGRESS(OcsfClass.SSH_ACTIVITY, "recording.progress"),
    RECORDING_GAP(OcsfClass.SSH_ACTIVITY, "recording.gap"),
    RECORDING_STORED(OcsfClass.SSH_ACTIVITY, "recording.stored"),
    RECORDING_MISSING(OcsfClass.SSH_ACTIVITY, "recording.missing"),
    RECORDING_DAMAGED(OcsfClass.SSH_ACTIVITY, "recording.damaged"),
    KEY_CREATED(OcsfClass.ENTITY_MANAGEMENT, "recording-key.created"),
    GATEWAY_ENROLLED(OcsfClass.ENTITY_MANAGEMENT, "gateway.enrolled"),
    GATEWAY_PREPARED(OcsfClass.ENTITY_MANAGEMENT, "gateway.prepared"),
    GATEWAY_WITHDRAWN(OcsfClass.ENTITY_MANAGEMENT, "gateway.withdrawn"),
    GATEWAY_REFUSED(OcsfClass.AUTHENTICATION, "gateway.refused"),
    GATEWAY_CERTIFIED(OcsfClass.ENTITY_MANAGEMENT, "gateway.certified"),
    GATEWAY_AUTHORITY_CREATED(OcsfClass.ENTITY_MANAGEMENT, "gateway-authority.created"),
    HOST_CERTIFIED(OcsfClass.ENTITY_MANAGEMENT, "gateway.host-certified"),
    REPORT_REFUSED(OcsfClass.ENTITY_MANAGEMENT, "gateway.report-refused"),
    LINK_ANSWERED(OcsfClass.AUTHENTICATION, "sign-in.link-answered"),
    LINK_REDEEMED(OcsfClass.AUTHENTICATION, "sign-in.link-redeemed"),
    LINK_GUESSED(OcsfClass.AUTHENTICATION, "sign-in.link-guessed"),
    CERTIFICATE_ISSUED(OcsfClass.AUTHENTICATION, "gateway-certificate.issued");

    private final OcsfClass ocsfClass;
    private final String activity;

    SessionEvent(OcsfClass ocsfClass, String activity) {
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
