package dev.sallyport.server.portal;

import dev.sallyport.base.Durations;
import dev.sallyport.base.Text;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A sentence about an event with places for what the event carries: {@code {role}} is a field of its data, {@code {by}} who
 * did it, {@code {target}} its target. What stands in brackets is left out where the event does not carry all of it; a
 * field outside of brackets that is missing leaves its place empty.
 */
record Telling(List<Part> parts) {
    /** Of a text that somebody typed; the whole of it stands with the event. */
    static final int TEXT_MAX = 200;

    /** Of several values. */
    static final int LISTED_MAX = 5;

    private static final Pattern PLACE = Pattern.compile("\\{([a-z_.]+)}");
    private static final Pattern BRACKETS = Pattern.compile("\\[([^\\[\\]]*)]");
    private static final Duration LONG = Duration.ofMinutes(1);

    Telling {
        parts = List.copyOf(parts);
    }

    sealed interface Part {
        record Words(String text) implements Part {}

        record Value(String field) implements Part {}

        record IfThere(List<Part> parts) implements Part {
            public IfThere {
                parts = List.copyOf(parts);
            }
        }
    }

    /** How the value of a field reads. */
    enum Form {
        WORDS,
        /** What somebody said, in quotes. */
        SAID,
        /** What is typed or is a name of files. */
        CODE,
        LIST,
        COUNT,
        BYTES,
        MOMENT,
        /** A duration as the API writes it. */
        LENGTH,
        MILLIS,
        /** The id of a person. */
        PERSON,
        ID,
        IDS
    }

    static Telling of(String template) {
        var parts = new ArrayList<Part>();
        Matcher brackets = BRACKETS.matcher(template);
        int from = 0;
        while (brackets.find()) {
            parts.addAll(plain(template.substring(from, brackets.start())));
            parts.add(new Part.IfThere(plain(brackets.group(1))));
            from = brackets.end();
        }
        parts.addAll(plain(template.substring(from)));
        return new Telling(parts);
    }

    private static List<Part> plain(String template) {
        var parts = new ArrayList<Part>();
        Matcher place = PLACE.matcher(template);
        int from = 0;
        while (place.find()) {
            words(parts, template.substring(from, place.start()));
            parts.add(new Part.Value(place.group(1)));
            from = place.end();
        }
        words(parts, template.substring(from));
        return parts;
    }

    private static void words(List<Part> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new Part.Words(text));
        }
    }

    /** @param names of persons, by their ids */
    Cell about(Doc event, Map<String, String> names) {
        return new Cell.Sentence(told(parts, event, names));
    }

    private static List<Cell> told(List<Part> parts, Doc event, Map<String, String> names) {
        var cells = new ArrayList<Cell>();
        for (Part part : parts) {
            switch (part) {
                case Part.Words(String text) -> cells.add(Cell.words(text));
                case Part.Value(String field) -> value(field, event, names).ifPresent(cells::add);
                case Part.IfThere(List<Part> inner) -> {
                    if (isThere(inner, event, names)) {
                        cells.addAll(told(inner, event, names));
                    }
                }
            }
        }
        return cells;
    }

    private static boolean isThere(List<Part> parts, Doc event, Map<String, String> names) {
        return parts.stream()
                .allMatch(part -> !(part instanceof Part.Value(String field))
                        || value(field, event, names).isPresent());
    }

    private static Optional<Cell> value(String field, Doc event, Map<String, String> names) {
        return switch (field) {
            case "by" -> Optional.of(by(event));
            case "target" ->
                Optional.of(event.text("target"))
                        .filter(name -> !name.isEmpty())
                        .map(name -> Cell.words(shortened(name)));
            default -> {
                JsonNode value = field(event, field);
                yield value.isMissingNode() || value.isNull() || value.isEmpty() && value.isContainer()
                        ? Optional.empty()
                        : Optional.of(shown(Sentences.form(field), value, names));
            }
        };
    }

    /** A field of its data; names of fields may hold dots. */
    static JsonNode field(Doc event, String name) {
        return event.json().path("data").path(name);
    }

    /** Lists and maps as JSON. */
    static String text(JsonNode value) {
        return value.isContainer() ? Text.printable(value.toString()) : new Doc(value).text();
    }

    private static Cell by(Doc event) {
        String name = event.text("actor.name");
        if (name.isEmpty()) {
            return event.has("actor.person") ? Links.any(event.text("actor.person")) : Cell.words("Somebody");
        }
        return name.startsWith("sallyport/") ? Cell.words("Sallyport") : Links.person(name);
    }

    private static Cell shown(Form form, JsonNode value, Map<String, String> names) {
        String text = text(value);
        return switch (form) {
            case WORDS -> Cell.words(shortened(text));
            case SAID -> Cell.words("“" + shortened(text) + "”");
            case CODE -> Cell.code(shortened(text));
            case LIST -> listed(value, one -> Cell.words(shortened(one)));
            case COUNT -> Cell.words(Integer.toString(value.size()));
            case BYTES -> Cell.words(bytes(value.asLong(0)));
            case MOMENT -> moment(text);
            case LENGTH -> Cell.words(length(text));
            case MILLIS -> Cell.words(millis(value.asLong(0)));
            case PERSON ->
                Optional.ofNullable(names.get(text)).map(Links::person).orElseGet(() -> Links.any(text));
            case ID -> Links.any(text);
            case IDS -> listed(value, Links::any);
        };
    }

    private static Cell listed(JsonNode value, Function<String, Cell> each) {
        List<String> texts =
                value.isArray() ? value.values().stream().map(Telling::text).toList() : List.of(text(value));
        var cells = new ArrayList<Cell>();
        texts.stream().limit(LISTED_MAX).forEach(text -> {
            if (!cells.isEmpty()) {
                cells.add(Cell.words(", "));
            }
            cells.add(each.apply(text));
        });
        if (texts.size() > LISTED_MAX) {
            cells.add(Cell.words(" and " + (texts.size() - LISTED_MAX) + " more"));
        }
        return new Cell.Sentence(cells);
    }

    private static Cell moment(String text) {
        try {
            return Cell.at(Optional.of(Instant.parse(text)));
        } catch (DateTimeException _) {
            return Cell.words(shortened(text));
        }
    }

    private static String length(String text) {
        try {
            return Durations.shown(Duration.parse(text));
        } catch (DateTimeException _) {
            return shortened(text);
        }
    }

    private static String millis(long millis) {
        Duration took = Duration.ofMillis(millis);
        return took.compareTo(LONG) < 0 ? String.format(Locale.ROOT, "%.1f s", millis / 1000.0) : Durations.shown(took);
    }

    private static String bytes(long bytes) {
        return bytes < 1024
                ? bytes + " bytes"
                : bytes < 1024 * 1024
                        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
                        : String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024.0));
    }

    /** No longer than a sentence bears, and no character divided. */
    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= TEXT_MAX
                ? text
                : Text.printable(text.substring(0, text.offsetByCodePoints(0, TEXT_MAX))) + "…";
    }
}
