package dev.sallyport.notification;

import dev.sallyport.base.Refusal;

/** What cannot be done about notifications. */
public enum NotificationRefusal implements Refusal.Code {
    UNKNOWN(Refusal.Kind.NOT_FOUND, "notification.unknown"),
    NO_CHANNEL(Refusal.Kind.NOT_FOUND, "notification.no-channel"),
    LINK_INVALID(Refusal.Kind.NOT_FOUND, "notification.link-invalid"),
    NOT_DEAD(Refusal.Kind.CONFLICT, "notification.not-dead"),
    INVALID(Refusal.Kind.INVALID, "notification.invalid"),
    NOT_DELIVERED(Refusal.Kind.CONFLICT, "notification.not-delivered");

    private final Refusal.Kind kind;
    private final String code;

    NotificationRefusal(Refusal.Kind kind, String code) {
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
