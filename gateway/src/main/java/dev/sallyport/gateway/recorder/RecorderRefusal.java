package dev.sallyport.gateway.recorder;

import dev.sallyport.base.Refusal;

/** Why something is not recorded, or not kept. */
public enum RecorderRefusal implements Refusal.Code {
    SPOOL_UNWRITABLE(Refusal.Kind.UNAVAILABLE, "recorder.spool-unwritable"),
    SPOOL_SLOW(Refusal.Kind.UNAVAILABLE, "recorder.spool-slow"),
    SPOOL_IN_USE(Refusal.Kind.CONFLICT, "recorder.spool-in-use"),
    CLOSED(Refusal.Kind.CONFLICT, "recorder.closed"),
    ALREADY_STORED(Refusal.Kind.CONFLICT, "recorder.already-stored"),
    NOT_STORED(Refusal.Kind.NOT_FOUND, "recorder.not-stored"),
    STORE_REFUSES(Refusal.Kind.UNAVAILABLE, "recorder.store-refuses");

    private final Refusal.Kind kind;
    private final String code;

    RecorderRefusal(Refusal.Kind kind, String code) {
        this.kind = kind;
        this.code = code;
    }

    @Override
    public Refusal.Kind kind() {
        return kind;
    }

    @Override
    public String code() {
        return code;
    }
}
