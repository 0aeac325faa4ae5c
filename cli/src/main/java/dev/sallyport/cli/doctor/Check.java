package dev.sallyport.cli.doctor;

import dev.sallyport.base.Text;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What was looked at, how it is, and what to do about it. */
record Check(
        String name, State state, String message, @Nullable String advice) {
    enum State {
        OK,
        WARN,
        FAIL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Check ok(String name, String message) {
        return new Check(name, State.OK, message, null);
    }

    static Check warn(String name, String message, String advice) {
        return new Check(name, State.WARN, message, advice);
    }

    static Check fail(String name, String message, @Nullable String advice) {
        return new Check(name, State.FAIL, message, advice);
    }

    String line() {
        String line = "%-4s  %-8s  %s%n".formatted(state.word(), name, Text.printable(message));
        return advice == null ? line : line + "                hint: " + Text.printable(advice) + "\n";
    }
}
