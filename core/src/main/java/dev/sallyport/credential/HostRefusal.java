package dev.sallyport.credential;

import dev.sallyport.base.Refusal;

/** What hosts are refused. */
enum HostRefusal implements Refusal.Code {
    UNKNOWN_TARGET(Refusal.Kind.NOT_FOUND, "target.unknown"),
    NOT_SSH(Refusal.Kind.INVALID, "target.not-ssh"),
    WRONG_TOKEN(Refusal.Kind.UNAUTHENTICATED, "target.wrong-token"),
    FUTURE_LIST(Refusal.Kind.INVALID, "target.unknown-revocation-list");

    private final Refusal.Kind kind;
    private final String code;

    HostRefusal(Refusal.Kind kind, String code) {
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
