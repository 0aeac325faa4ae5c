package dev.sallyport.request;

import dev.sallyport.audit.EventType;

/** What the audit log says about favourites. */
enum FavouriteEvent implements EventType {
    ADDED("favourite.added"),
    REMOVED("favourite.removed");

    private final String activity;

    FavouriteEvent(String activity) {
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
