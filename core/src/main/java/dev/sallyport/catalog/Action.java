package dev.sallyport.catalog;

import java.util.Locale;

/** What happens to one object. */
public enum Action {
    CREATE,
    UPDATE,
    DELETE,
    UNCHANGED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
