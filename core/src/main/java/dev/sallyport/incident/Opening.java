package dev.sallyport.incident;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Text;
import dev.sallyport.formats.document.TextShapes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What somebody says when opening an incident.
 *
 * @param service what an IncidentSource or the label {@code service} of targets calls what is wrong
 * @param targets by name
 * @param lasts after this it is closed if nobody does
 */
public record Opening(
        String title,
        String severity,
        Optional<String> service,
        List<String> targets,
        Responders responders,
        Duration lasts) {
    static final int TITLE_MAX = 200;
    static final Duration SHORTEST = Duration.ofMinutes(1);
    static final Duration LONGEST = Duration.ofDays(14);

    public Opening {
        title = Text.line("title", title, 1, TITLE_MAX);
        severity = severity(severity);
        service = service.map(text -> Text.line("service", text, 1, TITLE_MAX));
        targets = List.copyOf(targets);
        if (targets.size() > Incidents.TARGETS_MAX) {
            throw IncidentRefusal.INVALID.because(
                    "targets: " + targets.size() + " (expected: at most " + Incidents.TARGETS_MAX + ")");
        }
        Durations.within("lasts", lasts, LONGEST);
        if (lasts.compareTo(SHORTEST) < 0) {
            throw IncidentRefusal.INVALID.because("lasts: " + lasts + " (expected: >= " + SHORTEST + ")");
        }
    }

    private static String severity(String word) {
        return TextShapes.NAME
                .reader()
                .apply(word)
                .map(Object::toString)
                .orElseThrow(() -> IncidentRefusal.INVALID.because(
                        "severity: " + Text.quoted(word) + " (expected: " + TextShapes.NAME.expected() + ")"));
    }
}
