package dev.sallyport.cli.ssh;

import dev.sallyport.base.Names;
import dev.sallyport.base.Text;
import dev.sallyport.cli.shell.Failure;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a person wants to go: {@code deploy@web-1}, where the login may be left to the server. Both become names of
 * files and arguments of ssh, so nothing but plain names passes.
 */
record Destination(@Nullable String login, String target) {
    private static final Pattern LOGIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}");

    Destination {
        if (login != null && !isLogin(login)) {
            throw Failure.usage("login: " + Text.quoted(login) + " (expected: a name such as root or deploy)", null);
        }
        Names.check("target", target);
    }

    static Destination parse(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 ? new Destination(null, text) : new Destination(text.substring(0, at), text.substring(at + 1));
    }

    static boolean isLogin(String text) {
        return LOGIN.matcher(text).matches();
    }
}
