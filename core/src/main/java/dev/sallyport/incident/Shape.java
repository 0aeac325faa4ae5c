package dev.sallyport.incident;

import dev.sallyport.base.Secret;
import java.util.List;
import java.util.Optional;

/** What messages of a source look like: how they are proved and read. What they say of people is never read. */
sealed interface Shape permits PagerDuty, Opsgenie {
    /** The header that proves a message. */
    String proof();

    /** Whether the header proves the body under one of the secrets; takes as long whichever holds. */
    boolean isProven(String header, byte[] body, List<Secret> secrets);

    /** @throws dev.sallyport.base.Refusal {@code incident.invalid} */
    Told read(byte[] body);

    static Optional<Shape> named(String name) {
        return switch (name) {
            case "pagerduty" -> Optional.of(new PagerDuty());
            case "opsgenie" -> Optional.of(new Opsgenie());
            default -> Optional.empty();
        };
    }
}
