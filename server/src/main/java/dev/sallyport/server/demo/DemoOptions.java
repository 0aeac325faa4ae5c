package dev.sallyport.server.demo;

import dev.sallyport.base.Text;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a demo was asked for.
 *
 * @param dir where it keeps everything
 * @param port of the server; a free one if absent
 * @param tour whether it walks through everything by itself and ends
 */
record DemoOptions(Path dir, Optional<Integer> port, boolean tour) {

    static DemoOptions parse(List<String> arguments, Map<String, String> environment) {
        Path dir = standard(environment);
        Optional<Integer> port = Optional.empty();
        boolean tour = false;
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            String word = words.next();
            switch (word) {
                case "--dir" -> dir = Path.of(value(word, words));
                case "--port" -> port = Optional.of(number(value(word, words)));
                case "--tour" -> tour = true;
                default ->
                    throw new IllegalArgumentException(
                            "demo: " + Text.quoted(word) + " (expected: --dir FOLDER, --port N or --tour)");
            }
        }
        return new DemoOptions(dir.toAbsolutePath().normalize(), port, tour);
    }

    private static Path standard(Map<String, String> environment) {
        String state = environment.get("XDG_STATE_HOME");
        String home = environment.getOrDefault("HOME", "/tmp");
        return (state == null || state.isEmpty() ? Path.of(home, ".local", "state") : Path.of(state))
                .resolve("sallyport-demo");
    }

    private static String value(String option, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new IllegalArgumentException("demo: " + option + " (expected: a value after it)");
        }
        return words.next();
    }

    private static int number(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException _) {
            // told below
        }
        throw new IllegalArgumentException("demo: --port " + Text.quoted(text) + " (expected: 1 to 65535)");
    }
}
