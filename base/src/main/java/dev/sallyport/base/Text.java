package dev.sallyport.base;

/** Text that people typed: checks it on the way in and makes it safe to show on the way out. */
public final class Text {
    /** The most characters of a foreign value that a message repeats. */
    public static final int QUOTED_MAX = 80;

    private Text() {}

    /**
     * Returns the text without leading and trailing white space if it has between {@code min} and {@code max}
     * characters and holds no control characters, terminal escapes or text-direction marks.
     *
     * @throws Refusal {@code input.invalid-text} naming the field
     */
    public static String line(String field, String value, int min, int max) {
        String text = value.strip();
        int length = text.codePointCount(0, text.length());
        if (length < min || length > max) {
            throw InputRefusal.INVALID_TEXT.because(
                    field + ": " + length + " characters (expected: " + min + " to " + max + ")");
        }
        text.codePoints().filter(Text::isUnprintable).findFirst().ifPresent(point -> {
            throw InputRefusal.INVALID_TEXT.because(
                    field + ": holds the control character U+%04X (expected: one line of plain text)".formatted(point));
        });
        return text;
    }

    /** The value in quotes, shortened, with everything unprintable replaced: safe in a message, a log or a terminal. */
    public static String quoted(String value) {
        String safe = printable(value);
        return '"' + (safe.length() > QUOTED_MAX ? safe.substring(0, QUOTED_MAX) + "…" : safe) + '"';
    }

    /** The value with every control character and text-direction mark replaced by U+FFFD. */
    public static String printable(String value) {
        var safe = new StringBuilder(value.length());
        value.codePoints().forEach(point -> safe.appendCodePoint(isUnprintable(point) ? 0xFFFD : point));
        return safe.toString();
    }

    /** C0 and C1 controls, line and paragraph separators, bidirectional marks, lone surrogates. */
    public static boolean isUnprintable(int point) {
        return Character.isISOControl(point)
                || point == 0x2028
                || point == 0x2029
                || point == 0x200E
                || point == 0x200F
                || point >= 0x202A && point <= 0x202E
                || point >= 0x2066 && point <= 0x2069
                || point >= 0xD800 && point <= 0xDFFF;
    }
}
