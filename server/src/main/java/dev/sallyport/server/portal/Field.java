package dev.sallyport.server.portal;

import dev.sallyport.formats.breakglass.AuthLog;
import java.util.List;

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
        /** A tick that is set at first; its hint is the time from when it is, if it has one. */
        TICKED,
        CODE,
        SECRET,
        HIDDEN
    }

    /** Characters of a file that is read into a form, so that two and what they become on the way fit in one. */
    public static final int FILE_MAX = 100_000;

    /** What the lines of a log are read for. */
    public static final String LOG_LINES = AuthLog.ACCEPTED_KEY;

    /** One of the values of a choice. */
    public record Option(String value, String label) {}

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
}
