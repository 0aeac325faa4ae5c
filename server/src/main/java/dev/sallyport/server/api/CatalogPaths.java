package dev.sallyport.server.api;

/** How addresses name the kinds of objects in the catalogue. */
public final class CatalogPaths {
    /** All of them, as a regular expression has alternatives. */
    public static final String KINDS =
            "people|groups|targets|roles|eligibilities|oidc-providers|incident-sources|notification-channels"
                    + "|notification-routes|decision-services|constants|calendars|freezes|policies";

    /** The part of a path. */
    public static final String KIND = "/{kind:" + KINDS + "}";

    private CatalogPaths() {}
}
