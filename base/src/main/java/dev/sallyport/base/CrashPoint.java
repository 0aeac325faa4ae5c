package dev.sallyport.base;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A named place where a test may have this process die as if killed: no hook runs, nothing is flushed. It does nothing
 * unless the system property {@value #PROPERTY} was {@code NAME} or {@code NAME:NTH} when this class was loaded; then the
 * process halts at the nth time the place is reached, across all threads.
 */
public final class CrashPoint {
    public static final String PROPERTY = "sallyport.crash.point";

    /** How the process ends; the same code as after SIGKILL. */
    public static final int EXIT_CODE = 137;

    private static final Pattern SYNTAX = Pattern.compile("([a-z0-9][a-z0-9.-]*)(?::([1-9][0-9]{0,8}))?");
    private static final @Nullable Armed ARMED = armed(System.getProperty(PROPERTY));

    private CrashPoint() {}

    /** Called by production code at the place; names are lower case with dots, such as {@code lease.issued}. */
    public static void reached(String name) {
        if (ARMED != null && ARMED.isDue(name)) {
            System.err.println("crash point " + name + " reached, halting");
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    static @Nullable Armed armed(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        Matcher matcher = SYNTAX.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(PROPERTY + ": " + Text.quoted(value) + " (expected: NAME or NAME:NTH)");
        }
        String nth = matcher.group(2);
        return new Armed(matcher.group(1), new AtomicInteger(nth == null ? 1 : Integer.parseInt(nth)));
    }

    record Armed(String name, AtomicInteger left) {
        boolean isDue(String reached) {
            return name.equals(reached) && left.decrementAndGet() == 0;
        }
    }
}
