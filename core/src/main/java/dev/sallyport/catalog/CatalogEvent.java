package dev.sallyport.catalog;

import dev.sallyport.audit.EventType;

/** What the audit log says about the catalogue. */
public enum CatalogEvent implements EventType {
    CREATED("catalog.created"),
    UPDATED("catalog.updated"),
    DELETED("catalog.deleted"),
    APPLIED("catalog.applied"),
    REFUSED("catalog.refused");

    private final String activity;

    CatalogEvent(String activity) {
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
