package dev.sallyport.cli.host;

import dev.sallyport.base.Text;
import dev.sallyport.cli.host.Edit.Content;
import dev.sallyport.cli.shell.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code look.sh} found on the host. */
final class Seen {
    private final Map<String, Content> files = new LinkedHashMap<>();
    private final Map<String, Content> originals = new LinkedHashMap<>();
    private final Map<String, List<String>> facts = new LinkedHashMap<>();

    private Seen() {}

    static Seen parse(String text) {
        var seen = new Seen();
        for (String line : text.lines().toList()) {
            String[] word = line.split(" ", 2);
            String rest = word.length == 2 ? word[1] : "";
            switch (word[0]) {
                case "file" -> seen.content(seen.files, rest);
                case "was" -> seen.content(seen.originals, rest);
                case "secret" -> {
                    String[] part = rest.split(" ", 2);
                    seen.files.put(part[1], new Content(part[0], ""));
                }
                default ->
                    seen.facts.computeIfAbsent(word[0], _ -> new ArrayList<>()).add(rest);
            }
        }
        return seen;
    }

    Optional<Content> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    Map<String, Content> files() {
        return files;
    }

    /** As it was before enrolment, where it was there. */
    Optional<Content> original(String path) {
        return Optional.ofNullable(originals.get(path));
    }

    /** The files enrolment found there. */
    List<String> originals() {
        return List.copyOf(originals.keySet());
    }

    List<String> all(String fact) {
        return facts.getOrDefault(fact, List.of());
    }

    @Nullable
    String one(String fact) {
        List<String> values = all(fact);
        return values.isEmpty() || values.getFirst().isEmpty() ? null : values.getFirst();
    }

    boolean has(String fact) {
        return one(fact) != null;
    }

    /** The values sshd would use for an option. */
    List<String> sshd(String option) {
        return all("sshd").stream()
                .filter(line -> line.startsWith(option + " "))
                .map(line -> line.substring(option.length() + 1))
                .toList();
    }

    private void content(Map<String, Content> into, String rest) {
        String[] part = rest.split(" ", 3);
        if (part.length != 3) {
            throw Failure.here("enroll.unreadable", "the host answers " + Text.quoted(rest), null);
        }
        byte[] bytes = part[1].equals("-") ? new byte[0] : Base64.getDecoder().decode(part[1]);
        into.put(part[2], new Content(part[0], new String(bytes, StandardCharsets.UTF_8)));
    }
}
