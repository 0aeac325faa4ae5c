package dev.sallyport.consulting;

import dev.sallyport.audit.EventType;

/** What the audit log says about decision services; their words themselves are {@code approval.given}. */
enum ConsultingEvent implements EventType {
    ASKED("decision-service.asked"),
    FAILED("decision-service.failed"),
    ANSWERED("decision-service.answered"),
    UNANSWERED("decision-service.unanswered"),
    MOOT("decision-service.moot"),
    TEST_ASKED("decision-service.test-asked"),
    TESTED("decision-service.tested"),
    SECRET_SET("decision-service.secret-set");

    private final String activity;

    ConsultingEvent(String activity) {
        this.activity = activity;
    }

    @Override
    public OcsfClass ocsfClass() {
        return switch (this) {
            case SECRET_SET, TEST_ASKED, TESTED -> OcsfClass.ENTITY_MANAGEMENT;
            case ASKED, FAILED, ANSWERED, UNANSWERED, MOOT -> OcsfClass.USER_ACCESS_MANAGEMENT;
        };
    }

    @Override
    public String activity() {
        return activity;
    }
}
