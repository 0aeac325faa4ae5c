package dev.sallyport.notification;

import dev.sallyport.base.Text;

/** One line of a letter; both parts are printable, whoever typed them. */
public record Fact(String label, String value) {
    /** The most characters of a value. */
    public static final int VALUE_MAX = 1_000;

    public Fact {
        label = Text.printable(label);
        value = cut(Text.printable(value));
    }

    private static String cut(String value) {
        return value.codePointCount(0, value.length()) <= VALUE_MAX
                ? value
                : value.substring(0, value.offsetByCodePoints(0, VALUE_MAX)) + "…";
    }
}
