package dev.sallyport.incident;

import dev.sallyport.base.Secret;
import dev.sallyport.database.Spec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Opsgenie's outgoing webhooks about alerts. They are not signed: a token in a header is all that proves them, so that
 * whoever sees one message can send others.
 */
record Opsgenie() implements Shape {
    private static final long MILLIS_END = 100_000_000_000_000L;
    private static final long MICROS_END = 100_000_000_000_000_000L;

    @Override
    public String proof() {
        return "Sallyport-Token";
    }

    @Override
    public boolean isProven(String header, byte[] body, List<Secret> secrets) {
        byte[] given = header.strip().getBytes(StandardCharsets.UTF_8);
        boolean proven = false;
        for (Secret secret : secrets) {
            proven |= MessageDigest.isEqual(secret.reveal().getBytes(StandardCharsets.UTF_8), given);
        }
        return proven;
    }

    @Override
    public Told read(byte[] body) {
        Spec message = Body.read(body);
        Spec alert = message.at("alert");
        String action = Body.word(message, "action", "action");
        Told.What what = what(action);
        String reference = what == Told.What.OTHER ? "" : Body.word(alert, "alertId", "alert.alertId");
        Instant at = at(alert, what);
        var services = new ArrayList<>(alert.texts("tags"));
        alert.text("entity").filter(entity -> !entity.isBlank()).ifPresent(services::add);
        return new Told(
                reference + " " + action + " " + at,
                reference,
                what,
                at,
                Body.title(alert.text("message")),
                alert.text("priority").orElse("unknown"),
                services);
    }

    private static Told.What what(String action) {
        return switch (action) {
            case "Create" -> Told.What.OPENED;
            case "Close", "Delete" -> Told.What.CLOSED;
            case "UpdatePriority", "UpdateMessage", "Acknowledge" -> Told.What.CHANGED;
            default -> Told.What.OTHER;
        };
    }

    /** Times come as numbers since 1970, of milliseconds or, of changes, of nanoseconds. */
    private static Instant at(Spec alert, Told.What what) {
        Object said = alert.tree().getOrDefault("updatedAt", alert.tree().get("createdAt"));
        if (!(said instanceof Number number)) {
            if (what == Told.What.OTHER) {
                return Instant.EPOCH;
            }
            throw IncidentRefusal.INVALID.because("alert.updatedAt: missing (expected: a time as a number)");
        }
        long value = number.longValue();
        return Instant.ofEpochMilli(
                value < MILLIS_END ? value : value < MICROS_END ? value / 1_000 : value / 1_000_000);
    }
}
