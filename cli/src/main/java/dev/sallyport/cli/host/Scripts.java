package dev.sallyport.cli.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** Scripts for the host: what is common, one of the parts, and calls of its functions. */
final class Scripts {
    private Scripts() {}

    static String look(Layout layout, List<String> paths) {
        var call = new StringBuilder("look");
        paths.forEach(path -> call.append(' ').append(word(path)));
        return whole(layout, "look.sh", List.of(call.toString()));
    }

    static String apply(Layout layout, List<String> calls) {
        return whole(layout, "apply.sh", calls);
    }

    static String put(Edit edit) {
        return edit.after()
                .map(now -> "put %s %s %s".formatted(now.mode(), word(edit.path()), base64(now.text())))
                .orElse("drop " + word(edit.path()));
    }

    /** A word of a shell, whatever it holds. */
    static String word(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String base64(String text) {
        return "'" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "'";
    }

    /** The calls are read as a whole before the first one runs, and none of them can read the script's own input. */
    private static String whole(Layout layout, String part, List<String> calls) {
        return "root=" + word(layout.root()) + "\n" + resource("common.sh") + "main() {\n:\n" + String.join("\n", calls)
                + "\n}\n" + resource(part) + "main </dev/null\nexit\n";
    }

    private static String resource(String name) {
        try (var in = Objects.requireNonNull(Scripts.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
