package dev.sallyport.identity;

import dev.sallyport.base.Names;
import dev.sallyport.base.Refusal;
import dev.sallyport.base.Text;
import java.util.Locale;
import java.util.Optional;

/** Makes names of ours from what a provider calls somebody. */
final class FreshName {
    private static final String NAMELESS = "person";

    private FreshName() {}

    /** Lower case, everything that may not stand in a name a hyphen, cut to length. */
    static String of(String wanted) {
        String name = trimmed(wanted.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-"));
        return name.isEmpty() ? NAMELESS : trimmed(name.substring(0, Math.min(name.length(), Names.MAX)));
    }

    /** The name itself for the first, then {@code name-2} and so on. */
    static String numbered(String name, int number) {
        if (number == 1) {
            return name;
        }
        String tail = "-" + number;
        return trimmed(name.substring(0, Math.min(name.length(), Names.MAX - tail.length()))) + tail;
    }

    /** One line of plain text of that length, or nothing. */
    static Optional<String> line(String text, int min, int max) {
        try {
            return Optional.of(Text.line("", text, min, max));
        } catch (Refusal _) {
            return Optional.empty();
        }
    }

    private static String trimmed(String name) {
        return name.replaceAll("^[._-]+|[._-]+$", "");
    }
}
