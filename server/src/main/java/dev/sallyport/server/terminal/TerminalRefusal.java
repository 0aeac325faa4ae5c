package dev.sallyport.server.terminal;

import dev.sallyport.base.Refusal;

/** What is refused of terminals in browsers before a gateway is asked. */
enum TerminalRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "terminal.unknown"),
    TOO_MANY(Refusal.Kind.TOO_MANY, "terminal.too-many"),
    DIRECT_ONLY(Refusal.Kind.CONFLICT, "terminal.direct-only"),
    NOT_OPEN(Refusal.Kind.CONFLICT, "terminal.not-open"),
    STOPPING(Refusal.Kind.UNAVAILABLE, "terminal.stopping");

    private final Refusal.Kind kind;
    private final String code;

    TerminalRefusal(Refusal.Kind kind, String code) {
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
