package dev.sallyport.identity;

import dev.sallyport.base.Refusal;

/** What sign-in and the directory refuse. */
public enum IdentityRefusal implements Refusal.Code {
    /** The same answer for a wrong password, an unknown name and a person who may not sign in. */
    WRONG(Refusal.Kind.UNAUTHENTICATED, "sign-in.wrong"),
    THROTTLED(Refusal.Kind.TOO_MANY, "sign-in.throttled"),
    BUSY(Refusal.Kind.UNAVAILABLE, "sign-in.busy"),
    /** A provider vouches for somebody nobody here has been linked to. */
    NOT_LINKED(Refusal.Kind.FORBIDDEN, "sign-in.not-linked"),
    /** The same answer for no sign-in and somebody else's. */
    SESSION_UNKNOWN(Refusal.Kind.NOT_FOUND, "sign-in.unknown"),
    SESSION_ENDED(Refusal.Kind.CONFLICT, "sign-in.ended-already"),
    IDENTITY_TAKEN(Refusal.Kind.CONFLICT, "identity.taken"),
    IDENTITY_UNKNOWN(Refusal.Kind.NOT_FOUND, "identity.unknown"),
    ISSUER_UNKNOWN(Refusal.Kind.INVALID, "identity.unknown-issuer"),
    IDENTITY_OTHERS(Refusal.Kind.CONFLICT, "identity.other-person"),
    SAME_PERSON(Refusal.Kind.INVALID, "identity.same-person"),
    IDENTITY_LOCAL(Refusal.Kind.CONFLICT, "identity.local"),
    IDENTITY_FROZEN(Refusal.Kind.CONFLICT, "identity.quarantined"),
    /** Somebody who could administer would be left without a login, or without what they hold. */
    ADMINISTRATOR(Refusal.Kind.CONFLICT, "identity.administrator"),
    /** Who can make somebody's way of signing in can become them. */
    ADMINISTERS_MORE(Refusal.Kind.FORBIDDEN, "person.administers-more"),
    PASSWORD_FORM(Refusal.Kind.INVALID, "password.invalid"),
    PASSWORD_CURRENT(Refusal.Kind.FORBIDDEN, "password.wrong-current"),
    PASSWORD_EXISTS(Refusal.Kind.CONFLICT, "password.exists"),
    NO_PASSWORD(Refusal.Kind.CONFLICT, "password.none"),
    RESET_OWN(Refusal.Kind.CONFLICT, "password.reset-own"),
    /** The same answer for a link that is wrong, used, replaced or expired. */
    RESET_LINK(Refusal.Kind.FORBIDDEN, "password.reset-link-invalid"),
    PERSON_UNKNOWN(Refusal.Kind.NOT_FOUND, "person.unknown"),
    PERSON_EXISTS(Refusal.Kind.CONFLICT, "person.exists"),
    PERSON_BLOCKED(Refusal.Kind.FORBIDDEN, "person.blocked"),
    PERSON_IN_USE(Refusal.Kind.CONFLICT, "person.in-use"),
    GROUP_UNKNOWN(Refusal.Kind.NOT_FOUND, "group.unknown"),
    GROUP_EXISTS(Refusal.Kind.CONFLICT, "group.exists"),
    QUARANTINED_ALREADY(Refusal.Kind.CONFLICT, "person.already-quarantined"),
    NOT_QUARANTINED(Refusal.Kind.CONFLICT, "person.not-quarantined"),
    SETUP_LINK(Refusal.Kind.FORBIDDEN, "setup.link-invalid"),
    SETUP_DONE(Refusal.Kind.CONFLICT, "setup.already-done");

    private final Refusal.Kind kind;
    private final String code;

    IdentityRefusal(Refusal.Kind kind, String code) {
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
