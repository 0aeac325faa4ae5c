package dev.sallyport.cli;

import dev.sallyport.cli.shell.Shell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Somebody at a shell, with a home folder of their own. Words of a command are split as a shell does. */
record Person(Path home, Clock clock, Map<String, String> environment) {
    /** How a command ended: what a terminal would show, and the exit code. */
    record Ended(int exit, String out, String err) {
        /** As scripts in these tests write it. */
        String shown() {
            return out + err + "-> " + exit + "\n";
        }
    }

    static Person at(Path home, Clock clock) {
        var environment = new HashMap<>(Map.of(
                "SALLYPORT_HOME", home.resolve("sallyport").toString(),
                "HOME", home.toString(),
                "SALLYPORT_DEBUG", "1",
                "PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin")));
        return new Person(home, clock, environment);
    }

    Ended types(String command) {
        return types(command, "");
    }

    Ended types(String command, String input) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var shell = shell(
                input,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        int exit = Main.run(shell, words(command).toArray(String[]::new));
        return new Ended(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    Shell shell(String input) {
        return shell(input, System.out, System.err);
    }

    private Shell shell(String input, PrintStream out, PrintStream err) {
        var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return new Shell(in, out, err, environment, clock, ZoneOffset.UTC, false);
    }

    Ended signsIn(ContractServer server) {
        return types("login --server " + server.url() + " --as dev --password-stdin", ContractServer.PASSWORD + "\n");
    }

    private static List<String> words(String command) {
        var words = new ArrayList<String>();
        var word = java.util.regex.Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(command);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        return words;
    }
}
