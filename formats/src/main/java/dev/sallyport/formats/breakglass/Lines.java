package dev.sallyport.formats.breakglass;

import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A small text of lines "key value" in a fixed order, after a first line that names kind and version. */
final class Lines {
    private static final int LENGTH_MAX = 128 * 1024;
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    private final List<String> lines;
    private final Refusal.Code malformed;
    private int at = 1;

    Lines(String text, String magic, int newest, Refusal.Code malformed) {
        this.malformed = malformed;
        if (text.length() > LENGTH_MAX) {
            throw malformed.because(text.length() + " characters (expected: at most " + LENGTH_MAX + ")");
        }
        lines = text.lines().toList();
        checkHead(magic, newest);
        lines.stream()
                .filter(line -> line.codePoints().anyMatch(Text::isUnprintable))
                .findFirst()
                .ifPresent(line -> {
                    throw malformed.because("a control character in " + Text.quoted(line));
                });
    }

    private void checkHead(String magic, int newest) {
        String head = lines.isEmpty() ? "" : lines.getFirst();
        String version = head.startsWith(magic + " ") ? head.substring(magic.length() + 1) : "";
        if (!NUMBER.matcher(version).matches() || version.equals("0")) {
            throw malformed.because(
                    "the first line is " + Text.quoted(head) + " (expected: " + magic + " " + newest + ")");
        }
        if (Integer.parseInt(version) > newest) {
            throw KitRefusal.NEWER_VERSION.because(
                    magic + " " + version + " (expected: at most " + newest + ")", "use a newer sallyport");
        }
    }

    String next(String key) {
        String line = at < lines.size() ? lines.get(at) : "";
        if (!line.startsWith(key + " ")) {
            throw malformed.because("line " + (at + 1) + ": " + Text.quoted(line) + " (expected: " + key + " …)");
        }
        at++;
        return line.substring(key.length() + 1);
    }

    /** The values of all lines with this key that follow one another. */
    List<String> all(String key) {
        var values = new ArrayList<String>();
        while (at < lines.size() && lines.get(at).startsWith(key + " ")) {
            values.add(next(key));
        }
        return values;
    }

    int number(String key, int most) {
        String value = next(key);
        if (!NUMBER.matcher(value).matches() || Integer.parseInt(value) > most) {
            throw malformed.because(key + ": " + Text.quoted(value) + " (expected: 0 to " + most + ")");
        }
        return Integer.parseInt(value);
    }

    Instant instant(String key) {
        String value = next(key);
        try {
            Instant instant = Instant.parse(value);
            if (instant.toString().equals(value)
                    && instant.truncatedTo(ChronoUnit.SECONDS).equals(instant)) {
                return instant;
            }
        } catch (DateTimeException _) {
            // said below
        }
        throw malformed.because(key + ": " + Text.quoted(value) + " (expected: such as 2026-11-26T05:00:00Z)");
    }

    /** The lines from here to the end, and nothing is left. */
    String rest() {
        String rest = String.join("\n", lines.subList(at, lines.size()));
        at = lines.size();
        return rest;
    }

    void end() {
        if (at != lines.size()) {
            throw malformed.because("line " + (at + 1) + ": " + Text.quoted(lines.get(at)) + " (expected: the end)");
        }
    }

    /** What the values make; a value outside its limits is this text's fault. */
    <T> T checked(Supplier<T> value) {
        try {
            return value.get();
        } catch (Refusal refusal) {
            throw malformed.because(refusal.sentence());
        }
    }
}
