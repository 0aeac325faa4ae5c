package dev.sallyport.database;

import org.jspecify.annotations.Nullable;

/**
 * Who causes a change: a person through one of their logins, or a part of the product itself.
 *
 * @param person id of the person, absent for the product itself and for callers nobody could name
 * @param identity id of the login used
 * @param name what a reader of the audit log sees
 * @param sourceAddress the client's address, absent for the product itself
 * @param session id of the sign-in session behind the call
 */
public record Actor(
        @Nullable String person,
        @Nullable String identity,
        String name,
        @Nullable String sourceAddress,
        @Nullable String session) {

    /** A part of the product acting by itself, such as the worker that ends what is due. */
    public static Actor system(String part) {
        return new Actor(null, null, "sallyport/" + part, null, null);
    }

    /** A caller who has not proved who they are. */
    public static Actor unknown(@Nullable String sourceAddress) {
        return new Actor(null, null, "unknown", sourceAddress, null);
    }
}
