package dev.sallyport.server.api;

import dev.sallyport.base.Refusal;

/** Why a recording is not shown now. */
enum PlaybackRefusal implements Refusal.Code {
    BUSY("playback.busy"),
    SEARCH_BUSY("session.search-busy"),
    STORE_AWAY("playback.store-away");

    private final String code;

    PlaybackRefusal(String code) {
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
