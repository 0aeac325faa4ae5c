package dev.sallyport.formats.breakglass;

import dev.sallyport.base.Refusal;

/** Why a kit, a share or a record is not taken, or a kit not opened. */
public enum KitRefusal implements Refusal.Code {
    INVALID_THRESHOLD("breakglass.invalid-threshold"),
    INVALID_CUSTODIANS("breakglass.invalid-custodians"),
    WEAK_PASSPHRASE("breakglass.weak-passphrase"),
    MALFORMED_KIT("breakglass.malformed-kit"),
    NEWER_VERSION("breakglass.newer-version"),
    MALFORMED_SHARE("breakglass.malformed-share"),
    MISTYPED_SHARE("breakglass.mistyped-share"),
    WRONG_PASSPHRASE("breakglass.wrong-passphrase"),
    WRONG_SHARE("breakglass.wrong-share"),
    OTHER_KIT("breakglass.other-kit"),
    DUPLICATE_SHARE("breakglass.duplicate-share"),
    TOO_FEW_SHARES("breakglass.too-few-shares"),
    TOO_LONG("breakglass.too-long"),
    MALFORMED_RECORD("breakglass.malformed-record"),
    BAD_RECORD("breakglass.bad-record"),
    UNREADABLE_TIME("breakglass.unreadable-time");

    private final String code;

    KitRefusal(String code) {
        this.code = code;
    }

    @Override
    public Refusal.Kind kind() {
        return Refusal.Kind.INVALID;
    }

    @Override
    public String code() {
        return code;
    }
}
