package dev.sallyport.review;

import dev.sallyport.audit.EventType;

/** What the audit log says about reviews. */
enum ReviewEvent implements EventType {
    OPENED("review.opened"),
    DONE("review.done"),
    OVERDUE("review.overdue"),
    REFUSED("review.refused");

    private final String activity;

    ReviewEvent(String activity) {
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
