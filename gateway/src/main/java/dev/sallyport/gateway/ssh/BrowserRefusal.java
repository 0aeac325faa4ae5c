package dev.sallyport.gateway.ssh;

import dev.sallyport.base.Refusal;

/** Why a terminal in a browser does not open, or does not move a file. */
enum BrowserRefusal implements Refusal.Code {
    AWAY(Refusal.Kind.UNAVAILABLE, "terminal.gateway-away"),
    NOT_TRUSTED(Refusal.Kind.FORBIDDEN, "terminal.gateway-not-trusted"),
    REFUSED(Refusal.Kind.FORBIDDEN, "terminal.refused"),
    LOST(Refusal.Kind.UNAVAILABLE, "terminal.lost"),
    NO_FILES(Refusal.Kind.FORBIDDEN, "terminal.no-files"),
    NO_SUCH_FILE(Refusal.Kind.NOT_FOUND, "terminal.no-such-file"),
    FILES_BUSY(Refusal.Kind.TOO_MANY, "terminal.files-busy"),
    BROKEN_OFF(Refusal.Kind.INVALID, "terminal.broken-off"),
    FILE_REFUSED(Refusal.Kind.FORBIDDEN, "terminal.file-refused");

    private final Refusal.Kind kind;
    private final String code;

    BrowserRefusal(Refusal.Kind kind, String code) {
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
