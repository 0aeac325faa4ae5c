package dev.sallyport.cli.host;

import java.util.Optional;

/**
 * What is to happen to one file.
 *
 * @param after absent: the file goes
 * @param secret its content is not shown
 */
record Edit(String path, Optional<Content> before, Optional<Content> after, boolean secret) {
    /** The mode in octal digits, without a leading zero, and the text. */
    record Content(String mode, String text) {}

    static Edit of(String path, Seen seen, String mode, String text) {
        return new Edit(path, seen.file(path), Optional.of(new Content(mode, text)), false);
    }

    boolean changes() {
        return !before.equals(after);
    }

    /** For people: what happens, and line by line how. */
    String shown() {
        String head = after.map(now -> before.map(old -> old.mode().equals(now.mode())
                                ? "change " + path
                                : "change %s (mode %s instead of %s)".formatted(path, now.mode(), old.mode()))
                        .orElse("create %s (root, mode %s)".formatted(path, now.mode())))
                .orElse("delete " + path);
        if (secret) {
            return head + "\n  (secret, not shown)\n";
        }
        return head + "\n"
                + Diff.unified(
                        before.map(Content::text).orElse(""),
                        after.map(Content::text).orElse(""));
    }
}
