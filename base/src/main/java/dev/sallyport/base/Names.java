package dev.sallyport.base;

import java.util.regex.Pattern;

/** Names that people give to targets, roles, groups and logins. */
public final class Names {
    /** The longest name of a catalogue object. */
    public static final int MAX = 63;

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

    private Names() {}

    /**
     * Returns the name if it starts and ends with a letter or digit, holds lower-case letters, digits, dots,
     * underscores and hyphens only, and is at most {@value #MAX} characters long.
     *
     * @throws Refusal {@code input.invalid-name} naming field and value
     */
    public static String check(String field, String value) {
        if (!isName(value)) {
            throw InputRefusal.INVALID_NAME.because(field + ": " + Text.quoted(value) + " (expected: 1 to " + MAX
                    + " lower-case letters, digits, '.', '_' or '-', such as web-1)");
        }
        return value;
    }

    /** Whether {@link #check} would let it pass. */
    public static boolean isName(String value) {
        return NAME.matcher(value).matches();
    }
}
