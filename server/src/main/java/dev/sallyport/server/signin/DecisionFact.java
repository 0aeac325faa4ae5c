package dev.sallyport.server.signin;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Set;

/** One line of what somebody asks for, as the page shows it. */
public record DecisionFact(String label, String value) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT);

    /** Those whose value is a time; others hold what somebody typed. */
    private static final Set<String> TIMES = Set.of("from", "decided by");

    /** The moment that it is, for a reader in another zone; nothing for what is none. */
    public String datetime() {
        if (!TIMES.contains(label)) {
            return "";
        }
        try {
            return LocalDateTime.parse(value, TIME).toInstant(ZoneOffset.UTC).toString();
        } catch (DateTimeParseException _) {
            return "";
        }
    }
}
