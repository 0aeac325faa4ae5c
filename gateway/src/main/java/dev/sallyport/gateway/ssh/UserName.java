package dev.sallyport.gateway.ssh;

import dev.sallyport.base.InputRefusal;
import dev.sallyport.base.Text;
import java.util.Optional;

/**
 * Where somebody wants to go, as it stands in the user name: {@code login@target}, {@code login%target} (for programs
 * that split at the last {@code @} themselves), or the target alone.
 */
record UserName(Optional<String> login, String target) {
    static final int MAX = 256;

    static UserName parse(String text) {
        if (text.isEmpty() || text.length() > MAX || text.codePoints().anyMatch(UserName::isForbidden)) {
            throw refuse(text);
        }
        int at = Math.max(text.lastIndexOf('@'), text.lastIndexOf('%'));
        if (at < 0) {
            return new UserName(Optional.empty(), text);
        }
        String login = text.substring(0, at);
        String target = text.substring(at + 1);
        if (login.isEmpty() || target.isEmpty()) {
            throw refuse(text);
        }
        return new UserName(Optional.of(login), target);
    }

    private static boolean isForbidden(int point) {
        return Text.isUnprintable(point) || Character.isWhitespace(point);
    }

    private static RuntimeException refuse(String text) {
        return InputRefusal.INVALID_NAME.because(
                "user name: " + Text.quoted(text) + " (expected: login@target, login%target or a target)");
    }
}
