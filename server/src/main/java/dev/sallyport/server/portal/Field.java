package dev.sallyport.server.portal;

import dev.sallyport.formats.breakglass.AuthLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A field of a form.
 *
 * @param name also of the field in the API's body
 * @param options the values to choose from, for a choice
 */
public record Field(
        String name, String label, Kind kind, String value, String hint, boolean required, List<Option> options) {
    public Field {
        options = List.copyOf(options);
    }

    public enum Kind {
        LINE,
        LINES,
        TEXT,
        DURATION,
        /** A date and a time of the reader's own zone, which comes along as {@code zone}. */
        MOMENT,
        /** A text that may be read from a file. */
        FILE,
        /** The same, of which only lines about logins by a key are read; the zone of its times comes along as {@code zone}. */
        LOG,
        CHOICE,
        TICK,
        /** A tick that is set at first. */
        TICKED,
        CODE,
        SECRET,
        HIDDEN
    }

    /** Characters of a file that is read into a form, so that two and what they become on the way fit in one. */
    public static final int FILE_MAX = 100_000;

    /** What the lines of a log are read for. */
    public static final String LOG_LINES = AuthLog.ACCEPTED_KEY;

    private static final Pattern MOMENT_SHAPE = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]{5,18}Z");

    /** One of the values of a choice. */
    public record Option(String value, String label) {}

    /** Whether the hint is a moment, which is shown in the reader's zone. */
    public boolean isHintTime() {
        return MOMENT_SHAPE.matcher(hint).matches();
    }

    static Field line(String name, String label) {
        return new Field(name, label, Kind.LINE, "", "", true, List.of());
    }

    static Field lines(String name, String label) {
        return new Field(name, label, Kind.LINES, "", "", true, List.of());
    }

    static Field duration(String name, String label) {
        return new Field(name, label, Kind.DURATION, "", "such as 30m, 1h30m or PT1H", true, List.of());
    }

    static Field moment(String name, String label) {
        return new Field(name, label, Kind.MOMENT, "", "your time", true, List.of());
    }

    static Field tick(String name, String label) {
        return new Field(name, label, Kind.TICK, "true", "", false, List.of());
    }

    static Field hidden(String name, String value) {
        return new Field(name, "", Kind.HIDDEN, value, "", true, List.of());
    }

    static Field choice(String name, String label, List<Option> options) {
        return new Field(name, label, Kind.CHOICE, "", "", true, options);
    }

    Field valued(String text) {
        return new Field(name, label, kind, text, hint, required, options);
    }

    Field hinted(String text) {
        return new Field(name, label, kind, value, text, required, options);
    }

    Field optional() {
        return new Field(name, label, kind, value, hint, false, options);
    }

    Field as(Kind other) {
        return new Field(name, label, other, value, hint, required, options);
    }

    /** Whether one fills it in. */
    boolean isSeen() {
        return kind != Kind.HIDDEN;
    }

    /** All but what is filled in, for a form that tells what it looks like when it is sent. */
    public String described() {
        var parts = new ArrayList<>(List.of(kind.name(), required ? "required" : "", name, label, hint));
        if (kind == Kind.TICK || kind == Kind.TICKED) {
            parts.addAll(List.of(value, ""));
        }
        options.forEach(option -> parts.addAll(List.of(option.value(), option.label())));
        return String.join(SEPARATOR, parts);
    }

    /** The field that was described so; nothing for what is no description. */
    static Optional<Field> of(String described) {
        String[] parts = described.split(SEPARATOR, -1);
        Optional<Kind> kind = Arrays.stream(Kind.values())
                .filter(each -> each.name().equals(parts[0]))
                .findFirst();
        if (kind.isEmpty() || parts.length <= HINT || parts.length % 2 == 0) {
            return Optional.empty();
        }
        var options = new ArrayList<Option>();
        for (int i = HINT + 1; i < parts.length; i += 2) {
            options.add(new Option(parts[i], parts[i + 1]));
        }
        return Optional.of(
                new Field(parts[2], parts[3], kind.get(), "", parts[HINT], parts[1].equals("required"), options));
    }

    private static final String SEPARATOR = "\t";

    /** Where it stands in a description, before the options. */
    private static final int HINT = 4;
}
