package dev.sallyport.incident;

import dev.sallyport.base.Secret;
import dev.sallyport.database.Spec;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** PagerDuty's webhooks, version 3: the body is signed with HMAC-SHA256, once per secret while secrets are changed. */
record PagerDuty() implements Shape {
    private static final String VERSION = "v1=";
    private static final int SIGNATURES_MAX = 10;

    @Override
    public String proof() {
        return "X-PagerDuty-Signature";
    }

    @Override
    public boolean isProven(String header, byte[] body, List<Secret> secrets) {
        List<byte[]> given = Stream.of(header.split(",", SIGNATURES_MAX + 1))
                .limit(SIGNATURES_MAX)
                .map(String::strip)
                .filter(signature -> signature.startsWith(VERSION))
                .map(signature -> signature.substring(VERSION.length()).getBytes(StandardCharsets.US_ASCII))
                .toList();
        boolean proven = false;
        for (Secret secret : secrets) {
            byte[] expected = HexFormat.of().formatHex(signed(secret, body)).getBytes(StandardCharsets.US_ASCII);
            for (byte[] signature : given) {
                proven |= MessageDigest.isEqual(expected, signature);
            }
        }
        return proven;
    }

    private static byte[] signed(Secret secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Told read(byte[] body) {
        Spec event = Body.read(body).at("event");
        Spec data = event.at("data");
        String type = Body.word(event, "event_type", "event.event_type");
        Told.What what = what(type);
        return new Told(
                Body.word(event, "id", "event.id"),
                what == Told.What.OTHER ? "" : Body.word(data, "id", "event.data.id"),
                what,
                at(Body.word(event, "occurred_at", "event.occurred_at")),
                Body.title(data.text("title")),
                data.at("priority")
                        .text("summary")
                        .or(() -> data.text("urgency"))
                        .orElse("unknown"),
                services(data.at("service")));
    }

    private static Told.What what(String type) {
        return switch (type) {
            case "incident.triggered", "incident.reopened" -> Told.What.OPENED;
            case "incident.resolved" -> Told.What.CLOSED;
            case "incident.priority_updated", "incident.acknowledged", "incident.escalated" -> Told.What.CHANGED;
            default -> Told.What.OTHER;
        };
    }

    private static List<String> services(Spec service) {
        var named = new ArrayList<String>();
        service.text("id").ifPresent(named::add);
        service.text("summary").ifPresent(named::add);
        return named;
    }

    private static Instant at(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException _) {
            throw IncidentRefusal.INVALID.because("event.occurred_at: not a time such as 2027-01-31T08:00:00.000Z");
        }
    }
}
