package dev.sallyport.cli.session;

import dev.sallyport.cli.api.Answer;
import dev.sallyport.cli.output.Json;
import dev.sallyport.cli.shell.Failure;
import dev.sallyport.cli.verb.Root;
import java.io.IOException;
import java.io.Reader;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The recording of a session, fetched whole into a private file before anything of it is shown. */
final class Recorded {
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Root root;
    private final String session;
    private final String reason;
    private final @Nullable Integer channel;

    Recorded(Root root, String session, String reason, @Nullable Integer channel) {
        this.root = root;
        this.session = session;
        this.reason = reason;
        this.channel = channel;
    }

    void play(double speed, Duration longestPause) {
        with(null, "asciicast-v2", false, file -> {
            try (Cast cast = Cast.open(file)) {
                new Player(root.shell(), cast, speed, longestPause.toMillis()).play();
            }
        });
    }

    void text() {
        with(null, "text", false, file -> {
            var filter = new TerminalFilter();
            try (Reader in = Files.newBufferedReader(file)) {
                var part = CharBuffer.allocate(1 << 14);
                while (in.read(part) >= 0) {
                    root.shell().out().print(filter.filter(part.flip()));
                    part.clear();
                }
            }
            root.shell().out().flush();
        });
    }

    /** Writes it there, whole or not at all, and returns its size. */
    long export(Path target, String format, boolean input) {
        var size = new long[1];
        with(target.toAbsolutePath().getParent(), format, input, file -> {
            size[0] = Files.size(file);
            Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
        });
        return size[0];
    }

    private interface Use {
        void of(Path file) throws IOException;
    }

    private void with(@Nullable Path folder, String format, boolean input, Use use) {
        try {
            Path file = folder == null
                    ? Files.createTempFile("sallyport-", ".cast", PRIVATE)
                    : Files.createTempFile(folder, ".sallyport-", ".cast", PRIVATE);
            try {
                remarks(fetch(file, format, input));
                use.of(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw Failure.here("session.unwritable", "the recording cannot be kept here: " + e, null);
        }
    }

    private Answer fetch(Path into, String format, boolean input) {
        return Reasons.tell(root, reason, why -> {
            ObjectNode body = Json.object().put("format", format).put("reason", why);
            if (channel != null) {
                body.put("channel", channel);
            }
            if (input) {
                body.put("input", true);
            }
            return root.api().download(session + "/playback", body, into);
        });
    }

    private void remarks(Answer answer) {
        if (answer.header("Sallyport-Recording").equals("cut short")) {
            root.shell().note("not all of the session is in the recording");
            answer.headers()
                    .allValues("Sallyport-Recording-Gap")
                    .forEach(gap -> root.shell().note("missing: " + gap));
        }
    }
}
