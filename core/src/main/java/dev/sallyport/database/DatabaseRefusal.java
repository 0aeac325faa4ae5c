package dev.sallyport.database;

import dev.sallyport.base.Refusal;

/** The database cannot do its work now. */
public enum DatabaseRefusal implements Refusal.Code {
    AWAY("unavailable.database"),
    FULL("unavailable.storage");

    private final String code;

    DatabaseRefusal(String code) {
        this.code = code;
    }

    @Override
    public Refusal.Kind kind() {
        return Refusal.Kind.UNAVAILABLE;
    }

    @Override
    public String code() {
        return code;
    }
}
